package dev.reprise.runtime.execution;

import java.time.Instant;

/** Tells the node when an execution becomes due, so that it need not ask the database all the time. Thread-safe. */
@FunctionalInterface
public interface DueSignal {
  /** Something is due at this time of the database; a time that has passed means now. */
  void at(Instant time);

  /** Something is due now. */
  default void now() {
    at(Instant.MIN);
  }
}
