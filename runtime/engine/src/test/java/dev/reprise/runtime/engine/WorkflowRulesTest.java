package dev.reprise.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.reprise.Branch;
import dev.reprise.Durable;
import dev.reprise.ExecutionCancelledException;
import dev.reprise.ExecutionStatus;
import dev.reprise.ExecutionTimedOutException;
import dev.reprise.NonDeterminismException;
import dev.reprise.Options;
import dev.reprise.Step;
import dev.reprise.StepTimeoutException;
import dev.reprise.Transaction;
import dev.reprise.Workflow;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a workflow may rely on: positions, suspension, steps, sagas, cancellation, timeouts. */
class WorkflowRulesTest {
  private static final Duration DAY = Duration.ofDays(1);
  private static final AtomicInteger RUNS = new AtomicInteger();
  private static final AtomicInteger ATTEMPTS = new AtomicInteger();
  private static final ConcurrentLinkedQueue<String> EVENTS = new ConcurrentLinkedQueue<>();
  private static volatile boolean changed;
  private static volatile CountDownLatch gate = new CountDownLatch(0);

  private static TestNode node;

  /** Workflows that show one rule each. */
  public static class Rules {
    private final DataSource database;

    public Rules(DataSource database) {
      this.database = database;
    }

    @Transaction
    public int add(String name) throws SQLException {
      try (var connection = database.getConnection();
          var statement = connection.prepareStatement("insert into effect (name) values (?)")) {
        statement.setString(1, name);
        return statement.executeUpdate();
      }
    }

    @Step(initialInterval = "1ms")
    public String flaky(int failures) {
      EVENTS.add(Durable.idempotencyKey());
      if (ATTEMPTS.incrementAndGet() <= failures) {
        throw new IllegalStateException("not yet");
      }
      return "done";
    }

    @Step(maxAttempts = 1, timeout = "50ms")
    public void tooSlow() throws InterruptedException {
      new CountDownLatch(1).await();
    }

    @Step(maxAttempts = 1)
    public void failing() {
      EVENTS.add("failing " + Durable.idempotencyKey());
      throw new IllegalStateException("no");
    }

    @Step
    public void undoStep() {
      EVENTS.add("undone " + Durable.idempotencyKey());
    }

    @Step(maxAttempts = 1, timeout = "1h")
    public void gated() throws InterruptedException {
      EVENTS.add("gated");
      gate.await();
    }

    @Workflow
    public String values() throws Exception {
      var before = Durable.now() + "|" + Durable.uuid() + "|" + Durable.random().nextLong();
      Durable.sleep(DAY);
      EVENTS.add(before);
      return before;
    }

    @Workflow
    public String swallowing() throws SQLException {
      RUNS.incrementAndGet();
      add("before");
      try {
        Durable.sleep(DAY);
        add("after");
      } catch (Throwable swallowed) {
        add("in catch");
      } finally {
        if (RUNS.get() == 1) {
          try {
            add("in finally");
          } catch (Throwable e) {
            EVENTS.add("refused");
          }
        }
      }
      return "result";
    }

    @Workflow
    @SuppressWarnings("InfiniteRecursion")
    public void stubborn() {
      while (true) {
        try {
          Durable.sleep(DAY);
        } catch (Throwable swallowed) {
          if (EVENTS.size() > 5000) {
            return;
          }
          EVENTS.add("again");
        }
      }
    }

    @Workflow
    public String changing() throws SQLException {
      if (changed) {
        flaky(0);
      } else {
        add("first");
      }
      Durable.sleep(DAY);
      return "end";
    }

    @Workflow
    public List<String> branches(int count) throws Exception {
      var all = new ArrayList<Branch<String, SQLException>>();
      for (int i = 0; i < count; i++) {
        int number = i;
        all.add(Durable.async(() -> {
          add("b" + number + ".1");
          if (number % 2 == 0) {
            Durable.sleep(Duration.ofHours(number + 1));
          }
          add("b" + number + ".2");
          return "branch " + number;
        }));
      }
      return Durable.all(all);
    }

    @Workflow
    public void undoesSteps() throws Exception {
      var saga = Durable.saga();
      saga.run(() -> add("kept"), () -> EVENTS.add("undo add"));
      saga.run(this::failing, this::undoStep);
    }

    @Workflow
    public void undoneOnCancel() throws Exception {
      var saga = Durable.saga();
      saga.run(() -> add("a"), () -> add("undo a"));
      saga.run(() -> add("b"), () -> add("undo b"));
      saga.run(this::gated, this::undoStep);
      add("never");
    }

