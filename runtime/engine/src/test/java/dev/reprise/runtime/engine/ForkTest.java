package dev.reprise.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.reprise.Durable;
import dev.reprise.ExecutionNotFoundException;
import dev.reprise.ExecutionStatus;
import dev.reprise.Options;
import dev.reprise.Step;
import dev.reprise.Transaction;
import dev.reprise.Workflow;
import dev.reprise.runtime.execution.ForkRefusedException;
import dev.reprise.runtime.store.ExecutionRow;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A fork has the operations before its position, and does the others. */
class ForkTest {
  private static TestNode node;

  /** What the code is: a fix makes it another. */
  private static volatile boolean broken;

  private static final AtomicInteger STEPS = new AtomicInteger();

  /** Functions that note what they do. */
  public static class Work {
    private final DataSource database;

    public Work(DataSource database) {
      this.database = database;
    }

    @Transaction
    public String note(String text) throws SQLException {
      try (var connection = database.getConnection();
          var statement = connection.prepareStatement("insert into note values (?)")) {
        statement.setString(1, text);
        statement.executeUpdate();
        return text;
      }
    }

    @Step(maxAttempts = 1)
    public String act(String text) {
      STEPS.incrementAndGet();
      return text + " with " + Durable.idempotencyKey();
    }

    @Workflow
    public String order(String name) throws SQLException {
      // what is derived from the execution goes into arguments, which the log has
      var id = note("id " + Durable.executionId());
      note("uuid " + Durable.uuid());
      note("random " + Durable.random().nextInt());
      note("time " + Durable.now());
      act(name);
      note("later " + Durable.uuid());
      if (broken) {
        throw new IllegalStateException("a defect");
      }
      return id;
    }

    @Workflow
    public List<String> parallel(String name) throws Exception {
      note("before");
      var one = Durable.async(() -> note(name + "-1a") + note(name + "-1b"));
      var two = Durable.async(() -> note(name + "-2a") + note(name + "-2b"));
      var both = Durable.all(List.of(one, two));
      note("after");
      return both;
    }

    @Workflow
    public String child(String name) throws SQLException {
      return note("child " + name);
    }

    @Workflow
    public String parent(String name) throws Exception {
      var called = child(name);
      var started =
          Durable.start(Work.class, work -> work.child(name + "-started"), Options.DEFAULT);
      note("between");
      return called + ", " + started.result();
    }

    @Workflow
    public void undone(String name) throws Exception {
      var saga = Durable.saga();
      saga.run(() -> note(name + " reserved"), () -> note(name + " released"));
      saga.run(() -> act(name), () -> note("undone " + Durable.idempotencyKey()));
      if (broken) {
        throw new IllegalStateException("a defect");
      }
      note(name + " done");
      throw new IllegalStateException("never mind");
    }

    @Workflow
    public String sleepsInBranch() throws Exception {
      var branch = Durable.async(() -> {
        note("in the branch");
        Durable.sleep(Duration.ofDays(300));
        return note("after its sleep");
      });
      return branch.get();
    }

    @Workflow
    public String sleeps() throws SQLException {
      note("before");
      Durable.sleep(Duration.ofDays(300));
      return note("after");
    }
  }

