package dev.reprise.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.RetriesExhaustedException;
import dev.reprise.TransactionMisuseException;
import dev.reprise.runtime.execution.CallRequest;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the wrapper around a transaction function keeps, whatever the function does. */
class TransactionRulesTest {

  private static TestNode node;

  @BeforeAll
  static void start() {
    node = TestNode.start(Trials.class);
    node.sql("""
        create table item (id int primary key, n int not null);
        create table parent (id int primary key);
        create table child (parent int references parent deferrable initially deferred);
        create table guarded (id int);
        do $$ begin create role guard; exception when duplicate_object then null; end $$;
        grant usage on schema public to guard;
        grant usage on schema public to guard;
        grant insert on guarded to guard;
        """);
  }

  @AfterAll
  static void stop() {
    node.sql("drop owned by guard; drop role guard");
    node.close();
  }

  @BeforeEach
  void reset() {
    node.sql("delete from item; delete from guarded");
    Trials.BODIES.set(0);
  }

  private static Trials trials() {
    return node.get(Trials.class);
  }

  private static long items() {
    return node.longOf("select count(*) from item");
  }

  @Test
  void anExceptionRollsBackAndIsRecordedWithItsSnapshot() {
    assertThatThrownBy(() -> trials().twoWritesThenThrow())
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessage("changed my mind");
    assertThat(items()).isZero();
    assertThat(node.longOf(
            "select count(*) from reprise.operations o join reprise.executions e using (execution)"
                + " where o.function = 'Trials.twoWritesThenThrow' and o.snapshot is not null"
                + " and o.transaction_id is null and e.status = 'FAILED'"))
        .isPositive();
  }

  @Test
  void theTransactionCannotBeEndedByText() {
    for (String text : List.of(
        "commit",
        "rollback",
        "/* x */ COMMIT AND CHAIN",
        "select 1; commit",
        "end",
        "begin",
        "set transaction isolation level read committed",
        "prepare transaction 'x'")) {
      assertThatThrownBy(() -> trials().sql(text))
          .as(text)
          .isInstanceOf(TransactionMisuseException.class);
    }
    assertThat(items()).isZero();
  }

  @Test
  void aSwallowedFailureFailsTheCallAndNamesTheStatement() {
    assertThatThrownBy(() -> trials().swallow())
        .isInstanceOf(TransactionMisuseException.class)
        .hasMessageContaining("insert into item values (2, 1)");
    assertThat(items()).isZero();
  }

  @Test
  void aFailureBehindASavepointIsForgivenByRollingBackToIt() throws Exception {
    assertThat(trials().savepoint()).isEqualTo("recovered");
    assertThat(items()).isEqualTo(1);
  }

  @Test
  void serializationFailuresRunTheBodyAgain() throws Exception {
    node.sql("insert into item values (10, 5), (11, 5)");
    Trials.meeting = new CyclicBarrier(2);
    var pool = Executors.newFixedThreadPool(2);
    try {
      List<Callable<Integer>> both =
          List.of(() -> trials().meet(10, 11), () -> trials().meet(11, 10));
      var results =
          pool.invokeAll(both).stream().map(TransactionRulesTest::get).sorted().toList();
      assertThat(results).containsExactly(9, 10); // as if one after the other
    } finally {
      pool.shutdownNow();
    }
    assertThat(Trials.BODIES.get()).isGreaterThan(2);
    assertThat(node.longOf(
            "select max(attempt) from reprise.operations where function = 'Trials.meet'"))
        .isGreaterThan(1);
  }

  private static <T> T get(java.util.concurrent.Future<T> future) {
    try {
      return future.get();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void retriesAreBounded() {
    assertThatThrownBy(() -> trials().alwaysConflicts())
        .isInstanceOf(RetriesExhaustedException.class)
        .hasMessageContaining("Trials.alwaysConflicts");
    assertThat(Trials.BODIES.get()).isBetween(5, 100);
  }

  @Test
  void isolationAndReadOnlyAreAsAnnotated() throws Exception {
    assertThat(trials().level()).isEqualTo("read committed");
    assertThat(trials().readOnlyLevel()).isEqualTo("repeatable read on");
    assertThat(trials().workMem()).isNotBlank();
  }

  @Test
  void aRoleHoldsForTheBodyAndNotForTheLog() throws Exception {
    assertThat(trials().asRole()).isEqualTo("guard");
    assertThat(node.longOf("select count(*) from guarded")).isEqualTo(1);
    assertThat(
            node.longOf("select count(*) from reprise.operations where function = 'Trials.asRole'"))
        .isEqualTo(1);
  }

  @Test
  void aDeferredConstraintFailsTheFunctionAndIsLabelled() {
    assertThatThrownBy(() -> trials().deferred())
        .isInstanceOf(SQLException.class)
        .hasMessageStartingWith("at COMMIT: ");
    assertThat(node.longOf("select count(*) from child")).isZero();
    assertThat(
            node.longOf("select count(*) from reprise.executions where function = 'Trials.deferred'"
                + " and status = 'FAILED'"))
        .isEqualTo(1);
  }

  @Test
  void aNestedCallJoinsBehindASavepoint() throws Exception {
    assertThat(trials().outer()).isEqualTo("went on after: changed my mind");
    assertThat(node.longOf("select count(*) from item where id = 20")).isEqualTo(1);
    assertThat(items()).isEqualTo(1);
    assertThatThrownBy(() -> trials().joinsOther())
        .isInstanceOf(TransactionMisuseException.class)
        .hasMessageContaining("isolation");
  }

  @Test
  void whatASessionKeepsDoesNotReachTheNextCall() throws Exception {
    var before = trials().workMem();
    assertThat(trials().keepsSetting()).isEqualTo("7MB");
    for (int i = 0; i < 20; i++) {
      assertThat(trials().workMem()).isEqualTo(before);
    }
  }

  @Test
  void aFailureInsideAWorkflowIsRecordedAndGivesTheSameExceptionType() throws Exception {
    assertThat(trials().readsThenFails()).startsWith("caught changed my mind");
    assertThat(node.longOf(
            "select count(*) from reprise.operations o join reprise.executions e using (execution)"
                + " where e.function = 'Trials.readsThenFails'"))
        .isEqualTo(2);
  }

  @Test
  void manyCallsWithOneKeyAreOneExecution() throws Exception {
    var function = node.node().engine().function("Trials.wait").orElseThrow();
    var pool = Executors.newFixedThreadPool(20);
    try {
      List<Callable<String>> calls = IntStream.range(0, 100)
          .mapToObj(i -> (Callable<String>) () -> node.node()
              .engine()
              .submit(new CallRequest(
                  function, Arrays.asList(40), "one-key", "", Map.of(), false, null))
              .settled()
              .get()
              .status()
              .name())
          .toList();
      assertThat(pool.invokeAll(calls).stream().map(TransactionRulesTest::get))
          .hasSize(100)
          .containsOnly("SUCCEEDED");
    } finally {
      pool.shutdownNow();
    }
    assertThat(items()).isEqualTo(1);
  }

  @Test
  void theRowOfTheLogCarriesTransactionAndSnapshot() throws Exception {
    trials().savepoint();
    try (Connection connection = node.connect();
        var statement = connection.createStatement();
        var rows =
            statement.executeQuery("select o.transaction_id::text, i.xmin::text, o.snapshot::text"
                + " from reprise.operations o, item i where o.function = 'Trials.savepoint' and i.id = 3"
                + " order by o.completed_at desc limit 1")) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.getString(1)).isEqualTo(rows.getString(2));
      assertThat(rows.getString(3)).matches("\\d+:\\d+:.*");
    }
  }
}
