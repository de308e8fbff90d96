package dev.reprise.debugger.replay;

import dev.reprise.debugger.history.SchemaVersion;
import dev.reprise.debugger.history.Snapshot;
import dev.reprise.debugger.rebuild.DefinitionChange;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where the definitions became others, as by the migration of a deployment.
 *
 * @param place how many commits of the window were done; the state behind them is the first with the new definitions
 * @param isCommit whether the last of these commits is by one of those who made them
 * @param version the number of the new definitions
 * @param found the new ones
 * @param change in what they differ from those before
 * @param newShapes the ids of relations whose rows only the new definitions have
 */
record Boundary(
    int place,
    boolean isCommit,
    int version,
    SchemaVersion found,
    DefinitionChange change,
    Set<Integer> newShapes) {

  /** Whether who saw that saw the new definitions; where it is not known who made them, its place decides. */
  boolean isSeenBy(Snapshot snapshot, int taken) {
    if (taken > place || taken == place && isCommit) {
      return true;
    }
    if (found.hasMakers()) {
      return found.makers().stream().allMatch(snapshot::sees);
    }
    var seen = found.snapshot();
    return taken == place && seen != null && snapshot.includes(seen);
  }

  /** The same for a call of which no snapshot is recorded, and which ended at that time as far as clocks tell. */
  boolean isFoundBy(@Nullable Instant ended, int taken) {
    return taken > place || taken == place && ended != null && !found.seenAt().isAfter(ended);
  }

  /** For people. */
  String text() {
    var by = found.makers().isEmpty()
        ? "about " + found.seenAt()
        : "by transaction "
            + String.join(", ", found.makers().stream().map(String::valueOf).toList()) + " before "
            + found.seenAt();
    return "definitions were changed " + by + ": " + change.text();
  }
}