  @BeforeAll
  static void start() {
    node = TestNode.start(Work.class);
    node.sql("create table note (text text)");
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @BeforeEach
  void mend() {
    broken = false;
    node.sql("truncate note");
    STEPS.set(0);
  }

  private static ExecutionRow fork(String id, @Nullable String from) throws Exception {
    var fork = node.node().engine().fork(id, from, null);
    return node.node().engine().whenSettled(fork).get(30, TimeUnit.SECONDS);
  }

  private static List<String> notes() {
    return node.textsOf("select text from note order by xmin::text::bigint");
  }

  private static String run(String id) throws Exception {
    return node.runtime()
        .start(Work.class, work -> work.order(id), Options.DEFAULT.id(id).tag("kind", "order"))
        .result();
  }

  @Test
  void aFailedExecutionRestartedAfterAFixDoesOnlyWhatComesAfterThePosition() throws Exception {
    broken = true;
    assertThatThrownBy(() -> run("order-1")).hasMessage("a defect");
    var before = notes();
    assertThat(before).hasSize(5);

    broken = false;
    var fork = fork("order-1", "6");
    assertThat(fork.status()).isEqualTo(ExecutionStatus.SUCCEEDED);
    // the code was told what the original was told, before the position
    assertThat(fork.output()).isEqualTo("\"id order-1\"");
    assertThat(STEPS).hasValue(1);
    var after = notes();
    assertThat(after).hasSize(6).containsAll(before);
    // and something else after it: two orders do not share what is theirs
    assertThat(after.get(5)).startsWith("later ").isNotEqualTo(after.get(4));
    assertThat(fork.id()).isEqualTo(fork.execution().toString());
    assertThat(fork.tags()).containsEntry("kind", "order");
    assertThat(Objects.requireNonNull(fork.lineage()).forked().id()).isEqualTo("order-1");
    assertThat(node.node().engine().find("order-1").orElseThrow().status())
        .isEqualTo(ExecutionStatus.FAILED);
  }

  @Test
  void aCopiedOperationDoesNotClaimTheTransactionOfTheOriginal() throws Exception {
    run("claims");
    var fork = fork("claims", "4");
    var log = node.node().engine().operations(fork.id()).orElseThrow();
    assertThat(log).hasSize(6);
    assertThat(log.subList(0, 3)).allSatisfy(row -> {
      assertThat(row.transactionId()).isNull();
      assertThat(row.snapshot()).isNull();
      assertThat(fork.isCopied(row.position())).isTrue();
    });
    assertThat(log.get(3).transactionId()).isNotNull();
    assertThat(fork.isCopied(log.get(3).position())).isFalse();
  }

  @Test
  void withoutAPositionEverythingIsDoneAgain() throws Exception {
    run("again");
    var fork = fork("again", null);
    assertThat(fork.output()).isEqualTo("\"id " + fork.id() + "\"");
    assertThat(notes()).hasSize(10).doesNotHaveDuplicates();
    assertThat(STEPS).hasValue(2);
  }

  @Test
  void aForkOfAForkHasTheOperationsOfBoth() throws Exception {
    broken = true;
    assertThatThrownBy(() -> run("first")).hasMessage("a defect");
    var second = fork("first", "3");
    assertThat(second.status()).isEqualTo(ExecutionStatus.FAILED);
    broken = false;
    var third = fork(second.id(), "6");
    assertThat(third.output()).isEqualTo("\"id first\"");
    assertThat(third.status()).isEqualTo(ExecutionStatus.SUCCEEDED);
    var origins = Objects.requireNonNull(third.lineage()).origins();
    assertThat(origins).extracting(origin -> origin.id()).containsExactly("first", second.id());
    // shorter than the first fork: nothing of that one is left but its name
    var fourth = fork(second.id(), "2");
    assertThat(fourth.output()).isEqualTo("\"id first\"");
    assertThat(Objects.requireNonNull(fourth.lineage()).forked().id()).isEqualTo(second.id());
  }

  @Test
  void branchesBegunBeforeThePositionAreCopiedAndTheOthersDone() throws Exception {
    var unused = node.runtime()
        .start(Work.class, work -> work.parallel("p"), Options.DEFAULT.id("parallel"))
        .result();
    node.sql("truncate note");
    assertThat(fork("parallel", "2.2").status()).isEqualTo(ExecutionStatus.SUCCEEDED);
    // the branch at 2 from its second operation, and the branch at 3 as a whole, for it comes later
    // in the log
    assertThat(notes()).containsExactlyInAnyOrder("p-1b", "p-2a", "p-2b", "after");
    node.sql("truncate note");
    assertThat(fork("parallel", "4").status()).isEqualTo(ExecutionStatus.SUCCEEDED);
    assertThat(notes()).containsExactly("after");
  }

  @Test
  void outcomesOfChildrenStayAsRecordedAndOthersAreBegunAnew() throws Exception {
    var unused = node.runtime()
        .start(Work.class, work -> work.parent("c"), Options.DEFAULT.id("parent"))
        .result();
    node.sql("truncate note");
    assertThat(fork("parent", "3").output()).isEqualTo("\"child c, child c-started\"");
    assertThat(notes()).containsExactly("between");
    node.sql("truncate note");
    assertThat(fork("parent", "1").output()).isEqualTo("\"child c, child c-started\"");
    assertThat(notes()).contains("child c", "child c-started", "between");
  }

  @Test
  void whatWasCopiedIsUndoneWithTheKeysItWasDoneWith() throws Exception {
    broken = true;
    var original = node.runtime()
        .startVoid(Work.class, work -> work.undone("u"), Options.DEFAULT.id("undone"));
    assertThatThrownBy(original::result).hasMessage("a defect");
    assertThat(notes()).containsExactly("u reserved", "undone undone:2", "u released");
    broken = false;
    node.sql("truncate note");
    assertThat(fork("undone", "3").status()).isEqualTo(ExecutionStatus.FAILED);
    assertThat(notes()).containsExactly("u done", "undone undone:2", "u released");
  }

  @Test
  void anExecutionThatSleepsIsForkedBeforeItsSleepAndStaysAsItIs() throws Exception {
    var sleeping = node.runtime().start(Work.class, Work::sleeps, Options.DEFAULT.id("sleeping"));
    await().until(() -> sleeping.status() == ExecutionStatus.WAITING);
    var fork = node.node().engine().fork("sleeping", "2", null);
    await()
        .until(() ->
            node.node().engine().find(fork).orElseThrow().status() == ExecutionStatus.WAITING);
    assertThat(notes()).containsExactly("before");
    sleeping.cancel();
    node.node().engine().cancel(fork);
  }

  @Test
  void aBadPositionIsRefusedWithTheLastOneThatIsValid() throws Exception {
    run("bad");
    refused("bad", "8").hasMessageContaining("the last valid one is 7");
    refused("bad", "0").hasMessageContaining("the last valid one of execution bad is 7");
    refused("bad", "x").hasMessageContaining("the last valid one of execution bad is 7");
    refused("bad", "1.1").hasMessageContaining("the last valid one is 7");
    var unused = node.runtime()
        .start(Work.class, work -> work.parallel("p"), Options.DEFAULT.id("branches"))
        .result();
    refused("branches", "2.4").hasMessageContaining("the last valid one of that branch is 2.3");
    assertThat(fork("branches", "2.3").status()).isEqualTo(ExecutionStatus.SUCCEEDED);
  }

  @Test
  void whatComesBehindAnEndFromOutsideIsNoPlaceToForkAt() throws Exception {
    var sleeping = node.runtime().start(Work.class, Work::sleeps, Options.DEFAULT.id("cancelled"));
    await().until(() -> sleeping.status() == ExecutionStatus.WAITING);
    sleeping.cancel();
    await().until(() -> sleeping.status() == ExecutionStatus.CANCELLED);
    refused("cancelled", "4").hasMessageContaining("the last valid one is 3");
    var fork = node.node().engine().fork("cancelled", "3", null);
    await()
        .until(() ->
            node.node().engine().find(fork).orElseThrow().status() == ExecutionStatus.WAITING);
    node.node().engine().cancel(fork);
  }

  @Test
  void aBranchThatWasEndedFromOutsideGoesOnInTheFork() {
    var sleeping =
        node.runtime().start(Work.class, Work::sleepsInBranch, Options.DEFAULT.id("in-branch"));
    await().until(() -> sleeping.status() == ExecutionStatus.WAITING);
    sleeping.cancel();
    await().until(() -> sleeping.status() == ExecutionStatus.CANCELLED);
    assertThat(node.longOf("select count(*) from reprise.operations where kind = 'closed'"))
        .isPositive();
    var fork = node.node().engine().fork("in-branch", "2", null);
    await()
        .until(() ->
            node.node().engine().find(fork).orElseThrow().status() == ExecutionStatus.WAITING);
    assertThat(notes()).containsExactly("in the branch");
    assertThat(node.node().engine().operations(fork).orElseThrow())
        .extracting(operation -> operation.position() + " " + operation.kind().label())
        .containsExactly("1.1 transaction", "1.2 sleep");
    node.node().engine().cancel(fork);
  }

  @Test
  void onlyWorkflowsWithCodeAreForked() throws Exception {
    node.runtime()
        .start(Work.class, work -> work.note("alone"), Options.DEFAULT.id("transaction"))
        .result();
    refused("transaction", null).hasMessageContaining("only workflows can be forked");
    run("versioned");
    assertThatThrownBy(() -> node.node().engine().fork("versioned", null, "nowhere"))
        .isInstanceOf(ForkRefusedException.class)
        .hasMessageContaining("version nowhere cannot be used");
    assertThatThrownBy(() -> node.node().engine().fork(UUID.randomUUID().toString(), null, null))
        .isInstanceOf(ExecutionNotFoundException.class);
  }

  private static org.assertj.core.api.AbstractThrowableAssert<?, ?> refused(
      String id, @Nullable String from) {
    return assertThatThrownBy(() -> node.node().engine().fork(id, from, null))
        .isInstanceOf(ForkRefusedException.class);
  }
}
