package dev.reprise.debugger.replay;

import dev.reprise.debugger.history.Change;
import dev.reprise.debugger.history.RecordedTransaction;
import dev.reprise.debugger.history.Relation;
import dev.reprise.debugger.history.SchemaVersion;
import dev.reprise.debugger.history.Snapshot;
import dev.reprise.debugger.rebuild.DefinitionChange;
import dev.reprise.debugger.rebuild.Definitions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds the places of a window at which the definitions changed. A transaction that changed definitions and recorded rows has a
 * place of its own; one that changed definitions only lies between the last known snapshot that does not see it and the first that
 * does, and before the first commit whose rows only the new definitions have; among what is left, as late as possible. For one
 * thread.
 */
final class Boundaries {
  private final Definitions definitions;
  private final CommitOrder order;
  private final Map<Long, RecordedTransaction> recorded;
  private final Collection<Snapshot> snapshots;

  /**
   * Of a window.
   *
   * @param recorded its commits by their ids
   * @param snapshots those of its calls
   */
  Boundaries(
      Definitions definitions,
      CommitOrder order,
      Map<Long, RecordedTransaction> recorded,
      Collection<Snapshot> snapshots) {
    this.definitions = definitions;
    this.order = order;
    this.recorded = recorded;
    this.snapshots = Set.copyOf(snapshots);
  }

  /** All behind a start with these definitions, in their order; those after the end of the window are among them. */
  List<Boundary> after(int start) {
    var found = new ArrayList<Boundary>();
    int current = start;
    int earliest = 0;
    for (int next = start + 1; next < definitions.count(); next++) {
      var change = definitions.change(current, next);
      if (!change.isNone()) {
        var boundary = boundary(current, next, earliest, change);
        found.add(boundary);
        earliest = boundary.place();
        current = next;
      }
    }
    return found;
  }

  private Boundary boundary(int current, int next, int earliest, DefinitionChange change) {
    var version = definitions.version(next);
    int high = Math.max(seenAtMost(version), Math.max(earliest, notBefore(version, next)));
    for (var snapshot : snapshots) {
      if (version.hasMakers() && version.makers().stream().allMatch(snapshot::sees)) {
        high = Math.min(high, order.rank(snapshot));
      }
    }
    var shapes = new Shapes(current, next);
    for (int place = order.size() - 1; place >= earliest; place--) {
      long transaction = order.transactions().get(place);
      if (shapes.areIn(recorded.get(transaction))) {
        high = Math.min(high, version.makers().contains(transaction) ? place + 1 : place);
      }
    }
    int at = Math.max(earliest, high);
    boolean isCommit = at > 0 && version.makers().contains(order.transactions().get(at - 1));
    return new Boundary(at, isCommit, next, version, change, shapes.found());
  }

  /** Behind its makers as far as they have a place, and behind what is known not to have seen them. */
  private int notBefore(SchemaVersion version, int number) {
    int low = seenAtLeast(definitions.version(number - 1));
    for (long maker : version.makers()) {
      int own = order.placeOf(maker);
      low = Math.max(low, own + 1);
      for (var snapshot : snapshots) {
        if (own < 0 && !snapshot.sees(maker)) {
          low = Math.max(low, order.rank(snapshot));
        }
      }
    }
    return low;
  }

  /** How many commits were done before the definitions before were still seen. */
  private int seenAtLeast(SchemaVersion before) {
    var snapshot = before.snapshot();
    if (snapshot == null) {
      return 0;
    }
    int place = order.size();
    while (place > 0 && !snapshot.sees(order.transactions().get(place - 1))) {
      place--;
    }
    return place;
  }

  /** How many commits were done at most when the new definitions were seen. */
  private int seenAtMost(SchemaVersion version) {
    var snapshot = version.snapshot();
    return snapshot == null ? order.size() : order.rank(snapshot);
  }

  /** The relations whose rows new definitions have and the current ones do not. */
  private final class Shapes {
    private final int current;
    private final int next;
    private final Map<Integer, Boolean> known = new HashMap<>();
    private final Set<Integer> found = new HashSet<>();

    Shapes(int current, int next) {
      this.current = current;
      this.next = next;
    }

    /** By their ids. */
    Set<Integer> found() {
      return found;
    }

    boolean areIn(@Nullable RecordedTransaction transaction) {
      boolean any = false;
      for (var change : transaction == null ? List.<Change>of() : transaction.changes()) {
        var relation = change.relation();
        if (known.computeIfAbsent(relation.id(), id -> isNew(relation))) {
          found.add(relation.id());
          any = true;
        }
      }
      return any;
    }

    private boolean isNew(Relation relation) {
      boolean isNew = false;
      if (!definitions.fits(current, relation)) {
        // of these, or of later ones
        for (int i = next; i < definitions.count() && !isNew; i++) {
          isNew = definitions.fits(i, relation);
        }
      }
      return isNew;
    }
  }
}
