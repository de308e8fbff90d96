package dev.reprise.debugger.replay;

import dev.reprise.debugger.history.Snapshot;
import dev.reprise.debugger.replay.Moves.Cut;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * When which snapshot is taken and which body is run, so that every call sees what it saw. Immutable.
 *
 * <p>A snapshot is taken when exactly those commits are done that it sees. Transaction ids say nothing about that: an id is
 * given at the first write, maybe long after the snapshot. A body runs when its transaction committed, on the snapshot
 * taken earlier, and commits at once; not when its snapshot was taken, because locks, unique and foreign keys and TRUNCATE
 * look past snapshots. What has not committed runs where its snapshot was taken.
 */
public final class Schedule {
  /** In place of a place: the call failed and left no snapshot, and its place is to be looked for up to the usual one. */
  static final int UP_TO_USUAL = Integer.MIN_VALUE;

  private final CommitOrder order;
  private final List<Placed> placed;
  private final Set<Integer> sought;
  private final Map<Integer, List<Cut>> cuts;

  private Schedule(
      CommitOrder order, List<Placed> placed, Set<Integer> sought, Map<Integer, List<Cut>> cuts) {
    this.order = order;
    this.placed = placed;
    this.sought = sought;
    this.cuts = cuts;
  }

  /**
   * A call as the schedule sees it.
   *
   * @param number its own, by which calls at one place are ordered
   * @param transaction the id of its transaction where it committed changes
   * @param snapshot what it saw; null where that is not recorded
   * @param takesSnapshotLate whether each of its statements takes its own snapshot
   * @param previous the number of the call before it in its branch
   * @param hint where the snapshot is not recorded: how many commits were done when it ended, as far as clocks tell
   */
  public record Call(
      int number,
      @Nullable Long transaction,
      @Nullable Snapshot snapshot,
      boolean takesSnapshotLate,
      @Nullable Integer previous,
      int hint) {}

  /**
   * Where a call is placed; a place is the number of commits done before.
   *
   * @param taken where its snapshot is taken
   * @param place where its body runs
   * @param earliest from where on its body could run
   * @param latest until where its body could run
   * @param commit the place of its own commit; -1 for none
   */
  public record Placed(Call call, int taken, int place, int earliest, int latest, int commit) {}

  /** What is to be done next. */
  public sealed interface Action {
    /** The number of the call that it is about; -1 where it is none. */
    int call();

    /** A call's snapshot is taken. */
    record Take(int call) implements Action {}

    /** A call's body is run; where it is in parts, the first of them. */
    record Run(int call) implements Action {}

    /** A call's body goes on with its next part. */
    record GoOn(int call) implements Action {}

    /** A call whose place is looked for is run, compared, and undone; where it is as recorded, that was its place. */
    record Try(int call) implements Action {}

    /** A call's transaction ends: it is compared, and committed where it was. */
    record End(int call) implements Action {}

    /** A commit that none of the calls made is applied. */
    record Apply(long transaction) implements Action {
      @Override
      public int call() {
        return -1;
      }
    }
  }

  /** With every body at its usual place. */
  static Schedule of(CommitOrder order, List<Call> calls) {
    return of(order, calls, Moves.NONE);
  }

  /**
   * With some bodies at other places, or in parts.
   *
   * @param moves the places; brought into what is possible
   */
  static Schedule of(CommitOrder order, List<Call> calls, Moves moves) {
    var earliest = new int[calls.size()];
    var latest = new int[calls.size()];
    for (int i = 0; i < calls.size(); i++) {
      var call = calls.get(i);
      latest[i] = order.size();
      int ranked = call.snapshot() == null ? -1 : rank(order, call);
      int after = call.previous() == null ? 0 : endOf(order, calls.get(call.previous()), earliest);
      earliest[i] = ranked >= 0 ? ranked : Math.min(order.size(), after);
      if (call.previous() != null && ranked >= 0) {
        latest[call.previous()] = Math.min(latest[call.previous()], ranked);
      }
    }
    for (int i = calls.size() - 1; i >= 0; i--) {
      var previous = calls.get(i).previous();
      if (previous != null) {
        latest[previous] = Math.min(latest[previous], latest[i]);
      }
    }
    var placed = new ArrayList<Placed>();
    var sought = new HashSet<Integer>();
    for (int i = 0; i < calls.size(); i++) {
      var call = calls.get(i);
      var previous = call.previous();
      if (previous != null && call.snapshot() == null) {
        earliest[i] = Math.max(earliest[i], placed.get(previous).place());
      }
      var wanted = moves.bodies().get(i);
      if (wanted != null && wanted == UP_TO_USUAL) {
        sought.add(i);
        wanted = null;
      }
      placed.add(place(order, call, earliest[i], latest[i], wanted));
    }
    return new Schedule(order, List.copyOf(placed), sought, possible(moves, placed));
  }

