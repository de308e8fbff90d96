package dev.reprise.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.reprise.Durable;
import dev.reprise.ExecutionStatus;
import dev.reprise.IdempotencyConflictException;
import dev.reprise.Options;
import dev.reprise.Transaction;
import dev.reprise.Workflow;
import dev.reprise.runtime.background.LogRetention;
import dev.reprise.runtime.config.NodeConfig;
import dev.reprise.runtime.config.Retention;
import dev.reprise.runtime.postgres.Binder;
import dev.reprise.runtime.postgres.Database;
import dev.reprise.runtime.postgres.Jdbc;
import dev.reprise.runtime.store.DatabaseClock;
import dev.reprise.runtime.store.ExpiredExecutions;
import dev.reprise.runtime.store.LogDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is deleted from the log when its time is over, and what never is. */
class LogRetentionTest {
  private static final Duration DAY = Duration.ofDays(1);
  private static final Retention THIRTY_DAYS = Retention.of(DAY.multipliedBy(30));

  private final TestNode node = TestNode.start(Ledger.class);

  /** Functions that write, wait and fail. */
  public static class Ledger {
    private final DataSource database;

    public Ledger(DataSource database) {
      this.database = database;
    }

    @Transaction
    public int book(int amount) throws SQLException {
      try (var connection = database.getConnection();
          var statement = connection.createStatement()) {
        statement.executeUpdate("insert into booking values (" + amount + ")");
        return amount;
      }
    }

    @Workflow
    public int parent(int children) throws Exception {
      int sum = book(1);
      for (int i = 0; i < children; i++) {
        sum += Durable.start(Ledger.class, ledger -> ledger.child(), Options.DEFAULT)
            .result();
      }
      return sum;
    }

    @Workflow
    public int child() throws SQLException {
      return book(10);
    }

    @Workflow
    public int fails() throws SQLException {
      book(100);
      throw new IllegalStateException("no");
    }

    @Workflow
    public int waits() throws SQLException {
      book(1000);
      Durable.sleep(Duration.ofDays(400));
      return book(1000);
    }
  }

  @AfterEach
  void close() {
    node.close();
  }

  private static Options id(String id) {
    return Options.DEFAULT.id(id);
  }

  private int book(String key, int amount) throws Exception {
    return node.runtime()
        .start(Ledger.class, ledger -> ledger.book(amount), id(key))
        .result();
  }

  /** As if all that has ended so far had been begun and ended earlier; ids tell the time of the beginning. */
  private void age(Duration by) {
    var earlier = """
        (lpad(to_hex(('x' || left(replace(%1$s::text, '-', ''), 12))::bit(48)::bigint - %2$d), 12, '0')
          || substr(replace(%1$s::text, '-', ''), 13))::uuid
        """;
    var execution = earlier.formatted("execution", by.toMillis());
    node.sql("update reprise.executions set completed_at = completed_at - interval '"
        + by.toSeconds() + " seconds', execution = " + execution + ", parent = "
        + earlier.formatted("parent", by.toMillis()));
    node.sql("update reprise.operations set execution = " + execution);
  }

  /** A pass of another node, whose time is later; tells how many it deleted. */
  private long pass(Retention retention, Duration later) {
    long before = executions();
    try (var database = Database.open(node.config(), connection -> {})) {
      var clock = new DatabaseClock();
      clock.advance(later);
      var loop =
          new LogRetention(new ExpiredExecutions(new LogDatabase(database), clock, retention));
      var pause = Duration.ZERO;
      while (pause.compareTo(Duration.ofSeconds(1)) < 0) {
        pause = loop.round(false);
      }
    }
    return before - executions();
  }

  private long executions() {
    return node.longOf("select count(*) from reprise.executions");
  }

  private List<String> ids() {
    return node.textsOf("select id from reprise.executions order by created_at, id");
  }

  private void createTable() {
    node.sql("create table booking (amount int)");
  }

