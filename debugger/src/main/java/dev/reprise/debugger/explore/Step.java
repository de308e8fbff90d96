package dev.reprise.debugger.explore;

import dev.reprise.debugger.retro.Access;
import dev.reprise.debugger.retro.Footprint;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * An event of a trial. Immutable.
 *
 * @param event what came
 * @param enabled what could have come in its place, and itself
 * @param awaited events of other actors without which it could not have come: the last ones of joined branches or
 *     children, the one after which its actor was started. May be left out: that costs runs that lead nowhere, but
 *     nothing is missed
 * @param footprint what it looked at and wrote, no less than that, as {@link #ofTake}, {@link #ofEnd} and {@link
 *     #ofWhole} make it
 */
public record Step(Event event, Set<Event> enabled, Set<Event> awaited, Footprint footprint) {
  /** Copies the sets. */
  public Step {
    enabled = Set.copyOf(enabled);
    awaited = Set.copyOf(awaited);
  }

  /** One of which it is not known for whom it waited. */
  public Step(Event event, Set<Event> enabled, Footprint footprint) {
    this(event, enabled, Set.of(), footprint);
  }

  /**
   * What the snapshot of a transaction is for.
   *
   * @param attempts what each of its attempts read and wrote; or all of them together, which is safe but finds more
   *     orders unlike one another than there are
   */
  public static Footprint ofTake(List<Footprint> attempts) {
    var first = attempts.get(0);
    var looked = new HashSet<>(first.reads());
    looked.addAll(first.writes());
    return new Footprint(looked, Set.of());
  }

  /**
   * What the end of a transaction looks at and writes.
   *
   * @param attempts what each of its attempts read and wrote; an aborted one also what it failed to write
   * @param committed whether the last attempt was committed: else what it wrote was only looked at
   * @param pastSnapshot what it looked at past its snapshot, such as rows that foreign keys refer to
   */
  public static Footprint ofEnd(
      List<Footprint> attempts, boolean committed, Set<Access> pastSnapshot) {
    var looked = new HashSet<>(pastSnapshot);
    if (attempts.size() > 1) {
      for (var attempt : attempts) {
        looked.addAll(attempt.reads());
        looked.addAll(attempt.writes());
      }
    }
    var writes = attempts.get(attempts.size() - 1).writes();
    if (!committed) {
      looked.addAll(writes);
    }
    return new Footprint(looked, committed ? writes : Set.of());
  }

  /**
   * What a transaction at one point looks at and writes.
   *
   * @param transaction what it read and wrote
   * @param committed whether it was committed: else what it wrote was only looked at
   */
  public static Footprint ofWhole(Footprint transaction, boolean committed) {
    return committed ? transaction : ofTake(List.of(transaction));
  }
}
