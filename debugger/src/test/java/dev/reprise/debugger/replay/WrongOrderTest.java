package dev.reprise.debugger.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.Isolation;
import dev.reprise.RepriseException;
import dev.reprise.debugger.replay.Schedule.Placed;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The two orders that are easily taken for the right one are found out: so the tests of replays would find them. */
class WrongOrderTest {
  private static final Replay.Options NO_OTHER_ORDERS =
      new Replay.Options(0, Duration.ofSeconds(5));

  private static final int WORKLOADS = 10;

  private static RecordedNode node;

  private String x = "";

  @BeforeAll
  static void start() {
    node = new RecordedNode(
        DeedScript.SCHEMA + "create table item (name text primary key, stock int not null);",
        Scripted.class,
        Deeds.class);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @BeforeEach
  void prepare() {
    x = UUID.randomUUID().toString().substring(0, 8);
    node.run("truncate item, journal");
  }

  /** One transaction after the other, by their ids; readers where the ids say. */
  private static Plan byTransactionId(Plan plan) {
    var recorded = plan.schedule();
    var order =
        CommitOrder.of(recorded.order().transactions().stream().sorted().toList(), List.of());
    var placed = recorded.placed().stream()
        .map(one -> {
          var transaction = one.call().transaction();
          int commit = transaction == null ? -1 : order.placeOf(transaction);
          int place = commit < 0 ? one.taken() : commit;
          return new Placed(one.call(), place, place, place, place, commit);
        })
        .toList();
    return new Plan(Schedule.of(placed, order), plan.calls(), plan.recorded());
  }

  /** Every body as soon as its snapshot is taken, held open until it commits. */
  private static Plan bySnapshot(Plan plan) {
    var placed = plan.schedule().placed().stream()
        .map(one -> new Placed(
            one.call(), one.taken(), one.taken(), one.earliest(), one.latest(), one.commit()))
        .toList();
    return new Plan(Schedule.of(placed, plan.schedule().order()), plan.calls(), plan.recorded());
  }

  private List<String> ids(String... names) {
    return Arrays.stream(names).map(name -> x + name).toList();
  }

  private static boolean isFaithful(UnaryOperator<Plan> order, List<String> ids)
      throws InterruptedException {
    try {
      return node.replay(NO_OTHER_ORDERS, order, scratch -> {}, ids).isFaithful();
    } catch (RepriseException e) {
      return false; // recorded changes do not fit a state that came about in another order
    }
  }

  /** A takes its snapshot; C commits; B sees C; then A gets a higher id than B and still does not see C. */
  @Test
  void transactionIdsAreNotTheOrder() throws Exception {
    var a = node.start(
        x + "a",
        "select count(*) from journal",
        "tell:a saw" + x,
        "wait:b done" + x,
        "select count(*) from journal",
        "insert into journal (what) values ('a')");
    Scripted.await("a saw" + x);
    node.run("insert into journal (what) values ('c')");
    node.start(x + "b", "select count(*) from journal", "insert into journal (what) values ('b')")
        .result();
    Scripted.tell("b done" + x);
    assertThat(a.result()).containsExactly("0", "0");

    assertThat(isFaithful(UnaryOperator.identity(), ids("a", "b"))).isTrue();
    assertThat(isFaithful(WrongOrderTest::byTransactionId, ids("a", "b"))).isFalse();
  }

  /** The younger one locked the row first, and let it go when it committed. */
  @Test
  void bodiesDoNotRunInTheOrderOfTheirSnapshots() throws Exception {
    node.run("insert into item values ('cap', 3)");
    var a = node.start(
        x + "a",
        "select 1",
        "tell:old" + x,
        "wait:locked" + x,
        "update item set stock = stock - 1");
    Scripted.await("old" + x);
    node.start(
            x + "b", "select stock from item for update", "insert into journal (what) values ('b')")
        .result();
    Scripted.tell("locked" + x);
    a.result();

    assertThat(isFaithful(UnaryOperator.identity(), ids("a", "b"))).isTrue();
    assertThat(isFaithful(WrongOrderTest::bySnapshot, ids("a", "b"))).isFalse();
  }

  /** Not each of them: a lock that was let go makes no difference to most. */
  @Test
  void generatedWorkloadsFindBothOut() throws Exception {
    boolean idsFound = false;
    boolean snapshotsFound = false;
    for (int i = 0; i < WORKLOADS && !(idsFound && snapshotsFound); i++) {
      var ids = new GeneratedWorkload(node, Isolation.REPEATABLE_READ, i, x + i).run(5, 2, 6);
      idsFound = idsFound || !isFaithful(WrongOrderTest::byTransactionId, ids);
      snapshotsFound = snapshotsFound || !isFaithful(WrongOrderTest::bySnapshot, ids);
    }

    assertThat(idsFound).as("the order of transaction ids was found out").isTrue();
    assertThat(snapshotsFound).as("the order of snapshots was found out").isTrue();
  }

  /** What is in use is not given to a call whose own keys are recorded nowhere, because it failed. */
  @Test
  void aFailedCallDrawsNoKeyThatIsInUse() throws Exception {
    node.start(x + "a", "insert into journal (what) values ('a')").result();
    node.run("insert into journal (what) values ('stranger'), ('stranger')");
    var failed = node.start(
        x + "b",
        "insert into journal (what) values ('b')",
        "insert into item values ('pen', 1), ('pen', 2)");
    org.assertj.core.api.Assertions.assertThatThrownBy(failed::result)
        .hasMessageContaining("item_pkey");
    node.start(x + "c", "insert into journal (what) values ('c')").result();

    assertThat(isFaithful(UnaryOperator.identity(), ids("a", "b", "c"))).isTrue();
  }
}