  @Test
  void whatEndedLongAgoGoesWithItsOperationsAndItsKeyIsFreeAgain() throws Exception {
    createTable();
    assertThat(book("k", 1)).isEqualTo(1);
    assertThat(book("k", 1)).isEqualTo(1);
    assertThat(node.longOf("select count(*) from booking")).isEqualTo(1);
    assertThat(pass(THIRTY_DAYS, DAY.multipliedBy(29))).isZero();
    assertThat(pass(THIRTY_DAYS, DAY.multipliedBy(31))).isEqualTo(1);
    assertThat(node.longOf("select count(*) from reprise.operations")).isZero();
    // other arguments: nothing remembers the first
    assertThat(book("k", 2)).isEqualTo(2);
    assertThat(node.longOf("select count(*) from booking")).isEqualTo(2);
  }

  /** Neither what the node remembers nor what a child left answers for an execution that is gone. */
  @Test
  void aCleanedIdNeverReplaysADeadResultAndStartsClean() throws Exception {
    createTable();
    int first =
        node.runtime().start(Ledger.class, l -> l.parent(2), id("again")).result();
    assertThat(first).isEqualTo(21);
    var before = node.textsOf("select execution from reprise.executions");
    assertThat(pass(THIRTY_DAYS, DAY.multipliedBy(31))).isEqualTo(3);
    assertThat(node.node().engine().find("again")).isEmpty();

    // the same call under the same id, on the same node
    int second =
        node.runtime().start(Ledger.class, l -> l.parent(2), id("again")).result();
    assertThat(second).isEqualTo(21);
    assertThat(node.longOf("select count(*) from booking")).isEqualTo(6);
    assertThat(node.textsOf("select execution from reprise.executions"))
        .hasSize(3)
        .doesNotContainAnyElementsOf(before);
    assertThat(node.longOf("select max(attempts) from reprise.executions where id = 'again'"))
        .isPositive();
    assertThatThrownBy(
            () -> node.runtime().start(Ledger.class, Ledger::fails, id("again")).result())
        .isInstanceOf(IdempotencyConflictException.class);
  }

  @Test
  void callsGoOnWhileOldExecutionsAreBeingDeleted() throws Exception {
    createTable();
    book("old", 1);
    age(DAY.multipliedBy(31));
    node.sql("""
        create function slow() returns trigger language plpgsql as $$
        begin
          perform pg_advisory_xact_lock_shared(7);
          return old;
        end $$;
        create trigger slow before delete on reprise.executions for each row execute function slow();
        """);
    try (var gate = node.connect()) {
      Jdbc.query(gate, "select pg_advisory_lock(7)::text", Binder.NOTHING, row -> row.getString(1));
      var deletion = CompletableFuture.supplyAsync(() -> pass(THIRTY_DAYS, Duration.ZERO));
      await().until(() -> node.longOf("""
          select count(*) from pg_locks where locktype = 'advisory' and not granted
             and database = (select oid from pg_database where datname = current_database())
          """) == 1);
      for (int i = 0; i < 20; i++) {
        assertThat(book("new-" + i, i)).isEqualTo(i);
      }
      var waiting = node.runtime().start(Ledger.class, Ledger::waits, id("waiting"));
      await().until(() -> waiting.status() == ExecutionStatus.WAITING);
      assertThat(deletion).isNotDone();
      Jdbc.query(gate, "select pg_advisory_unlock(7)", Binder.NOTHING, row -> row.getBoolean(1));
      deletion.get(30, TimeUnit.SECONDS);
    }
    assertThat(ids()).hasSize(21).doesNotContain("old");
  }

  @Test
  void aFamilyStaysUntilAllOfItIsOld() throws Exception {
    createTable();
    int sum = node.runtime().start(Ledger.class, l -> l.parent(3), id("family")).result();
    assertThat(sum).isEqualTo(31);
    assertThat(executions()).isEqualTo(4);
    age(DAY.multipliedBy(31));
    node.sql("""
        update reprise.executions set completed_at = now()
         where execution = (select execution from reprise.executions where parent is not null limit 1)
        """);
    assertThat(pass(THIRTY_DAYS, Duration.ZERO)).isZero();
    assertThat(pass(THIRTY_DAYS, DAY.multipliedBy(31))).isEqualTo(4);
    assertThat(node.longOf("select count(*) from reprise.operations")).isZero();
  }

