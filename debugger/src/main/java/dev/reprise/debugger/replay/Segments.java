package dev.reprise.debugger.replay;

import dev.reprise.RepriseException;
import dev.reprise.debugger.history.Snapshot;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a window between changes of its definitions, each with a database of its own: after every verdict the recorded
 * rows take the place of what differed, so the state at a change is the recorded one, and a walk goes on in a database that was
 * made anew from the history with the definitions that held from there on. The first part has the number 0. For one thread.
 */
final class Segments implements AutoCloseable {
  private final List<Boundary> boundaries;
  private final Maker maker;
  private final Map<Integer, Ground> grounds = new TreeMap<>();

  /** Makes the state with which a part begins. */
  @FunctionalInterface
  interface Maker {
    /** Behind a change of the definitions. */
    Ground at(Boundary boundary) throws SQLException;
  }

  private Segments(List<Boundary> boundaries) {
    this.boundaries = boundaries;
    this.maker = boundary -> {
      throw new IllegalStateException("there is no state");
    };
  }

  /** The first part's state is there; others are made when they are needed. */
  Segments(Ground first, List<Boundary> boundaries, Maker maker) {
    this.boundaries = List.copyOf(boundaries);
    this.maker = maker;
    grounds.put(0, first);
  }

  /** Between the parts. */
  List<Boundary> boundaries() {
    return boundaries;
  }

  /** The state that a part begins with. */
  Ground ground(int segment) {
    var known = grounds.get(segment);
    if (known == null) {
      var boundary = boundaries.get(segment - 1);
      try {
        known = maker.at(boundary);
      } catch (SQLException e) {
        throw new RepriseException(
            "the state behind the change of definitions cannot be made: " + e.getMessage(), e);
      }
      grounds.put(segment, known);
    }
    return known;
  }

  /** How many commits are done at the beginning of a part. */
  int begin(int segment) {
    return segment == 0 ? 0 : boundaries.get(segment - 1).place();
  }

  /** The part in which a commit is applied that has this place in the order. */
  int ofCommit(int place) {
    int segment = 0;
    while (segment < boundaries.size() && boundaries.get(segment).place() <= place) {
      segment++;
    }
    return segment;
  }

  /** Whether a commit is the change itself: the part before it needs it no more, and the one behind begins with it. */
  boolean isChange(int place, long transaction) {
    return boundaries.stream()
        .anyMatch(boundary -> boundary.place() == place + 1
            && boundary.isCommit()
            && boundary.found().makers().contains(transaction));
  }

  /**
   * The part in which the body of a call runs: that of its snapshot, since it is code for these definitions; but none in which
   * the rows that it wrote have no place.
   */
  int ofCall(Plan plan, int number) {
    var call = plan.calls().get(number);
    var placed = plan.schedule().placed().get(number);
    Snapshot snapshot = Trace.snapshotOf(call);
    var transaction = call.operation().transactionId();
    int segment = 0;
    for (int i = 0; i < boundaries.size(); i++) {
      var boundary = boundaries.get(i);
      boolean isBehind = snapshot == null
          ? boundary.isFoundBy(call.operation().completedAt(), placed.taken())
          : boundary.isSeenBy(snapshot, plan.schedule().order().rank(snapshot));
      if (isBehind || needs(plan, transaction, boundary)) {
        segment = i + 1;
      }
    }
    return segment;
  }

  /** The part that the last commit leaves its state in. */
  int ofEnd(CommitOrder order) {
    int last = order.size() - 1;
    for (int i = boundaries.size(); i > 0 && last >= 0; i--) {
      var boundary = boundaries.get(i - 1);
      if (boundary.place() == order.size() && boundary.isCommit()) {
        return i;
      }
    }
    return ofCommit(last);
  }

  /** Without the changes behind which nothing happens. */
  static List<Boundary> used(List<Boundary> boundaries, Plan plan) {
    var all = new Segments(boundaries);
    int last = all.ofEnd(plan.schedule().order());
    for (int i = 0; i < plan.calls().size(); i++) {
      last = Math.max(last, all.ofCall(plan, i));
    }
    return List.copyOf(boundaries.subList(0, last));
  }

  private static boolean needs(Plan plan, @Nullable Long transaction, Boundary boundary) {
    var recorded = transaction == null ? null : plan.recorded().get(transaction);
    return recorded != null
        && !boundary.found().makers().contains(recorded.xid())
        && recorded.changes().stream()
            .anyMatch(change -> boundary.newShapes().contains(change.relation().id()));
  }

  /** A walk's own databases. */
  Course course(Plan plan) {
    return new Course(this, plan);
  }

  /** What is to be said of the parts that were made, and of the changes between them. */
  List<String> notes() {
    var notes = new ArrayList<>(ground(0).notes());
    for (int i = 1; i <= boundaries.size(); i++) {
      var ground = grounds.get(i);
      if (ground != null) {
        notes.add(boundaries.get(i - 1).text());
        ground.notes().stream().filter(note -> !notes.contains(note)).forEach(notes::add);
      }
    }
    return notes;
  }

  @Override
  public void close() {
    grounds.values().forEach(ground -> ground.start().close());
  }
}