  private static Map<Integer, List<Cut>> possible(Moves moves, List<Placed> placed) {
    var possible = new HashMap<Integer, List<Cut>>();
    moves.cuts().forEach((number, cuts) -> {
      var one = placed.get(number);
      if (cuts.isEmpty() || one.place() == one.commit()) {
        return; // nothing is left to wait for
      }
      var all = new ArrayList<Cut>();
      int from = one.place();
      for (var cut : cuts) {
        from = Math.max(from, Math.min(one.latest(), cut.place()));
        all.add(new Cut(cut.statement(), from));
      }
      possible.put(number, List.copyOf(all));
    });
    return possible;
  }

  /** With every call at a place that somebody else has chosen. */
  static Schedule of(List<Placed> placed, CommitOrder order) {
    return new Schedule(order, List.copyOf(placed), Set.of(), Map.of());
  }

  private static int rank(CommitOrder order, Call call) {
    int rank = call.snapshot() == null ? 0 : order.rank(call.snapshot());
    int own = call.transaction() == null ? -1 : order.placeOf(call.transaction());
    return own >= 0 ? Math.min(rank, own) : rank;
  }

  private static int endOf(CommitOrder order, Call call, int[] earliest) {
    int own = call.transaction() == null ? -1 : order.placeOf(call.transaction());
    return own >= 0 ? own + 1 : earliest[call.number()];
  }

  private static Placed place(
      CommitOrder order, Call call, int earliest, int latest, @Nullable Integer moved) {
    int commit = call.transaction() == null ? -1 : order.placeOf(call.transaction());
    int from = earliest;
    int to = commit >= 0 ? commit : Math.max(from, latest);
    int usual = commit >= 0 ? commit : call.snapshot() == null ? call.hint() : from;
    int wanted = moved == null ? usual : moved;
    int place = Math.max(from, Math.min(to, wanted));
    boolean late = call.takesSnapshotLate() || call.snapshot() == null;
    return new Placed(call, late ? place : from, place, from, to, commit);
  }

  /** Where the calls are, by their numbers. */
  public List<Placed> placed() {
    return placed;
  }

  public CommitOrder order() {
    return order;
  }

  /** Before which of its statements, from 0, a body waits until it goes on; none for one that runs as a whole. */
  public List<Integer> stopsOf(int call) {
    return cutsOf(call).stream().map(Cut::statement).toList();
  }

  private List<Cut> cutsOf(int call) {
    return cuts.getOrDefault(call, List.of());
  }

  /** Where a call ends. */
  int endOf(int call) {
    var one = placed.get(call);
    var all = cutsOf(call);
    if (one.commit() >= 0) {
      return one.commit();
    }
    return all.isEmpty() ? one.place() : all.get(all.size() - 1).place();
  }

  /** All actions in their order. */
  public List<Action> actions() {
    var taken = at(Placed::taken);
    var run = at(Placed::place);
    var committed = at(Placed::commit);
    var looked =
        placed.stream().filter(one -> sought.contains(one.call().number())).toList();
    var actions = new ArrayList<Action>();
    for (int place = 0; place <= order.size(); place++) {
      for (var one : taken.getOrDefault(place, List.of())) {
        actions.add(new Action.Take(one.call().number()));
      }
      addBodies(place, run.getOrDefault(place, List.of()), looked, actions);
      addParts(place, actions);
      if (place < order.size()) {
        addCommit(place, committed.getOrDefault(place, List.of()), actions);
      }
    }
    return actions;
  }

  private Map<Integer, List<Placed>> at(ToIntFunction<Placed> where) {
    var found = new HashMap<Integer, List<Placed>>();
    for (var one : placed) {
      found.computeIfAbsent(where.applyAsInt(one), place -> new ArrayList<>()).add(one);
    }
    return found;
  }

  private void addBodies(int place, List<Placed> run, List<Placed> looked, List<Action> actions) {
    var here = new TreeMap<Integer, List<Action>>();
    for (var one : looked) {
      if (one.earliest() <= place && place < one.place()) {
        here.computeIfAbsent(one.call().number(), number -> new ArrayList<>())
            .add(new Action.Try(one.call().number()));
      }
    }
    for (var one : run) {
      if (one.commit() != place) {
        var all = here.computeIfAbsent(one.call().number(), number -> new ArrayList<>());
        all.add(new Action.Run(one.call().number()));
        if (one.commit() < 0 && cutsOf(one.call().number()).isEmpty()) {
          all.add(new Action.End(one.call().number()));
        }
      }
    }
    here.values().forEach(actions::addAll);
  }

  private void addParts(int place, List<Action> actions) {
    for (int call : new TreeSet<>(cuts.keySet())) {
      for (var cut : cutsOf(call)) {
        if (cut.place() == place) {
          actions.add(new Action.GoOn(call));
        }
      }
      if (placed.get(call).commit() < 0 && endOf(call) == place) {
        actions.add(new Action.End(call));
      }
    }
  }

  private void addCommit(int place, List<Placed> committed, List<Action> actions) {
    if (committed.isEmpty()) {
      actions.add(new Action.Apply(order.transactions().get(place)));
      return;
    }
    var one = committed.get(0);
    if (one.place() == place) {
      actions.add(new Action.Run(one.call().number()));
    }
    actions.add(new Action.End(one.call().number()));
  }
}
