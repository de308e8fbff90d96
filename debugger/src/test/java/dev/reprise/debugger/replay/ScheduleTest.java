package dev.reprise.debugger.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.debugger.history.Snapshot;
import dev.reprise.debugger.replay.Schedule.Action;
import dev.reprise.debugger.replay.Schedule.Call;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** The order of snapshots, bodies and commits is the one that production had. */
class ScheduleTest {

  private static Call writer(int number, long transaction, String snapshot) {
    return new Call(number, transaction, Snapshot.parse(snapshot), false, null, 0);
  }

  private static Call reader(int number, String snapshot) {
    return new Call(number, null, Snapshot.parse(snapshot), false, null, 0);
  }

  /** A takes its snapshot; C commits; B sees C; then A gets a higher id than B and still does not see C. */
  @Test
  void theOrderOfTransactionIdsIsNoOrderOfSnapshots() {
    var a = writer(0, 12, "10:10:");
    var b = writer(1, 11, "11:11:");
    var order = CommitOrder.of(List.of(10L, 11L, 12L), List.of(a.snapshot(), b.snapshot()));

    assertThat(Schedule.of(order, List.of(a, b)).actions())
        .containsExactly(
            new Action.Take(0),
            new Action.Apply(10),
            new Action.Take(1),
            new Action.Run(1),
            new Action.End(1),
            new Action.Run(0),
            new Action.End(0));
  }

  @Test
  void aSnapshotThatContradictsTheCommitRecordsHasTheLastWord() {
    var sawOnlyTheSecond = Snapshot.parse("10:12:10");
    var order = CommitOrder.of(List.of(10L, 11L), List.of(sawOnlyTheSecond));

    assertThat(order.transactions()).containsExactly(11L, 10L);
    assertThat(order.rank(sawOnlyTheSecond)).isEqualTo(1);
  }

