package dev.reprise.debugger.explore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.Function;
import dev.reprise.Isolation;
import dev.reprise.Options;
import dev.reprise.Transaction;
import dev.reprise.Workflow;
import dev.reprise.debugger.rebuild.Scratch;
import dev.reprise.debugger.replay.RecordedNode;
import dev.reprise.debugger.replay.Replay;
import dev.reprise.debugger.replay.Trace;
import dev.reprise.debugger.retro.Retroaction;
import dev.reprise.debugger.retro.Steps;
import dev.reprise.runtime.execution.CurrentTransaction;
import dev.reprise.runtime.execution.DurableInterceptor;
import dev.reprise.runtime.function.Application;
import dev.reprise.runtime.postgres.BoundDataSource;
import dev.reprise.runtime.store.DatabaseClock;
import dev.reprise.runtime.store.ExecutionStore;
import dev.reprise.runtime.store.LogDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Searches the interleavings of requests that production served one after another. */
class TraceSearchTest {
  private static final String TWICE =
      "select member from membership group by member having count(*) > 1";

  private static RecordedNode node;
  private static ExecutorService threads;

  /** Looks and inserts in transactions of their own. */
  @Function("Club")
  public static class ClubBefore {
    private final DataSource database;

    public ClubBefore(DataSource database) {
      this.database = database;
    }

    @Workflow
    public boolean join(String member) throws SQLException {
      if (isIn(member)) {
        return false;
      }
      insert(member);
      return true;
    }

    @Transaction(readOnly = true)
    public boolean isIn(String member) throws SQLException {
      return Members.count(database, member) > 0;
    }

    @Transaction
    public void insert(String member) throws SQLException {
      Members.insert(database, member);
    }
  }

  /** In one transaction, at repeatable read. */
  @Function("Club")
  public static class ClubMerged {
    private final DataSource database;

    public ClubMerged(DataSource database) {
      this.database = database;
    }

    @Workflow
    public boolean join(String member) throws SQLException {
      return insertUnlessIn(member);
    }

    @Transaction(isolation = Isolation.REPEATABLE_READ)
    public boolean insertUnlessIn(String member) throws SQLException {
      if (Members.count(database, member) > 0) {
        return false;
      }
      Members.insert(database, member);
      return true;
    }
  }

  /** In one serializable transaction. */
  @Function("Club")
  public static class ClubSerializable {
    private final DataSource database;

    public ClubSerializable(DataSource database) {
      this.database = database;
    }

    @Workflow
    public boolean join(String member) throws SQLException {
      return insertUnlessIn(member);
    }

    @Transaction
    public boolean insertUnlessIn(String member) throws SQLException {
      if (Members.count(database, member) > 0) {
        return false;
      }
      Members.insert(database, member);
      return true;
    }
  }

  private static final class Members {
    static int count(DataSource database, String member) throws SQLException {
      try (var connection = database.getConnection();
          var query =
              connection.prepareStatement("select count(*) from membership where member = ?")) {
        query.setString(1, member);
        try (var rows = query.executeQuery()) {
          rows.next();
          return rows.getInt(1);
        }
      }
    }

    static void insert(DataSource database, String member) throws SQLException {
      try (var connection = database.getConnection();
          var insert = connection.prepareStatement("insert into membership (member) values (?)")) {
        insert.setString(1, member);
        insert.executeUpdate();
      }
    }
  }

  @BeforeAll
  static void start() {
    node = new RecordedNode("""
        create table membership (id bigint generated always as identity primary key, member text not null);
        create index on membership (member);
        """, ClubBefore.class);
    threads = Executors.newCachedThreadPool();
  }

  @AfterAll
  static void stop() {
    threads.shutdownNow();
    node.close();
  }

  private static void join(String id, String member) throws Exception {
    node.runtime()
        .start(ClubBefore.class, club -> club.join(member), Options.DEFAULT.id(id))
        .result();
  }

  private static Application application(Class<?> functions) {
    return Application.builder()
        .functions(List.of(functions))
        .database(new BoundDataSource(CurrentTransaction::get))
        .durable(new DurableInterceptor())
        .client((function, arguments, body) -> {
          throw new IllegalStateException();
        })
        .build();
  }

  private static Result search(Class<?> functions, String... ids) throws Exception {
    try (var source = node.readOnly();
        var old = application(ClubBefore.class);
        var code = application(functions)) {
      var store = new ExecutionStore(new LogDatabase(source), new DatabaseClock());
      var trace = Trace.of(store, List.of(ids), row -> old);
      var options = new Replay.Options(50, Duration.ofSeconds(30));
      try (var ground = Replay.prepare(
          trace, node.history(), source, Scratch.on(node.config()), threads, options)) {
        var retroaction = new Retroaction(ground, source, threads, Duration.ofSeconds(30));
        var change = new Retroaction.Change(
            row -> code, new Steps(false, Set.of()), Map.of(), Set.of(), true);
        var subject = new TraceSubject(retroaction, change, List.of(TWICE));
        var result =
            new Search(subject, new Search.Options(200, Duration.ofMinutes(2), false)).run();
        System.out.println(functions.getSimpleName() + ": " + result.text());
        return result;
      }
    }
  }

  @Test
  void findsTheRaceFromARunInWhichItDidNotHappen() throws Exception {
    join("a1", "ada");
    join("a2", "ada");

    var result = search(ClubBefore.class, "a1", "a2");

    assertThat(result.exhaustive()).isTrue();
    assertThat(result.findings()).anyMatch(it -> it.kind() == Finding.Kind.CHECK);
  }

  @Test
  void mergedTransactionsAtRepeatableReadStillSkew() throws Exception {
    join("b1", "bob");
    join("b2", "bob");

    var result = search(ClubMerged.class, "b1", "b2");

    assertThat(result.exhaustive()).isTrue();
    assertThat(result.findings()).anyMatch(it -> it.kind() == Finding.Kind.CHECK);
    assertThat(Schedules.format(result.findings().get(0).schedule())).contains("b1:take b2:take");
  }

  @Test
  void serializableTransactionsDoNot() throws Exception {
    join("c1", "cyd");
    join("c2", "cyd");

    var result = search(ClubSerializable.class, "c1", "c2");

    assertThat(result.exhaustive()).isTrue();
    assertThat(result.findings()).isEmpty();
  }

  @Test
  void requestsThatHaveNothingToDoWithEachOtherAreNotInterleaved() throws Exception {
    join("d1", "dan");
    join("d2", "dora");
    join("d1", "dan");

    var result = search(ClubMerged.class, "d1", "d2");

    assertThat(result.exhaustive()).isTrue();
    assertThat(result.findings()).isEmpty();
  }
}
