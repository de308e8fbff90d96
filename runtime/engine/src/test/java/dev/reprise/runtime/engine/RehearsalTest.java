package dev.reprise.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.reprise.ExecutionStatus;
import dev.reprise.Options;
import dev.reprise.runtime.config.DatabaseConfig;
import dev.reprise.runtime.execution.ClientInterceptor;
import dev.reprise.runtime.execution.CurrentTransaction;
import dev.reprise.runtime.execution.DurableInterceptor;
import dev.reprise.runtime.execution.Rehearsal;
import dev.reprise.runtime.execution.Rehearsal.Result;
import dev.reprise.runtime.function.Application;
import dev.reprise.runtime.postgres.BoundDataSource;
import dev.reprise.runtime.postgres.ConnectionHook;
import dev.reprise.runtime.postgres.Database;
import dev.reprise.runtime.store.DatabaseClock;
import dev.reprise.runtime.store.ExecutionStore;
import dev.reprise.runtime.store.LogDatabase;
import dev.reprise.runtime.store.OperationRow;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A recorded execution can be run again against its log, and nothing changes by it. */
class RehearsalTest {
  private static final String LOG =
      "select hashtext(string_agg(t::text, ';' order by t::text)) from "
          + "(select e::text as t from reprise.executions e union all select o::text from reprise.operations o) x";

  private static TestNode node;
  private static Database readOnly;
  private static ExecutorService threads;
  private static Application application;

  private final Map<String, Rehearsal.Outcome> outcomes =
      Collections.synchronizedMap(new TreeMap<>());

  @BeforeAll
  static void start() {
    node = TestNode.start(Trips.class, Talks.class);
    node.sql("create table booking (name text primary key, seats int not null)");
    var config = node.config();
    var separator = config.url().contains("?") ? "&" : "?";
    readOnly = Database.open(
        DatabaseConfig.of(
            config.url() + separator + "options=-c%20default_transaction_read_only=on",
            config.user(),
            config.password()),
        ConnectionHook.NONE);
    threads = Executors.newCachedThreadPool();
    application = Application.builder()
        .functions(List.of(Trips.class, Talks.class))
        .database(new BoundDataSource(CurrentTransaction::get))
        .durable(new DurableInterceptor())
        .client(new ClientInterceptor(() -> {
          throw new IllegalStateException("no client here");
        }))
        .build();
  }

  @AfterAll
  static void stop() {
    threads.shutdownNow();
    readOnly.close();
    node.close();
  }

  @BeforeEach
  @AfterEach
  void reset() {
    node.sql("delete from booking");
  }

  private Result rehearse(String id) {
    var store = new ExecutionStore(new LogDatabase(readOnly), new DatabaseClock());
    var row = store.find(id).orElseThrow();
    var log = store.operations(id).orElseThrow();
    return new Rehearsal(readOnly, threads).run(application, row, log, this::rerun);
  }

