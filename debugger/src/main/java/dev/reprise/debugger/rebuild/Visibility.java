package dev.reprise.debugger.rebuild;

import dev.reprise.debugger.history.Snapshot;

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

  /** What a snapshot saw. */
  static Visibility of(Snapshot seen) {
    return new Visibility() {
      @Override
      public boolean sees(long xid) {
        return seen.sees(xid);
      }

      @Override
      public boolean mayInclude(Snapshot snapshot) {
        return seen.includes(snapshot);
      }
    };
  }
}
