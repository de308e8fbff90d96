package dev.reprise.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.reprise.Branch;
import dev.reprise.Durable;
import dev.reprise.ExecutionCancelledException;
import dev.reprise.ExecutionStatus;
import dev.reprise.Options;
import dev.reprise.Saga;
import dev.reprise.Step;
import dev.reprise.Transaction;
import dev.reprise.TransactionMisuseException;
import dev.reprise.Workflow;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How an execution with parallel branches and children ends, and who may call what. */
class BranchRulesTest {
  private static final Duration DAY = Duration.ofDays(1);
  private static volatile CountDownLatch gate = new CountDownLatch(0);
  private static volatile CountDownLatch entered = new CountDownLatch(0);
  private static final AtomicReference<Branches> CLIENT = new AtomicReference<>();

  private static TestNode node;

  /** Workflows with branches. */
  public static class Branches {
    private final DataSource database;

    public Branches(DataSource database) {
      this.database = database;
    }

    @Transaction
    public void add(String name) throws SQLException {
      try (var connection = database.getConnection();
          var statement = connection.prepareStatement("insert into effect (name) values (?)")) {
        statement.setString(1, name);
        statement.executeUpdate();
      }
    }

    @Transaction
    public void broken() throws SQLException {
      try (var connection = database.getConnection();
          var statement = connection.prepareStatement("select * from nowhere")) {
        statement.execute();
      }
    }

    @Transaction
    public void idle() throws Exception {
      try (var connection = database.getConnection();
          var statement = connection.createStatement()) {
        statement.execute("set local idle_in_transaction_session_timeout = '100ms'");
        new CountDownLatch(1).await(500, TimeUnit.MILLISECONDS);
        statement.execute("select 1");
      }
    }

    @Step(maxAttempts = 1, timeout = "1h")
    public void gated() throws InterruptedException {
      entered.countDown();
      gate.await();
    }

    @Workflow
    public void joinedThenSleeps() throws Exception {
      Durable.all(List.of(undoable("one"), undoable("two")));
      Durable.sleep(DAY);
      add("never");
    }

    private Branch<Boolean, SQLException> undoable(String name) {
      return Durable.async(() -> {
        var saga = Durable.saga();
        saga.run(() -> add(name), () -> add("undo " + name));
        return true;
      });
    }

    @Workflow
    public void slowChild() throws Exception {
      gated();
      add("child");
    }

    @Workflow
    public void failsBesideAChild() throws Exception {
      var saga = Durable.saga();
      saga.run(() -> add("a"), () -> add("undo a"));
      Durable.async(() -> {
        slowChild();
        return true;
      });
      awaitEntered();
      throw new IllegalStateException("failed");
    }

    @Step
    public void awaitEntered() throws InterruptedException {
      entered.await();
    }

    @Workflow
    public void failsAfterBranches() throws Exception {
      var names = List.of("1", "2", "3", "4", "5", "6");
      var branches = new ArrayList<Branch<Boolean, SQLException>>();
      names.forEach(name -> branches.add(undoable(name)));
      Durable.all(branches);
      throw new IllegalStateException("failed");
    }

    @Workflow
    public void foreignSaga() throws Exception {
      Saga saga = Durable.saga();
      Durable.async(() -> {
            saga.run(() -> add("x"), () -> add("undo x"));
            return true;
          })
          .get();
    }

    @Workflow
    public void callsTheClient() throws Exception {
      CLIENT.get().add("from outside");
    }

    @Workflow
    public String handlesAnSqlError() {
      try {
        broken();
        return "no error";
      } catch (SQLException e) {
        return "caught " + e.getMessage();
      }
    }

    @Workflow
    public void waitsForAChild() throws Exception {
      slowChild();
    }
  }

  @BeforeAll
  static void start() {
    node = TestNode.start(Branches.class);
    node.sql("create table effect (id int generated always as identity, name text)");
    CLIENT.set(node.get(Branches.class));
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @BeforeEach
  void clean() {
    node.sql("delete from effect");
    gate = new CountDownLatch(1);
    entered = new CountDownLatch(1);
  }

  @Test
  void branchesThatWereJoinedLongAgoAreUndoneWhenTheExecutionIsCancelled() {
    var execution = node.runtime().startVoid(Branches.class, Branches::joinedThenSleeps);
    await().until(() -> execution.status() == ExecutionStatus.WAITING);
    execution.cancel();
    assertThatThrownBy(execution::result).isInstanceOf(ExecutionCancelledException.class);
    assertThat(execution.status()).isEqualTo(ExecutionStatus.CANCELLED);
    assertThat(effects())
        .endsWith("undo two", "undo one")
        .doesNotContain("never")
        .hasSize(4);
  }

  @Test
  void aWorkflowThatFailsEndsTheChildrenOfItsOtherBranchesBeforeItIsUndone() {
    var execution = node.runtime().startVoid(Branches.class, Branches::failsBesideAChild);
    assertThatThrownBy(execution::result).hasMessage("failed");
    assertThat(effects()).containsExactly("a", "undo a");
    assertThat(node.longOf("select count(*) from reprise.executions where completed_at is null"))
        .isZero();
  }

  @Test
  void sagasOfBranchesAreUndoneInTheOrderOfTheLog() {
    assertThatThrownBy(() -> node.get(Branches.class).failsAfterBranches()).hasMessage("failed");
    assertThat(effects().subList(6, 12))
        .containsExactly("undo 6", "undo 5", "undo 4", "undo 3", "undo 2", "undo 1");
  }

  @Test
  void aSagaOfAnotherBranchIsRefused() {
    assertThatThrownBy(() -> node.get(Branches.class).foreignSaga())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("Durable.saga() inside the branch");
    assertThat(effects()).isEmpty();
  }

  @Test
  void anInstanceForClientsIsRefusedInsideAWorkflow() {
    assertThatThrownBy(() -> node.get(Branches.class).callsTheClient())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("injected instance");
    assertThat(effects()).isEmpty();
  }

  @Test
  void aWorkflowCatchesTheSqlExceptionThatItsTransactionDeclares() {
    assertThat(node.get(Branches.class).handlesAnSqlError())
        .startsWith("caught")
        .contains("nowhere");
  }

  @Test
  void aTransactionLeftIdleFailsVisibly() {
    assertThatThrownBy(() -> node.get(Branches.class).idle())
        .isInstanceOf(TransactionMisuseException.class)
        .hasMessageContaining("without a statement")
        .hasMessageContaining("@Step");
  }

  @Test
  void aParentThatSleepsGoesOnAsSoonAsItsChildHasEnded() throws Exception {
    try (var quiet = TestNode.quietOn(node.database(), Branches.class)) {
      var execution = quiet
          .runtime()
          .startVoid(Branches.class, Branches::waitsForAChild, Options.DEFAULT.id("patient"));
      await().until(() -> execution.status() == ExecutionStatus.WAITING);
      gate.countDown();
      execution.result();
      assertThat(effects()).containsExactly("child");
    }
  }

  private static List<String> effects() {
    return node.textsOf("select name from effect order by id");
  }
}
