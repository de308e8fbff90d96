package dev.reprise.runtime.background;

import dev.reprise.runtime.execution.ActiveRuns;
import dev.reprise.runtime.store.DatabaseClock;
import java.time.Duration;

/** Tells running executions what time it is: for timeouts, and for the row of those that have none after a second. */
public final class Ticker implements Loop.Work {
  private static final Duration PAUSE = Duration.ofMillis(100);

  private final ActiveRuns active;
  private final DatabaseClock clock;

  /** For the executions that run here. */
  public Ticker(ActiveRuns active, DatabaseClock clock) {
    this.active = active;
    this.clock = clock;
  }

  @Override
  public Duration round(boolean poked) {
    active.tick(clock.now());
    return PAUSE;
  }
}
