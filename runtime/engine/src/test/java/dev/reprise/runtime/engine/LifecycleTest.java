package dev.reprise.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.reprise.Branch;
import dev.reprise.Durable;
import dev.reprise.Execution;
import dev.reprise.ExecutionEndedException;
import dev.reprise.ExecutionStatus;
import dev.reprise.Options;
import dev.reprise.Step;
import dev.reprise.Transaction;
import dev.reprise.Workflow;
import dev.reprise.runtime.config.NodeConfig;
import dev.reprise.runtime.postgres.TestDatabase;
import dev.reprise.runtime.store.ExecutionFilter;
import dev.reprise.runtime.store.ExecutionRow;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Cancellation of any size, deadlines of families, lists, and sleepers by the thousand. */
class LifecycleTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int CHILDREN = 300;
  private static final int SLEEPERS = 2000;

  private static TestNode node;
  private static volatile boolean mended;
  private static volatile CountDownLatch entered = new CountDownLatch(0);
  private static volatile CountDownLatch leave = new CountDownLatch(0);

  /** Functions that wait, and families. */
  public static class Family {
    private final DataSource database;

    public Family(DataSource database) {
      this.database = database;
    }

    @Transaction
    public int note(String text) throws SQLException {
      try (var connection = database.getConnection();
          var statement = connection.prepareStatement("insert into note values (?)")) {
        statement.setString(1, text);
        return statement.executeUpdate();
      }
    }

    @Step(timeout = "60s")
    public int held() throws InterruptedException {
      entered.countDown();
      leave.await();
      return 1;
    }

    @Workflow
    public int holds() throws Exception {
      int sum = note("held");
      return sum + held();
    }

    @Workflow
    public int quick(int number) throws SQLException {
      return note("quick") + number;
    }

    /** Stops for nobody. */
    @Workflow
    public int endless(int number) {
      while (!mended) {
        Thread.onSpinWait();
      }
      return number;
    }

    @Workflow
    public int manyBranches(int number) throws Exception {
      var branches = new ArrayList<Branch<Integer, Exception>>();
      for (int i = 0; i < number; i++) {
        int branch = i;
        branches.add(Durable.async(() -> {
          Durable.sleep(Duration.ofDays(1000));
          return branch;
        }));
      }
      return Durable.all(branches).size();
    }

    @Workflow
    public void sleeps() throws Exception {
      Durable.sleep(Duration.ofDays(1000));
    }

    @Workflow
    public int naps(int number) {
      Durable.sleep(Duration.ofDays(2));
      return number;
    }

    @Workflow(timeout = "50d")
    public void patient() throws Exception {
      Durable.sleep(Duration.ofDays(1000));
    }

    @Workflow(timeout = "10d")
    public void hurried() throws Exception {
      patient();
    }

    @Workflow(timeout = "90d")
    public void unhurried() throws Exception {
      patient();
    }

    @Workflow
    public void manyChildren(int children) throws Exception {
      for (int i = 0; i < children; i++) {
        Durable.startVoid(Family.class, Family::sleeps, Options.DEFAULT);
      }
      note("all begun");
      Durable.sleep(Duration.ofDays(1000));
    }
  }

  @BeforeAll
  static void start() {
    node = TestNode.start(Family.class);
    node.sql("create table note (text text)");
  }

  @AfterAll
  static void stop() {
    leave.countDown();
    node.close();
  }

  private static ExecutionRow row(String id) {
    return node.node().engine().find(id).orElseThrow();
  }

  private static Execution<@Nullable Void> begin(
      String id, dev.reprise.VoidInvocation<Family> call, Options options) {
    return node.runtime().startVoid(Family.class, call, options.id(id));
  }

  // --- cancellation
  // ---------------------------------------------------------------------------------------------

  @Test
  void aCancelledExecutionNeverTurnsSuccessful() throws Exception {
    entered = new CountDownLatch(1);
    leave = new CountDownLatch(1);
    var held = node.runtime().start(Family.class, Family::holds, Options.DEFAULT.id("held"));
    assertThat(entered.await(30, TimeUnit.SECONDS)).isTrue();
    held.cancel();
    leave.countDown(); // the step succeeds, and the code would return its result
    assertThat(
            node.node().engine().whenSettled("held").get(30, TimeUnit.SECONDS).status())
        .isEqualTo(ExecutionStatus.CANCELLED);

    // at any moment: what was told to be cancelled ends so, what was not ends by its code
    var accepted = new ArrayList<String>();
    for (int i = 0; i < 60; i++) {
      int number = i;
      var id = "quick-" + i;
      node.runtime().start(Family.class, family -> family.quick(number), Options.DEFAULT.id(id));
      try {
        node.node().engine().cancel(id);
        accepted.add(id);
      } catch (ExecutionEndedException e) {
        assertThat(row(id).status()).isEqualTo(ExecutionStatus.SUCCEEDED);
      }
    }
    for (var id : accepted) {
      assertThat(node.node().engine().whenSettled(id).get(30, TimeUnit.SECONDS).status())
          .as(id)
          .isEqualTo(ExecutionStatus.CANCELLED);
    }
  }

  @Test
  void cancellationReachesEveryChildOfALargeFamily() {
    begin("large", family -> family.manyChildren(CHILDREN), Options.DEFAULT);
    await().atMost(PATIENCE).until(() -> ofFamily("large", "WAITING") == CHILDREN);
    node.node().engine().cancel("large");
    await().atMost(PATIENCE).until(() -> row("large").status() == ExecutionStatus.CANCELLED);
    // the parent ends last, so that nothing of its children comes after its compensations
    assertThat(ofFamily("large", "CANCELLED")).isEqualTo(CHILDREN);
  }

  private static long ofFamily(String parent, String status) {
    return node.longOf("""
        select count(*) from reprise.executions c join reprise.executions p on p.execution = c.parent
         where p.id = '%s' and c.status = '%s'
        """.formatted(parent, status));
  }

  // --- others
  // ---------------------------------------------------------------------------------------------------

  @Test
  @SuppressWarnings("try") // it is closed before the end to be looked at
  void aPoisonousWorkflowDelaysNoOtherAndCountsAgainstItselfWhenItsNodeEnds() throws Exception {
    var config = new NodeConfig(Duration.ofSeconds(3), Duration.ofMillis(500), 64, Duration.ZERO);
    try (var database = TestDatabase.create();
        var other = TestNode.configured(database, config, Family.class)) {
      other.sql("create table note (text text)");
      other
          .runtime()
          .start(Family.class, family -> family.endless(1), Options.DEFAULT.id("endless"));
      var branches = other
          .runtime()
          .start(Family.class, family -> family.manyBranches(200), Options.DEFAULT.id("branches"));
      for (int i = 0; i < 20; i++) {
        assertThat(other.get(Family.class).quick(i)).isEqualTo(i + 1);
      }
      await().atMost(PATIENCE).until(() -> branches.status() == ExecutionStatus.WAITING);
      assertThat(other.node().engine().find("endless").orElseThrow().status())
          .isEqualTo(ExecutionStatus.RUNNING);

      other.close(); // what let go does not count
      assertThat(TestNode.longOf(database.config(), """
          select count(*) from reprise.executions where id = 'endless' and status = 'PENDING' and recoveries = 1
          """)).isEqualTo(1);
      assertThat(TestNode.longOf(database.config(), """
          select count(*) from reprise.executions where id <> 'endless' and recoveries is not null
          """)).isZero();
    } finally {
      mended = true;
    }
  }

  /** Its pulse does not come for minutes: the first connection that it is refused tells it. */
  @Test
  void aNodeThatWasDeclaredDeadJoinsAgainAtItsNextConnection() throws Exception {
    try (var database = TestDatabase.create();
        var quiet = TestNode.quietOn(database, Family.class)) {
      quiet.sql("create table note (text text)");
      assertThat(quiet.get(Family.class).note("before")).isEqualTo(1);
      quiet.sql("update reprise.nodes set state = 'DEAD'");
      quiet.sql("""
          select pg_terminate_backend(a.pid, 10000)
            from reprise.backends b join pg_stat_activity a on a.pid = b.pid and a.backend_start = b.backend_start
          """);
      await()
          .atMost(PATIENCE)
          .ignoreExceptions()
          .until(() -> quiet.get(Family.class).note("after") == 1);
      assertThat(TestNode.longOf(
              database.config(), "select count(*) from reprise.nodes where state = 'LIVE'"))
          .isEqualTo(1);
    }
  }

  // --- deadlines
  // ------------------------------------------------------------------------------------------------

  @Test
  void aChildHasTheEarlierOfItsOwnDeadlineAndItsParents() {
    begin("hurried", Family::hurried, Options.DEFAULT);
    begin("unhurried", Family::unhurried, Options.DEFAULT);
    await().atMost(PATIENCE).until(() -> ofFamily("hurried", "WAITING") == 1);
    await().atMost(PATIENCE).until(() -> ofFamily("unhurried", "WAITING") == 1);
    assertThat(deadlineOfChild("hurried")).isEqualTo(row("hurried").deadline());
    assertThat(deadlineOfChild("unhurried")).isBefore(row("unhurried").deadline());
    node.node().engine().cancel("hurried");
    node.node().engine().cancel("unhurried");
  }

  private static Instant deadlineOfChild(String parent) {
    var child = UUID.fromString(node.textsOf("""
        select c.execution::text from reprise.executions c join reprise.executions p on p.execution = c.parent
         where p.id = '%s'
        """.formatted(parent)).get(0));
    return java.util.Objects.requireNonNull(row(child.toString()).deadline());
  }

  // --- sleepers
  // -------------------------------------------------------------------------------------------------

  @Test
  void thousandsOfSleepersWakeOnOneNodeAndFinishEachWithItsOwnResult() {
    node.sql("""
        with sleeper as materialized (
            select (lpad(to_hex((extract(epoch from now()) * 1000)::bigint), 12, '0') || '7' || substr(md5(n::text), 1, 3)
                     || '8' || substr(md5(n::text), 4, 15))::uuid as execution, n, now() + interval '1 second' as wakes
              from generate_series(1, %d) n),
          logged as (
            insert into reprise.operations (execution, position, kind, function, arguments, output, attempt, completed_at)
            select execution, '1', 'sleep', 'sleep', %d,
                   '"' || to_char(wakes at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '"', 1, now()
              from sleeper)
        insert into reprise.executions (execution, id, created_at, started_at, wake_at, attempts, kind, status, function,
               input)
        select execution, 'sleeper-' || n, now(), now(), wakes, 1, 'workflow', 'WAITING', 'Family.naps', '[' || n || ']'
          from sleeper
        """.formatted(SLEEPERS, Duration.ofDays(2).toNanos()));
    await().atMost(PATIENCE).until(() -> node.longOf("""
        select count(*) from reprise.executions
         where function = 'Family.naps' and status = 'SUCCEEDED' and '[' || output || ']' = input
        """) == SLEEPERS);
    assertThat(node.longOf(
            "select max(attempts) from reprise.executions where function = 'Family.naps'"))
        .isEqualTo(2);
  }

  // --- lists
  // ----------------------------------------------------------------------------------------------------

  @Test
  void listsByStatesTagsAndTimesInTheOrderOfTheirIds() {
    var tags = Options.DEFAULT.tag("test", "lists");
    for (int i = 0; i < 3; i++) {
      begin("list-" + i, Family::sleeps, tags.tag("parity", i % 2 == 0 ? "even" : "odd"));
    }
    await()
        .atMost(PATIENCE)
        .until(
            () -> list(Set.of(ExecutionStatus.WAITING), Map.of("test", "lists")).size() == 3);
    node.node().engine().cancel("list-1");
    await().atMost(PATIENCE).until(() -> row("list-1").status() == ExecutionStatus.CANCELLED);

    assertThat(list(Set.of(), Map.of("test", "lists")))
        .containsExactly("list-2", "list-1", "list-0");
    assertThat(list(
            Set.of(ExecutionStatus.WAITING, ExecutionStatus.CANCELLED), Map.of("test", "lists")))
        .containsExactly("list-2", "list-1", "list-0");
    assertThat(list(Set.of(ExecutionStatus.CANCELLED), Map.of("test", "lists")))
        .containsExactly("list-1");
    assertThat(list(Set.of(), Map.of("test", "lists", "parity", "even")))
        .containsExactly("list-2", "list-0");
    node.node().engine().cancel("list-0");
    node.node().engine().cancel("list-2");
  }

  @Test
  void aListByTimeHasTheYoungChildrenOfOldParentsToo() {
    // ids of children begin with the time of their parents, here of years ago
    node.sql("""
        insert into reprise.executions (execution, id, parent, created_at, attempts, kind, status, function, input)
        values ('00c00000-0000-7000-8000-000000000001', 'old', null, '2009-01-01', 1, 'workflow', 'PARKED', 'Old.f', '[]'),
               ('00c00000-0000-8000-8000-000000000002', 'young child', '00c00000-0000-7000-8000-000000000001', now(), 1,
                'workflow', 'PARKED', 'Old.f', '[]')
        """);
    var lastHour = new ExecutionFilter(
        "Old.f", Set.of(), Map.of(), Instant.now().minusSeconds(3600), null, 10, null);
    assertThat(node.node().engine().list(lastHour))
        .extracting(ExecutionRow::id)
        .containsExactly("young child");
    var parked = new ExecutionFilter(
        "Old.f", Set.of(ExecutionStatus.PARKED), Map.of(), Instant.EPOCH, null, 10, null);
    assertThat(node.node().engine().list(parked))
        .extracting(ExecutionRow::id)
        .containsExactly("young child", "old");
  }

  private static List<String> list(Set<ExecutionStatus> statuses, Map<String, String> tags) {
    var filter = new ExecutionFilter(null, statuses, tags, null, null, 100, null);
    return node.node().engine().list(filter).stream().map(ExecutionRow::id).toList();
  }

  /** What ends in its first commit is in the primary key and among the ids, and in no other index. */
  @Test
  void aPlainCallWritesToNoIndexOfLists() throws Exception {
    node.get(Family.class).note("plain");
    var conditions = node.textsOf("""
        select coalesce(pg_get_expr(indpred, indrelid), 'true') from pg_index
         where indrelid = 'reprise.executions'::regclass
        """);
    assertThat(conditions.stream().filter("true"::equals)).hasSize(2);
    for (var condition : conditions) {
      assertThat(node.longOf("""
          select count(*) from reprise.executions where function = 'Family.note' and (%s)
          """.formatted(condition)))
          .as(condition)
          .isEqualTo(condition.equals("true") ? 1 : 0);
    }
  }
}
