package dev.reprise.debugger.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.Execution;
import dev.reprise.Options;
import dev.reprise.debugger.rebuild.Scratch;
import dev.reprise.debugger.replay.Schedule.Action;
import dev.reprise.debugger.retro.Performed;
import dev.reprise.debugger.retro.Retroaction;
import dev.reprise.debugger.retro.Steps;
import dev.reprise.runtime.execution.CurrentTransaction;
import dev.reprise.runtime.execution.DurableInterceptor;
import dev.reprise.runtime.function.Application;
import dev.reprise.runtime.postgres.Binder;
import dev.reprise.runtime.postgres.BoundDataSource;
import dev.reprise.runtime.postgres.Jdbc;
import dev.reprise.runtime.store.DatabaseClock;
import dev.reprise.runtime.store.ExecutionStore;
import dev.reprise.runtime.store.LogDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A body that only comes out as recorded where it runs before its commit, with what it locks held until then: a retroaction
 * runs it there, too, and whoever comes into its way is dealt with as by the database.
 */
class EarlyBodyTest {
  private static RecordedNode node;
  private static ExecutorService threads;
  private static Application changed;

  private String x = "";

  @BeforeAll
  static void start() {
    node = new RecordedNode("""
        create table item (name text primary key, stock int not null);
        create table sale (id bigserial primary key, item text not null);
        create table token (k text primary key);
        """);
    threads = Executors.newCachedThreadPool();
    changed = Application.builder()
        .functions(List.of(ScriptedChanged.class))
        .database(new BoundDataSource(CurrentTransaction::get))
        .durable(new DurableInterceptor())
        .client((function, arguments, body) -> {
          throw new IllegalStateException();
        })
        .build();
  }

  @AfterAll
  static void stop() {
    threads.shutdownNow();
    changed.close();
    node.close();
  }

  @BeforeEach
  void prepare() {
    x = UUID.randomUUID().toString().substring(0, 8);
    node.run("truncate item, sale, token; insert into item values ('pen', 1)");
  }

  private Execution<List<String>> start(boolean serializable, String name, String... script) {
    return serializable
        ? node.runtime()
            .start(
                Scripted.class, s -> s.serializable(List.of(script)), Options.DEFAULT.id(x + name))
        : node.start(x + name, script);
  }

  /**
   * It skips a key that is then deleted: behind the deletion it would not skip it.
   *
   * @param also what the changed code of it does, too, at its end
   * @param othersAlso the same for who deletes
   * @param meanwhile what another program does before it commits
   */
  private void skipAKey(boolean serializable, String also, String othersAlso, String meanwhile)
      throws Exception {
    node.run("insert into token values ('k')");
    var a = start(
        serializable,
        "a",
        "insert into token values ('k') on conflict do nothing returning k",
        "insert into sale (item) values ('a')",
        "tell:skipped" + x,
        also,
        "wait:deleted" + x);
    Scripted.await("skipped" + x);
    start(serializable, "b", "delete from token where k = 'k'", othersAlso).result();
    node.run(meanwhile);
    Scripted.tell("deleted" + x);
    assertThat(a.result()).isEmpty();
  }

  /** What came of it: the transactions, and how many pens there are at the end. */
  private record Came(List<Performed> transactions, String pens) {
    Performed of(String id) {
      return transactions.stream()
          .filter(it -> it.execution().equals(id))
          .findFirst()
          .orElseThrow();
    }
  }

  private Came retroact(Application code) throws SQLException, InterruptedException {
    return retroact(code, true);
  }

