package dev.reprise.debugger.explore;

import java.util.Comparator;
import java.util.Locale;

/**
 * A point at which an actor meets the others.
 *
 * @param actor a thread of code, such as a branch of an execution
 * @param number which transaction of the actor, from 1
 */
public record Event(String actor, int number, Kind kind) implements Comparable<Event> {
  private static final Comparator<Event> SORTED =
      Comparator.comparing(Event::actor).thenComparingInt(Event::number).thenComparing(Event::kind);

  /**
   * What happens. A transaction at REPEATABLE READ has two events, since others can commit between its snapshot and its
   * commit. One at another level has one: SERIALIZABLE, because transactions that overlap come out as in some serial
   * order; READ COMMITTED, because statements are not interleaved here, which leaves orders of such transactions out.
   */
  public enum Kind {
    /** The snapshot is taken. */
    TAKE,
    /** The body runs on the snapshot and commits; after a write conflict at once again on a new snapshot. */
    END,
    /** Snapshot, body and commit at one point. */
    WHOLE
  }

  /** Refuses numbers that are none. */
  public Event {
    if (number < 1) {
      throw new IllegalArgumentException("Transactions are counted from 1, not " + number);
    }
  }

  @Override
  public String toString() {
    return actor + ":" + kind.name().toLowerCase(Locale.ROOT);
  }

  @Override
  public int compareTo(Event other) {
    return SORTED.compare(this, other);
  }
}
