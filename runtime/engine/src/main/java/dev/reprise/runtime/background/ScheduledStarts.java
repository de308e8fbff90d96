package dev.reprise.runtime.background;

import dev.reprise.runtime.execution.Schedules;
import java.time.Duration;

/**
 * Starts scheduled workflows when their times come. Between two of them it looks now and then for what other nodes have
 * changed: they start their own, so this is for the case that they are gone. For one thread.
 */
public final class ScheduledStarts implements Loop.Work {
  /** The longest time between two looks; an idle node commits once in it for this. */
  static final Duration LOOK = Duration.ofSeconds(10);

  /** The same where nothing is scheduled. */
  static final Duration LOOK_FOR_ANY = Duration.ofSeconds(30);

  private final Schedules schedules;

  /** Of these schedules. */
  public ScheduledStarts(Schedules schedules) {
    this.schedules = schedules;
  }

  @Override
  public Duration round(boolean poked) {
    schedules.declare();
    var next = schedules.startDue();
    if (next == null) {
      return LOOK_FOR_ANY;
    }
    return next.compareTo(LOOK) > 0 ? LOOK : next;
  }
}