  private Came retroact(Application code, boolean early) throws SQLException, InterruptedException {
    try (var source = node.readOnly()) {
      var store = new ExecutionStore(new LogDatabase(source), new DatabaseClock());
      var trace = Trace.of(store, List.of(x + "a", x + "b"), row -> node.application());
      var options = new Replay.Options(50, Duration.ofSeconds(30));
      try (var ground = Replay.prepare(
          trace, node.history(), source, Scratch.on(node.config()), threads, options)) {
        var report = ground.run();
        assertThat(report.isFaithful()).as(report.text()).isTrue();
        if (early) {
          assertThat(ground.plan().schedule().actions())
              .as("a's body is at a place of its own")
              .containsSubsequence(new Action.Run(0), new Action.End(1), new Action.End(0));
        }
        var change = new Retroaction.Change(
            row -> code, new Steps(false, Set.of()), Map.of(), Set.of(), true);
        var retroaction = new Retroaction(ground, source, threads, Duration.ofSeconds(30));
        try (var result = retroaction.run(change);
            var connection = result.end().open()) {
          var pens = Jdbc.queryOne(
              connection,
              "select stock from item where name = 'pen'",
              Binder.NOTHING,
              row -> row.getString(1));
          return new Came(result.transactions(), pens.orElse("none"));
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void unchangedItComesOutAsRecorded(boolean serializable) throws Exception {
    skipAKey(serializable, "tell:it", "tell:it", "update item set stock = 2");

    var came = retroact(node.application());

    assertThat(came.transactions()).hasSize(2).allMatch(Performed::same);
    assertThat(came.transactions()).extracting(Performed::attempts).containsOnly(1);
    assertThat(came.pens()).isEqualTo("2");
  }

  /** As in a database: it waits, loses the row, and is run again. */
  @Test
  void whoWaitsForItsLocksComesAfterIt() throws Exception {
    skipAKey(
        false,
        "tell:also update item set stock = stock + 1 where name = 'pen'",
        "tell:also update item set stock = stock + 10 where name = 'pen'",
        "select 1");

    var came = retroact(changed);

    assertThat(came.transactions())
        .extracting(Performed::execution)
        .containsExactly(x + "a", x + "b");
    assertThat(came.of(x + "a").attempts()).isEqualTo(1);
    assertThat(came.of(x + "a").taken()).isZero();
    assertThat(came.of(x + "b").attempts()).isEqualTo(2);
    assertThat(came.pens()).isEqualTo("12");
  }

  /** A lock that comes to nothing lets the other go on as it is. */
  @Test
  void whoWaitsForALockThatChangesNothingGoesOn() throws Exception {
    skipAKey(
        false,
        "tell:also select stock from item where name = 'pen' for update",
        "tell:also update item set stock = stock + 10 where name = 'pen'",
        "select 1");

    var came = retroact(changed);

    assertThat(came.transactions())
        .extracting(Performed::execution)
        .containsExactly(x + "a", x + "b");
    assertThat(came.of(x + "b").attempts()).isEqualTo(1);
    assertThat(came.pens()).isEqualTo("11");
  }

  /** What is known by its rows alone does not wait. */
  @Test
  void itGivesWayToWhatOthersDid() throws Exception {
    skipAKey(
        false,
        "tell:also update item set stock = stock + 1 where name = 'pen'",
        "select 1",
        "update item set stock = 40");

    var came = retroact(changed);

    assertThat(came.of(x + "a").attempts()).isEqualTo(2);
    assertThat(came.pens()).isEqualTo("41");
  }

  /** Production let both pass; but one of them does something else now, and each reads what the other writes. */
  @Test
  void whatProductionLetPassIsJudgedAnewWhereItIsAnother() throws Exception {
    node.run("insert into item values ('ink', 1)");
    var b = start(
        true,
        "b",
        "select 1",
        "tell:open" + x,
        "wait:a done" + x,
        "insert into sale (item) values ('b')",
        "tell:also update item set stock = (select stock from item where name = 'pen') where name = 'ink'");
    Scripted.await("open" + x);
    start(
            true,
            "a",
            "select stock from item where name = 'ink'",
            "update item set stock = 7 where name = 'pen'")
        .result();
    Scripted.tell("a done" + x);
    b.result();

    var came = retroact(changed, false);

    assertThat(came.of(x + "a").same()).isTrue();
    assertThat(came.of(x + "b").attempts()).isEqualTo(2);
    assertThat(came.of(x + "b").changes()).anyMatch(change -> change.contains("stock=1 -> 7"));
  }
}