  @Test
  void childrenWhoseParentWasDeletedByHandGoToo() throws Exception {
    createTable();
    var unused =
        node.runtime().start(Ledger.class, l -> l.parent(2), id("family")).result();
    node.sql("delete from reprise.executions where parent is null");
    assertThat(pass(THIRTY_DAYS, DAY.multipliedBy(31))).isEqualTo(2);
  }

  @Test
  void failuresHaveATimeOfTheirOwn() throws Exception {
    createTable();
    var failing = node.runtime().start(Ledger.class, Ledger::fails, id("failed"));
    assertThatThrownBy(failing::result).hasMessageContaining("no");
    book("fine", 1);
    var retention = new Retention(Optional.of(DAY), Optional.of(DAY.multipliedBy(90)));
    assertThat(pass(retention, DAY.multipliedBy(60))).isEqualTo(1);
    assertThat(ids()).containsExactly("failed");
    assertThat(pass(retention, DAY.multipliedBy(91))).isEqualTo(1);
  }

  @Test
  void whatHasNotEndedIsNeverTouched() throws Exception {
    createTable();
    var waiting = node.runtime().start(Ledger.class, Ledger::waits, id("waiting"));
    await().until(() -> waiting.status() == ExecutionStatus.WAITING);
    book("a", 1);
    for (var status : List.of("PENDING", "RUNNING", "PARKED", "STRANDED")) {
      // even with a time of completion, which such a row never has
      node.sql("""
          insert into reprise.executions (execution, id, created_at, completed_at, attempts, kind, status, function, input,
                 wake_at)
          select gen_random_uuid(), '%1$s', now(), now() - interval '10 years', 1, kind, '%1$s', function, input,
                 'infinity'
            from reprise.executions where id = 'a'
          """.formatted(status));
    }
    assertThat(pass(THIRTY_DAYS, DAY.multipliedBy(300))).isEqualTo(1);
    assertThat(ids())
        .containsExactlyInAnyOrder("waiting", "PENDING", "RUNNING", "PARKED", "STRANDED");
    assertThat(node.longOf("select count(*) from reprise.operations")).isEqualTo(2);
  }

  @Test
  void aWaitingDescendantKeepsTheFamily() throws Exception {
    createTable();
    var unused =
        node.runtime().start(Ledger.class, l -> l.parent(1), id("family")).result();
    node.sql("""
        update reprise.executions set status = 'WAITING', completed_at = null, wake_at = 'infinity'
         where parent is not null
        """);
    assertThat(pass(THIRTY_DAYS, DAY.multipliedBy(300))).isZero();
  }

  @Test
  void manyGoInPartsAndWhatStaysIsPassedOver() throws Exception {
    createTable();
    book("a", 1);
    // ids in order of time; each third one is young
    node.sql("""
        insert into reprise.executions (execution, id, created_at, completed_at, attempts, kind, status, function, input)
        select lpad(to_hex(n), 32, '0')::uuid, 'n' || n, now(), now() - case when n % 3 = 0 then 1 else 40 end * interval '1 day',
               1, kind, 'SUCCEEDED', function, input
          from reprise.executions, generate_series(1, 3000) n where id = 'a'
        """);
    assertThat(pass(THIRTY_DAYS, Duration.ZERO)).isEqualTo(2000);
    assertThat(executions()).isEqualTo(1001);
  }

  @Test
  void oneNodeAtATime() throws Exception {
    createTable();
    book("a", 1);
    try (var other = node.connect()) {
      other.setAutoCommit(false);
      Jdbc.query(
          other,
          "select pg_advisory_xact_lock(hashtextextended('reprise retention', 0))::text",
          Binder.NOTHING,
          row -> row.getString(1));
      assertThat(pass(THIRTY_DAYS, DAY.multipliedBy(31))).isZero();
      other.rollback();
    }
    assertThat(pass(THIRTY_DAYS, DAY.multipliedBy(31))).isEqualTo(1);
  }

  @Test
  void aNodeDoesItByItself() throws Exception {
    createTable();
    book("a", 1);
    age(DAY.multipliedBy(31));
    try (var keeper = TestNode.configured(
        node.database(), NodeConfig.DEFAULT.withRetention(THIRTY_DAYS), Ledger.class)) {
      await().until(() -> executions() == 0);
      assertThat(keeper.database()).isEqualTo(node.database());
    }
  }
}
