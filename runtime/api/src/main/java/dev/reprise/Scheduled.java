package dev.reprise;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Starts a workflow again and again, at times that a cron expression gives. The workflow has no parameter, or one of type
 * {@link java.time.Instant}, which gets the nominal time: the time the run was planned for.
 *
 * <p>Each nominal time starts one execution in the whole cluster; its id is the function's name and the nominal time, like
 * {@code Reports.daily@2026-11-21T06:00:00Z}. The schedule has the name of the function.
 *
 * <p>Daylight saving: a nominal local time that a gap leaves out runs once, at the end of the gap; one that an overlap has
 * twice runs once, at the first.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Scheduled {
  /**
   * Five fields as in Vixie cron: minute, hour, day of month, month, day of week; or six with the second before them; or
   * one of {@code @hourly}, {@code @daily}, {@code @weekly}, {@code @monthly}, {@code @yearly}. A field is {@code *} or a
   * list of numbers, names ({@code JAN}, {@code MON}) and ranges, with steps: {@code 0-30/10,45}. Where both days are
   * restricted, either is enough.
   */
  String cron();

  /** The zone of the nominal times, like {@code Europe/Berlin}; UTC unless set. */
  String zone() default "UTC";

  /** What becomes of times that passed while no node ran or the schedule was paused; once for all of them unless set. */
  Missed missed() default Missed.ONCE;

  /** Whether a run may begin while the one before has not ended; it may unless set. */
  Overlap overlap() default Overlap.ALLOW;

  /** What becomes of nominal times that could not be kept: that were a minute late or more. */
  enum Missed {
    /** They are left out. */
    SKIP,
    /** The latest of them runs, the others are left out: the default. A daily report comes late rather than not at all, and nothing piles up. */
    ONCE,
    /** Each of them runs, the oldest first. */
    ALL
  }

  /** What becomes of a nominal time while the run before has not ended. */
  enum Overlap {
    /** It runs beside the other: the default. */
    ALLOW,
    /** It is left out. */
    SKIP
  }
}