  @Test
  void snapshotsThatCannotBeOfOnePrimaryAreRefused() {
    assertThatThrownBy(() -> CommitOrder.of(
            List.of(10L, 11L), List.of(Snapshot.parse("10:12:10"), Snapshot.parse("11:12:11"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("one primary");
  }

  @Test
  void readsRunWhereTheirSnapshotWasTaken() {
    var reader = reader(0, "11:11:");
    var order = CommitOrder.of(List.of(10L, 11L), List.of(reader.snapshot()));

    assertThat(Schedule.of(order, List.of(reader)).actions())
        .containsExactly(
            new Action.Apply(10),
            new Action.Take(0),
            new Action.Run(0),
            new Action.End(0),
            new Action.Apply(11));
  }

  @Test
  void aFailureWithoutSnapshotRunsWhenItEndedButBetweenItsNeighbours() {
    var before = writer(0, 10, "10:10:");
    var failed = new Call(1, null, null, false, 0, 3);
    var after = new Call(2, 12L, Snapshot.parse("12:12:"), false, 1, 0);
    var calls = List.of(before, failed, after);
    var order =
        CommitOrder.of(List.of(10L, 11L, 12L), List.of(before.snapshot(), after.snapshot()));

    var placed = Schedule.of(order, calls).placed().get(1);
    assertThat(placed.earliest()).isEqualTo(1);
    assertThat(placed.latest()).isEqualTo(2);
    assertThat(placed.place()).isEqualTo(2);
  }

  @Test
  void aBodyCanBeMovedBackToItsSnapshotAndIsHeldOpen() {
    var a = writer(0, 12, "10:10:");
    var order = CommitOrder.of(List.of(10L, 12L), List.of(a.snapshot()));

    assertThat(Schedule.of(order, List.of(a), Moves.of(Map.of(0, -5))).actions())
        .containsExactly(
            new Action.Take(0), new Action.Run(0), new Action.Apply(10), new Action.End(0));
  }

  /** A primary at work: ids, snapshots and commits at random, and commit records that swap with their neighbours. */
  private static final class Primary {
    final List<Long> visible = new ArrayList<>();
    final List<Long> records = new ArrayList<>();
    final List<Call> calls = new ArrayList<>();
    final Map<Long, Integer> sawThen = new HashMap<>();

    Primary(long seed, int steps) {
      var random = new Random(seed);
      long next = 100;
      var open = new ArrayList<Long>();
      var snapshots = new ArrayList<Snapshot>();
      var ranks = new ArrayList<Integer>();
      for (int i = 0; i < steps; i++) {
        switch (random.nextInt(4)) {
          case 0 -> {
            snapshots.add(new Snapshot(
                open.stream().mapToLong(id -> id).min().orElse(next), next, new TreeSet<>(open)));
            ranks.add(visible.size());
          }
          case 1 -> open.add(next++);
          default -> {
            if (!open.isEmpty()) {
              long done = open.remove(random.nextInt(open.size()));
              visible.add(done);
              call(random, done, snapshots, ranks);
            }
          }
        }
      }
      records.addAll(visible);
      for (int i = 0; i + 1 < records.size(); i += 2) {
        if (random.nextInt(3) == 0) {
          java.util.Collections.swap(records, i, i + 1);
        }
      }
    }

    private void call(Random random, long done, List<Snapshot> snapshots, List<Integer> ranks) {
      if (snapshots.isEmpty()) {
        return;
      }
      int which = random.nextInt(snapshots.size());
      var snapshot = snapshots.get(which);
      boolean mine = !snapshot.sees(done) && random.nextBoolean();
      calls.add(new Call(calls.size(), mine ? done : null, snapshot, false, null, 0));
      sawThen.put((long) calls.size() - 1, ranks.get(which));
    }
  }

  @Property(tries = 300)
  void everySnapshotIsTakenWhenExactlyWhatItSeesIsDone(@ForAll long seed) {
    var primary = new Primary(seed, 60);
    var known = primary.calls.stream().map(Call::snapshot).toList();
    var order = CommitOrder.of(primary.records, known);
    var done = new HashSet<Long>();
    var taken = new HashMap<Integer, Integer>();
    var run = new ArrayList<Integer>();
    var ended = new ArrayList<Integer>();

    for (var action : Schedule.of(order, primary.calls).actions()) {
      if (action instanceof Action.Take take) {
        var snapshot =
            java.util.Objects.requireNonNull(primary.calls.get(take.call()).snapshot());
        assertThat(done).allMatch(snapshot::sees);
        assertThat(primary.records.stream().filter(snapshot::sees)).allMatch(done::contains);
        assertThat(primary.sawThen).containsEntry((long) take.call(), done.size());
        assertThat(taken.put(take.call(), done.size())).isNull();
      } else if (action instanceof Action.Run body) {
        assertThat(taken).containsKey(body.call());
        run.add(body.call());
      } else if (action instanceof Action.End end) {
        assertThat(run).contains(end.call());
        ended.add(end.call());
        var own = primary.calls.get(end.call()).transaction();
        if (own != null) {
          assertThat(done.add(own)).isTrue();
        }
      } else if (action instanceof Action.Apply apply) {
        assertThat(done.add(apply.transaction())).isTrue();
      }
    }
    assertThat(done).containsExactlyInAnyOrderElementsOf(primary.records);
    assertThat(run).doesNotHaveDuplicates().hasSameSizeAs(primary.calls);
    assertThat(ended).containsExactlyInAnyOrderElementsOf(run);
  }

  @Property(tries = 300)
  void whereverBodiesAreMovedTheyStayBetweenTheirSnapshotAndTheirCommit(
      @ForAll long seed, @ForAll byte[] places) {
    var primary = new Primary(seed, 40);
    var order = CommitOrder.of(
        primary.records, primary.calls.stream().map(Call::snapshot).toList());
    var moved = new HashMap<Integer, Integer>();
    for (int i = 0; i < Math.min(places.length, primary.calls.size()); i++) {
      moved.put(i, (int) places[i]);
    }
    var actions = Schedule.of(order, primary.calls, Moves.of(moved)).actions();

    for (var call : primary.calls) {
      int take = actions.indexOf(new Action.Take(call.number()));
      int run = actions.indexOf(new Action.Run(call.number()));
      int end = actions.indexOf(new Action.End(call.number()));
      assertThat(take).isBetween(0, run - 1);
      assertThat(run).isLessThan(end);
    }
    assertThat(actions.stream().filter(a -> a instanceof Action.Run)).hasSameSizeAs(primary.calls);
  }
}
