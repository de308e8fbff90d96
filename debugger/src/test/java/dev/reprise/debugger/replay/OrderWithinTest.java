package dev.reprise.debugger.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.Execution;
import dev.reprise.Options;
import dev.reprise.debugger.rebuild.Scratch;
import dev.reprise.debugger.retro.Performed;
import dev.reprise.debugger.retro.Retroaction;
import dev.reprise.debugger.retro.Steps;
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
 * Bodies that only come out as recorded where some of their statements run before another transaction's commit, and some
 * behind it: no place of the whole body will do. A replay finds the parts, and a retroaction keeps to them.
 */
class OrderWithinTest {
  private static final String NONE = "select 'none' where false";

  private static RecordedNode node;
  private static ExecutorService threads;

  private String x = "";

  @BeforeAll
  static void start() {
    node = new RecordedNode("""
        create table token (k text primary key, owner text, code uuid not null default gen_random_uuid());
        """);
    threads = Executors.newCachedThreadPool();
  }

  @AfterAll
  static void stop() {
    threads.shutdownNow();
    node.close();
  }

  @BeforeEach
  void prepare() {
    x = UUID.randomUUID().toString().substring(0, 8);
    node.run("truncate token; insert into token (k) values ('1'), ('2'), ('3'), ('4')");
  }

  private static String once(String key, String owner) {
    return "insert into token (k, owner) values ('" + key + "', '" + owner
        + "') on conflict do nothing returning k || owner";
  }

  /** Does something, has keys deleted by others each time, and does something else. */
  private Execution<List<String>> body(boolean serializable, String first, String second)
      throws Exception {
    var a = start(serializable, "a", first, "tell:begun" + x, "wait:deleted" + x, second, NONE);
    Scripted.await("begun" + x);
    start(serializable, "b", "delete from token where k in ('1', '2')").result();
    Scripted.tell("deleted" + x);
    return a;
  }

  private Execution<List<String>> start(boolean serializable, String name, String... script) {
    return serializable
        ? node.runtime()
            .start(
                Scripted.class, s -> s.serializable(List.of(script)), Options.DEFAULT.id(x + name))
        : node.start(x + name, script);
  }

  private Report replay(String... names) throws SQLException, InterruptedException {
    try (var source = node.readOnly()) {
      var store = new ExecutionStore(new LogDatabase(source), new DatabaseClock());
      var ids = List.of(names).stream().map(name -> x + name).toList();
      var trace = Trace.of(store, ids, row -> node.application());
      var options = new Replay.Options(50, Duration.ofSeconds(30));
      try (var ground = Replay.prepare(
          trace, node.history(), source, Scratch.on(node.config()), threads, options)) {
        var report = ground.run();
        assertThat(report.isFaithful()).as(report.text()).isTrue();
        var unchanged = new Retroaction.Change(
            row -> node.application(), new Steps(false, Set.of()), Map.of(), Set.of(), true);
        var retroaction = new Retroaction(ground, source, threads, Duration.ofSeconds(30));
        try (var result = retroaction.run(unchanged)) {
          assertThat(result.transactions()).hasSize(names.length).allMatch(Performed::same);
        }
        return report;
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void oneStatementRanBeforeACommitAndTheNextBehindIt(boolean serializable) throws Exception {
    assertThat(body(serializable, once("1", "a"), once("2", "a")).result()).containsExactly("2a");

    assertThat(replay("a", "b").calls().get(0).notes())
        .singleElement()
        .asString()
        .contains("began before transaction", "went on with statement 2 before transaction");
  }

  @Test
  void theSameKeyIsSkippedFirstAndInsertedThen() throws Exception {
    start(false, "0", once("0", "before")).result();
    assertThat(body(false, once("1", "first"), once("1", "second")).result())
        .containsExactly("1second");
    start(false, "c", "select count(*) from token").result();

    var calls = replay("0", "a", "b", "c").calls();
    assertThat(calls.get(1).notes())
        .singleElement()
        .asString()
        .contains("went on with statement 2");
    assertThat(calls.get(0).made()).hasSize(1);
  }

  @Test
  void aBodyIsFoundInThreeParts() throws Exception {
    var a = start(
        false,
        "a",
        once("1", "a"),
        "tell:begun" + x,
        "wait:deleted" + x,
        once("2", "a"),
        once("3", "a"),
        "tell:half" + x,
        "wait:deleted more" + x,
        once("4", "a"));
    Scripted.await("begun" + x);
    start(false, "b", "delete from token where k in ('1', '2')").result();
    Scripted.tell("deleted" + x);
    Scripted.await("half" + x);
    start(false, "c", "delete from token where k in ('3', '4')").result();
    Scripted.tell("deleted more" + x);
    assertThat(a.result()).containsExactly("2a", "4a");

    assertThat(replay("a", "b", "c").calls().get(0).notes())
        .singleElement()
        .asString()
        .contains("went on with statement 2", "went on with statement 4");
  }
}