    @Workflow(timeout = "1d")
    public void timesOut() throws Exception {
      var saga = Durable.saga();
      saga.run(() -> add("t"), () -> add("undo t"));
      Durable.sleep(DAY.multipliedBy(3));
      add("never");
    }

    @Workflow
    public void child(String name) throws Exception {
      var saga = Durable.saga();
      saga.run(() -> add(name), () -> add("undo " + name));
      Durable.sleep(DAY);
    }

    @Workflow
    public void parent() throws Exception {
      var saga = Durable.saga();
      saga.run(() -> add("p"), () -> add("undo p"));
      var first = Durable.startVoid(Rules.class, rules -> rules.child("c1"), Options.DEFAULT);
      child("c2");
      first.result();
    }

    @Workflow
    public String inline() throws Exception {
      return Durable.step("name", String.class, () -> "x" + ATTEMPTS.incrementAndGet());
    }

    @Workflow
    public void slowStep() throws InterruptedException {
      tooSlow();
    }
  }

  @BeforeAll
  static void start() {
    node = TestNode.start(Rules.class);
    node.sql("create table effect (name text not null)");
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @BeforeEach
  void reset() {
    node.sql("delete from effect");
    RUNS.set(0);
    ATTEMPTS.set(0);
    EVENTS.clear();
    changed = false;
  }

  private static void awaitStatus(dev.reprise.Execution<?> execution, ExecutionStatus status) {
    await(status.name()).until(() -> execution.status() == status);
  }

  private static long effects(String name) {
    return node.longOf("select count(*) from effect where name = '" + name + "'");
  }

  @Test
  void timeUuidAndRandomAreTheSameOnEveryRun() throws Exception {
    var execution = node.runtime().start(Rules.class, Rules::values);
    awaitStatus(execution, ExecutionStatus.WAITING);
    node.advance(DAY);
    assertThat(execution.result()).isEqualTo(EVENTS.peek());
    assertThat(Instant.parse(execution.result().substring(0, execution.result().indexOf('|'))))
        .isBefore(Instant.now().plus(DAY));
  }

  @Test
  void codeThatSwallowsTheSuspensionDoesNoHarm() throws Exception {
    var execution = node.runtime().start(Rules.class, Rules::swallowing);
    awaitStatus(execution, ExecutionStatus.WAITING);
    assertThat(effects("before")).isEqualTo(1);
    assertThat(EVENTS).containsExactly("refused");
    node.advance(DAY);
    assertThat(execution.result()).isEqualTo("result");
    assertThat(effects("before")).isEqualTo(1);
    assertThat(effects("after")).isEqualTo(1);
    assertThat(effects("in catch")).isZero();
    assertThat(effects("in finally")).isZero();
  }

  @Test
  void codeThatNeverStopsCallingIsParked() {
    var execution = node.runtime().startVoid(Rules.class, Rules::stubborn);
    awaitStatus(execution, ExecutionStatus.PARKED);
    assertThatThrownBy(execution::result).isInstanceOf(NonDeterminismException.class);
    assertThat(EVENTS).hasSizeGreaterThanOrEqualTo(1000);
  }

  @Test
  void codeThatDoesNotMatchItsLogIsParkedAndGoesOnOnceItDoes() throws Exception {
    var execution = node.runtime().start(Rules.class, Rules::changing);
    awaitStatus(execution, ExecutionStatus.WAITING);
    changed = true;
    node.advance(DAY);
    awaitStatus(execution, ExecutionStatus.PARKED);
    assertThatThrownBy(execution::result)
        .isInstanceOf(NonDeterminismException.class)
        .hasMessageContaining("Rules.add")
        .hasMessageContaining("Rules.flaky");
    changed = false;
    node.node().engine().resume(execution.id());
    assertThat(execution.result()).isEqualTo("end");
    assertThat(effects("first")).isEqualTo(1);
  }

  @Test
  void branchesRunBesideEachOtherAndEachEffectHappensOnce() throws Exception {
    var execution = node.runtime().start(Rules.class, rules -> rules.branches(6));
    awaitStatus(execution, ExecutionStatus.WAITING);
    assertThat(effects("b1.2")).isEqualTo(1);
    assertThat(effects("b0.2")).isZero();
    node.advance(Duration.ofHours(2));
    await().until(() -> effects("b0.2") == 1);
    awaitStatus(execution, ExecutionStatus.WAITING);
    node.advance(Duration.ofHours(6));
    assertThat(execution.result())
        .isEqualTo(IntStream.range(0, 6).mapToObj(i -> "branch " + i).toList());
    assertThat(node.longOf("select count(*) from effect")).isEqualTo(12);
    assertThat(node.longOf("select count(distinct name) from effect")).isEqualTo(12);
  }

  @Test
  void aStepIsTriedAgainUnderTheSameKey() {
    assertThat(node.get(Rules.class).flaky(2)).isEqualTo("done");
    assertThat(EVENTS).hasSize(3);
    assertThat(EVENTS.stream().distinct()).hasSize(1);
    assertThat(EVENTS.peek()).endsWith(":1");
  }

  @Test
  void aStepThatTakesTooLongFails() {
    assertThatThrownBy(() -> node.get(Rules.class).slowStep())
        .isInstanceOf(StepTimeoutException.class)
        .hasMessageContaining("Rules.tooSlow");
  }

  @Test
  void anInlineStepIsRecordedOnce() throws Exception {
    assertThat(node.get(Rules.class).inline()).isEqualTo("x1");
  }

  @Test
  void aStepThatThrewIsUndoneUnderItsOwnKey() {
    assertThatThrownBy(() -> node.get(Rules.class).undoesSteps())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("no");
    var events = EVENTS.stream().toList();
    assertThat(events).hasSize(3);
    assertThat(events.get(1)).isEqualTo("undone " + events.get(0).substring("failing ".length()));
    assertThat(events.get(2)).isEqualTo("undo add");
  }

  @Test
  void aCancelledExecutionIsUndoneInReverseAndItsStepInterrupted() {
    gate = new CountDownLatch(1);
    var execution = node.runtime().startVoid(Rules.class, Rules::undoneOnCancel);
    await().until(() -> EVENTS.contains("gated"));
    execution.cancel();
    assertThatThrownBy(execution::result).isInstanceOf(ExecutionCancelledException.class);
    assertThat(execution.status()).isEqualTo(ExecutionStatus.CANCELLED);
    assertThat(EVENTS).anyMatch(event -> event.startsWith("undone "));
    assertThat(node.longOf("select count(*) from effect where name in ('undo a', 'undo b')"))
        .isEqualTo(2);
    assertThat(effects("never")).isZero();
    execution.cancel();
    assertThat(execution.status()).isEqualTo(ExecutionStatus.CANCELLED);
  }

  @Test
  void aWorkflowThatRunsIntoItsTimeoutIsUndone() {
    var execution = node.runtime().startVoid(Rules.class, Rules::timesOut);
    awaitStatus(execution, ExecutionStatus.WAITING);
    node.advance(DAY);
    assertThatThrownBy(execution::result).isInstanceOf(ExecutionTimedOutException.class);
    assertThat(execution.status()).isEqualTo(ExecutionStatus.TIMED_OUT);
    assertThat(effects("undo t")).isEqualTo(1);
    assertThat(effects("never")).isZero();
  }

  @Test
  void cancellationReachesTheChildrenBeforeTheParentIsUndone() {
    var execution = node.runtime().startVoid(Rules.class, Rules::parent);
    await().until(() -> effects("c1") == 1 && effects("c2") == 1);
    awaitStatus(execution, ExecutionStatus.WAITING);
    execution.cancel();
    assertThatThrownBy(execution::result).isInstanceOf(ExecutionCancelledException.class);
    assertThat(node.longOf("select count(*) from effect where name like 'undo%'"))
        .isEqualTo(3);
    assertThat(node.longOf(
            "select count(*) from reprise.executions where function = 'Rules.child' and status ="
                + " 'CANCELLED'"))
        .isEqualTo(2);
  }

  @Test
  void aParentGoesOnWhenItsChildrenHaveEnded() throws Exception {
    var execution =
        node.runtime().startVoid(Rules.class, Rules::parent, Options.DEFAULT.id("family"));
    await().until(() -> effects("c1") == 1 && effects("c2") == 1);
    awaitStatus(execution, ExecutionStatus.WAITING);
    node.advance(DAY);
    execution.result();
    assertThat(execution.status()).isEqualTo(ExecutionStatus.SUCCEEDED);
    assertThat(node.longOf("select count(*) from effect")).isEqualTo(3);
  }
}
