package dev.reprise.debugger.rebuild;

import dev.reprise.debugger.history.Snapshot;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Which committed transactions belong to a state. */
@FunctionalInterface
public interface Visibility {
  /** Whether the effects of that transaction are there. */
  boolean sees(long xid);

  /**
   * Whether all that a snapshot saw may be there, also what is not recorded, such as changes of the schema. True where
   * only recorded transactions can be told apart.
   */
  default boolean mayInclude(Snapshot snapshot) {
    return true;
  }

  /** Whether {@link #sees} also tells the truth of a transaction that is not recorded, because it changed no recorded row. */
  default boolean knows(long xid) {
    return false;
  }

  /** Where this is the state of a time: that time; what was found later is not there unless recorded rows tell. */
  default @Nullable Instant until() {
    return null;
  }

  /** What a snapshot saw. */
  static Visibility of(Snapshot seen) {
    return new Visibility() {
      @Override
      public boolean sees(long xid) {
        return seen.sees(xid);
      }

      @Override
      public boolean knows(long xid) {
        return true;
      }

      @Override
      public boolean mayInclude(Snapshot snapshot) {
        return seen.includes(snapshot);
      }
    };
  }
}