  private void rerun(OperationRow recorded, Rehearsal.Transaction transaction) {
    try (var connection = node.connect()) {
      connection.setAutoCommit(false);
      outcomes.put(recorded.position().toString(), transaction.run(connection));
      connection.rollback();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aWorkflowIsAnsweredFromItsLogAndItsTransactionsRunAgain() throws Exception {
    var travel =
        node.runtime().start(Trips.class, t -> t.travel("rome", 3), Options.DEFAULT.id("rome"));
    var result = travel.result();
    int steps = Trips.STEPS.get();
    long log = node.longOf(LOG);
    node.sql("delete from booking");

    assertThat(rehearse("rome"))
        .isEqualTo(new Result.Ended(ExecutionStatus.SUCCEEDED, "\"" + result + "\""));
    assertThat(Trips.STEPS).hasValue(steps);
    assertThat(node.longOf(LOG)).isEqualTo(log);
    assertThat(node.longOf("select count(*) from booking")).isZero();
    assertThat(outcomes.keySet()).containsExactly("1", "2", "4.1");
    assertThat(outcomes.get("1").output()).isEqualTo("1");
    // the body saw a database without the first booking; the code was told what was recorded
    assertThat(outcomes.get("2").output()).isEqualTo("10");
  }

  @Test
  void compensationsRunAgainToo() {
    var travel =
        node.runtime().start(Trips.class, t -> t.travel("oslo", 30), Options.DEFAULT.id("oslo"));
    assertThatThrownBy(travel::result).hasMessageContaining("overbooked");

    assertThat(rehearse("oslo"))
        .isInstanceOfSatisfying(
            Result.Ended.class,
            ended -> assertThat(ended.status()).isEqualTo(ExecutionStatus.FAILED));
    assertThat(outcomes).containsKeys("1", "2").hasSize(4);
    assertThat(node.longOf("select count(*) from booking")).isEqualTo(1);
  }

  /** The code that waited when it was cancelled must not go on in a rehearsal: it would throw by itself. */
  @Test
  void aCancelledExecutionIsCancelledAgain() {
    var waiting = node.runtime()
        .startVoid(Trips.class, t -> t.waitAndRefuse("nice"), Options.DEFAULT.id("nice"));
    await().until(() -> waiting.status() == ExecutionStatus.WAITING);
    waiting.cancel();
    await().until(() -> waiting.status() == ExecutionStatus.CANCELLED);

    assertThat(rehearse("nice"))
        .isInstanceOfSatisfying(
            Result.Ended.class,
            ended -> assertThat(ended.status()).isEqualTo(ExecutionStatus.CANCELLED));
    assertThat(outcomes.keySet()).containsExactly("1", "4");
  }

  @Test
  void aChildThatWasStartedIsAnsweredFromTheLog() throws Exception {
    var started =
        node.runtime().start(Trips.class, t -> t.started("graz"), Options.DEFAULT.id("graz"));
    assertThat(started.result()).isEqualTo("trip graz!");

    assertThat(rehearse("graz"))
        .isEqualTo(new Result.Ended(ExecutionStatus.SUCCEEDED, "\"trip graz!\""));
  }

  @Test
  void aFailedTransactionFailsAgain() {
    var failing =
        node.runtime().start(Trips.class, t -> t.fail("x"), Options.DEFAULT.id("failing"));
    assertThatThrownBy(failing::result).hasMessage("no x");

    var result = rehearse("failing");
    assertThat(result).isInstanceOf(Result.Ended.class);
    assertThat(outcomes.get("1").error()).contains("no x");
    assertThat(((Result.Ended) result).outcome()).isEqualTo(outcomes.get("1").error());
  }

  @Test
  void anUnfinishedExecutionIsRunAsFarAsItsLogGoes() throws Exception {
    var nested =
        node.runtime().start(Trips.class, t -> t.nested("bonn"), Options.DEFAULT.id("bonn"));
    assertThat(nested.result()).isEqualTo("trip bonn1");
    node.sql("delete from booking; delete from reprise.operations o using reprise.executions e"
        + " where e.execution = o.execution and e.id = 'bonn' and o.position = '2'");

    assertThat(rehearse("bonn"))
        .isInstanceOfSatisfying(
            Result.EndOfLog.class,
            end -> assertThat(end.why()).contains("before position 2", "transaction Trips.book"));
    assertThat(outcomes).isEmpty();
  }

  @Test
  void otherCodeIsFound() throws Exception {
    var nested =
        node.runtime().start(Trips.class, t -> t.nested("kiel"), Options.DEFAULT.id("kiel"));
    nested.result();
    node.sql("update reprise.operations o set function = 'Trips.other' from reprise.executions e"
        + " where e.execution = o.execution and e.id = 'kiel' and o.position = '2'");

    assertThat(rehearse("kiel"))
        .isInstanceOfSatisfying(
            Result.Differs.class,
            differs -> assertThat(differs.cause()).contains("NonDeterminism", "Trips.other"));
  }

  @Test
  void messagesAndContinuationsAreAnsweredFromTheLog() throws Exception {
    var runtime = node.runtime();
    var memory = runtime.start(
        Talks.class, talks -> talks.memory(List.of(), 1), Options.DEFAULT.id("memory"));
    runtime.send("memory", "word", "a");
    assertThat(memory.result()).containsExactly("a");
    var counter = runtime.start(Talks.class, Talks::counter, Options.DEFAULT.id("counter"));
    assertThat(runtime.request("counter", "add", 3, Talks.Word.class, Duration.ofSeconds(30)))
        .isPresent();
    runtime.send("counter", "add", 0);
    assertThat(counter.result()).isEqualTo(3);
    var late = runtime.start(Talks.class, Talks::timeAndAgain, Options.DEFAULT.id("late"));
    await().atMost(Duration.ofSeconds(30)).until(() -> late.status() == ExecutionStatus.WAITING);
    node.advance(Duration.ofHours(1));
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> runtime.event("memory", "known", List.class, Duration.ZERO).isPresent()
            && node.longOf(
                    "select count(*) from reprise.operations where kind = 'await'"
                        + " and function = 'word' and execution = (select execution from reprise.executions where id = 'late')")
                == 2);
    runtime.send("late", "word", "b");
    var result = late.result();
    long log = node.longOf(LOG);

    // the database is read only here: nothing can be received, sent or told again
    assertThat(rehearse("memory~1")).isEqualTo(new Result.Ended(ExecutionStatus.SUCCEEDED, null));
    assertThat(rehearse("memory"))
        .isEqualTo(new Result.Ended(ExecutionStatus.SUCCEEDED, "[\"a\"]"));
    assertThat(rehearse("counter")).isEqualTo(new Result.Ended(ExecutionStatus.SUCCEEDED, "3"));
    assertThat(rehearse("late"))
        .isEqualTo(new Result.Ended(ExecutionStatus.SUCCEEDED, "\"" + result + "\""));
    assertThat(node.longOf(LOG)).isEqualTo(log);
  }
}
