package dev.reprise.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.reprise.Durable;
import dev.reprise.Step;
import dev.reprise.Transaction;
import dev.reprise.Workflow;
import dev.reprise.runtime.config.NodeConfig;
import dev.reprise.runtime.postgres.ScratchDatabase;
import dev.reprise.runtime.postgres.TestDatabase;
import dev.reprise.runtime.server.Code;
import dev.reprise.runtime.server.Node;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Commits are what durability costs; PostgreSQL counts them in {@code pg_stat_database.xact_commit}. */
class CommitBudgetTest {
  private static final int CALLS = 200;
  private static final int WARM = 30;
  private static final Offset<Double> NOISE = Offset.offset(0.2);

  private static ScratchDatabase database;

  /** Functions that write, read and act. */
  public static class Budget {
    private final DataSource database;

    public Budget(DataSource database) {
      this.database = database;
    }

    @Transaction
    public int write() throws SQLException {
      try (var connection = database.getConnection();
          var statement = connection.createStatement()) {
        return statement.executeUpdate("insert into effect values (1)");
      }
    }

    @Transaction
    public int read() throws SQLException {
      try (var connection = database.getConnection();
          var statement = connection.createStatement();
          var rows = statement.executeQuery("select 1")) {
        rows.next();
        return rows.getInt(1);
      }
    }

    @Step
    public int act() {
      return 1;
    }

    @Workflow
    public int threeWrites() throws SQLException {
      var unused = Durable.now().toString() + Durable.uuid() + Durable.random().nextInt();
      return write() + write() + write();
    }

    @Workflow
    public int writeReadReadWrite() throws SQLException {
      return write() + read() + read() + write();
    }

    @Workflow
    public int oneStep() throws SQLException {
      return write() + act();
    }
  }

  @BeforeAll
  static void create() {
    database = TestDatabase.create();
    TestNode.quietOn(database, Budget.class).close();
    TestNode.sql(database.config(), "create table effect (n int)");
  }

  @AfterAll
  static void drop() {
    database.close();
  }

  @Test
  void aTransactionFunctionCommitsOnce() throws Exception {
    assertThat(commitsPerCall(Budget::write)).isCloseTo(1.0, NOISE);
  }

  @Test
  void aWorkflowCommitsOncePerWriteAndOnceAtItsEnd() throws Exception {
    assertThat(commitsPerCall(Budget::threeWrites)).isCloseTo(4.0, NOISE);
  }

  @Test
  void theRecordOfAReadCostsNoCommit() throws Exception {
    // two writes and the end; the reads' own transactions, which have no id and write no WAL, are
    // counted too
    assertThat(commitsPerCall(Budget::writeReadReadWrite)).isCloseTo(2.0 + 1 + 2, NOISE);
  }

  @Test
  void aStepCostsOneCommit() throws Exception {
    assertThat(commitsPerCall(Budget::oneStep)).isCloseTo(1.0 + 1 + 1, NOISE);
  }

  @Test
  void anIdleNodeCommitsLessThanOnceASecond() throws Exception {
    // the pools are filled after some seconds; what is committed later is what it costs to be there
    var filled = Duration.ofSeconds(4);
    var idle = Duration.ofSeconds(7);
    long least = Long.MAX_VALUE;
    // others, autovacuum for one, only ever add to what is counted
    for (int trial = 0; trial < 3 && least >= idle.toSeconds(); trial++) {
      least = Math.min(least, commitsOfALife(filled.plus(idle)) - commitsOfALife(filled));
    }
    assertThat(least).isLessThan(idle.toSeconds());
  }

  private static long commitsOfALife(Duration idle) throws SQLException {
    long before = commits();
    var code = Code.ofClasses(List.of(Budget.class), Map.of(), Map.of(), null);
    try (var node = Node.start(NodeConfig.DEFAULT, database.config(), code)) {
      var end = Instant.now().plus(idle);
      await()
          .atMost(idle.plusSeconds(60))
          .until(() -> node.isHealthy() && Instant.now().isAfter(end));
    }
    await().until(() -> sessions() == 0);
    return commits() - before;
  }

  private interface Calls {
    void on(Budget budget) throws Exception;
  }

  /** What a node commits in its life with the calls, less what it commits without. */
  private static double commitsPerCall(Calls calls) throws Exception {
    return (commitsOfALife(calls, CALLS) - commitsOfALife(calls, 0)) / (double) CALLS;
  }

  /** Backends report what they committed when they end at the latest: so the node has to end. */
  private static long commitsOfALife(Calls calls, int times) throws Exception {
    long before = commits();
    try (var node = TestNode.quietOn(database, Budget.class)) {
      var budget = node.get(Budget.class);
      for (int i = 0; i < WARM + times; i++) {
        calls.on(budget);
      }
    }
    await().until(() -> sessions() == 0);
    return commits() - before;
  }

  private static long commits() throws SQLException {
    return ofServer("select xact_commit from pg_stat_database where datname = ?");
  }

  private static long sessions() throws SQLException {
    return ofServer("select count(*) from pg_stat_activity where datname = ?");
  }

  /** Asked from another database, so that the asking is not counted. */
  private static long ofServer(String query) throws SQLException {
    var url = database.jdbcUrl();
    int slash = url.lastIndexOf('/');
    var name = url.substring(slash + 1).replaceFirst("\\?.*", "");
    try (var connection = DriverManager.getConnection(
            url.substring(0, slash) + "/postgres", database.user(), database.password());
        var statement = connection.prepareStatement(query)) {
      statement.setString(1, name);
      try (var rows = statement.executeQuery()) {
        rows.next();
        return rows.getLong(1);
      }
    }
  }
}
