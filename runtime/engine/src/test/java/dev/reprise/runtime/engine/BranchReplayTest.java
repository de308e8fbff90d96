package dev.reprise.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.reprise.Durable;
import dev.reprise.Execution;
import dev.reprise.ExecutionStatus;
import dev.reprise.Step;
import dev.reprise.Transaction;
import dev.reprise.Workflow;
import dev.reprise.runtime.postgres.TestDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What holds for parallel branches, children and clients when an execution is run again, ended or undone. */
class BranchReplayTest {
  private static final Duration DAY = Duration.ofDays(1);
  private static final AtomicInteger RUNS = new AtomicInteger();
  private static final AtomicInteger UNDONE = new AtomicInteger();
  private static volatile CountDownLatch aFirst = new CountDownLatch(0);
  private static volatile CountDownLatch bFirst = new CountDownLatch(0);

  private static TestNode node;
  private static Rules client;

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

    @Step(maxAttempts = 1)
    public void failing() {
      throw new IllegalStateException("no");
    }

    @Step
    public void undoStep() {
      UNDONE.incrementAndGet();
    }

    @Workflow
    public void sleepsInBranch() throws Exception {
      var branch = Durable.async(() -> {
        var saga = Durable.saga();
        saga.run(() -> add("in branch"), () -> add("undo in branch"));
        Durable.sleep(DAY);
        return true;
      });
      branch.get();
    }

    @Workflow
    public void goesOnAfterBranch() throws Exception {
      var saga = Durable.saga();
      saga.run(() -> add("before"), () -> add("undo before"));
      int run = RUNS.incrementAndGet();
      var branch = Durable.async(() -> {
        if (run > 1) { // slow code, as any may be
          var unused = new CountDownLatch(1).await(200, TimeUnit.MILLISECONDS);
        }
        return add("in branch");
      });
      branch.get();
      saga.run(() -> add("after"), () -> add("undo after"));
      Durable.sleep(DAY);
    }

    @Workflow
    public void branchesWithSagas() throws Exception {
      int run = RUNS.incrementAndGet();
      var a = Durable.async(() -> {
        if (run > 1) {
          bFirst.await();
        }
        var saga = Durable.saga();
        aFirst.countDown();
        return saga.run(() -> add("a"), () -> {
          add("undo a");
          Durable.sleep(DAY);
        });
      });
      var b = Durable.async(() -> {
        if (run == 1) {
          aFirst.await();
        }
        var saga = Durable.saga();
        bFirst.countDown();
        return saga.run(() -> add("b"), () -> {
          add("undo b");
          Durable.sleep(DAY);
        });
      });
      a.get();
      b.get();
      throw new IllegalStateException("undo both");
    }

    @Workflow
    public void sagaOfAnotherBranch() throws Exception {
      var saga = Durable.saga();
      var branch = Durable.async(() -> {
        saga.run(this::failing, this::undoStep);
        return true;
      });
      branch.get();
    }

    @Workflow
    public void leaf() {
      Durable.sleep(DAY);
    }

    @Workflow
    public String parent() {
      leaf();
      return "ended";
    }

    @Workflow
    public void callsClient() throws SQLException {
      client.add("by client");
      Durable.sleep(DAY);
    }
  }

  @BeforeAll
  static void start() {
    node = TestNode.start(Rules.class);
    node.sql("create table effect (name text not null)");
    client = node.get(Rules.class);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @BeforeEach
  void reset() {
    node.sql("delete from effect");
    RUNS.set(0);
    UNDONE.set(0);
    aFirst = new CountDownLatch(1);
    bFirst = new CountDownLatch(1);
  }

  private static void awaitStatus(Execution<?> execution, ExecutionStatus status) {
    await(status.name()).until(() -> execution.status() == status);
  }

  private static long effects(String name) {
    return node.longOf("select count(*) from effect where name = '" + name + "'");
  }

  @Test
  void aBranchOfACancelledSleeperIsUndone() {
    var execution = node.runtime().startVoid(Rules.class, Rules::sleepsInBranch);
    awaitStatus(execution, ExecutionStatus.WAITING);
    assertThat(effects("in branch")).isEqualTo(1);

    execution.cancel();

    awaitStatus(execution, ExecutionStatus.CANCELLED);
    assertThat(effects("undo in branch")).isEqualTo(1);
  }

  @Test
  void aCancelledSleeperIsReplayedToTheEndOfItsLogBeforeItIsUndone() {
    var execution = node.runtime().startVoid(Rules.class, Rules::goesOnAfterBranch);
    awaitStatus(execution, ExecutionStatus.WAITING);

    execution.cancel();

    await()
        .until(() -> execution.status() == ExecutionStatus.CANCELLED
            || execution.status() == ExecutionStatus.PARKED);
    assertThat(execution.status()).isEqualTo(ExecutionStatus.CANCELLED);
    assertThat(effects("undo after")).isEqualTo(1);
    assertThat(effects("undo before")).isEqualTo(1);
  }

  @Test
  void branchesAreUndoneInTheSameOrderOnEveryRun() {
    var execution = node.runtime().startVoid(Rules.class, Rules::branchesWithSagas);
    awaitStatus(execution, ExecutionStatus.WAITING);
    for (int i = 0; i < 2; i++) {
      node.advance(DAY);
      await()
          .until(() -> execution.status() != ExecutionStatus.RUNNING
              && node.node().active().active().isEmpty());
    }

    assertThat(execution.status()).isEqualTo(ExecutionStatus.FAILED);
    assertThat(effects("undo a")).isEqualTo(1);
    assertThat(effects("undo b")).isEqualTo(1);
  }

  @Test
  void aSagaOfAnotherBranchIsRefusedOrUndone() {
    assertThatThrownBy(() -> node.get(Rules.class).sagaOfAnotherBranch())
        .isInstanceOf(IllegalStateException.class)
        .satisfiesAnyOf(
            e -> assertThat(e).hasMessageContaining("saga"),
            e -> assertThat(UNDONE).hasValue(1));
  }

  @Test
  void aSleepingParentGoesOnAtOnceWhenItsChildHasEnded() {
    try (var database = TestDatabase.create();
        var quiet = TestNode.quietOn(database, Rules.class)) {
      var execution = quiet.runtime().start(Rules.class, Rules::parent);
      awaitStatus(execution, ExecutionStatus.WAITING);
      await()
          .until(
              () -> quiet.longOf("select count(*) from reprise.executions where status = 'WAITING'")
                  == 2);

      quiet.advance(DAY);

      awaitStatus(execution, ExecutionStatus.SUCCEEDED);
    }
  }

  @Test
  void aClientCalledByAWorkflowIsRefusedOrCallsOnce() {
    var execution = node.runtime().startVoid(Rules.class, Rules::callsClient);
    await()
        .until(() -> execution.status() == ExecutionStatus.WAITING
            || execution.status() == ExecutionStatus.FAILED);

    node.advance(DAY);

    await().until(() -> execution.status().isTerminal());
    assertThat(effects("by client")).isLessThanOrEqualTo(1);
  }
}
