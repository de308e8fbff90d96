package dev.reprise.runtime.function;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * The nominal times of a schedule. Immutable.
 *
 * <p>Each local time of the expression comes once: one that a gap of daylight saving leaves out at the end of the gap,
 * together with what is due then, one that an overlap has twice at the first.
 */
public final class Timetable {
  private static final Duration FIRST_LOOK_BACK = Duration.ofMinutes(1);

  private final Cron cron;
  private final ZoneId zone;

  private Timetable(Cron cron, ZoneId zone) {
    this.cron = cron;
    this.zone = zone;
  }

  /**
   * Of an expression in a zone.
   *
   * @throws IllegalArgumentException naming what cannot be read and what to write
   */
  public static Timetable of(String cron, String zone) {
    return new Timetable(Cron.parse(cron), zone(zone));
  }

  private static ZoneId zone(String name) {
    try {
      return ZoneId.of(name);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          "\"" + name + "\" is no time zone: write one like Europe/Berlin, or UTC", e);
    }
  }

  /** The first nominal time after this one. */
  public Instant after(Instant time) {
    // of local times that are not later than the one now, none comes later than now
    var local = LocalDateTime.ofInstant(time, zone).truncatedTo(ChronoUnit.SECONDS);
    while (true) {
      local = cron.next(local.plusSeconds(1))
          .orElseThrow(() -> new IllegalStateException("there is no next time"));
      var instant = instant(local);
      if (instant.isAfter(time)) {
        return instant;
      }
    }
  }

  /** The last nominal time from {@code first} to {@code end}, both included; empty where there is none. */
  public Optional<Instant> last(Instant first, Instant end) {
    var lookBack = FIRST_LOOK_BACK;
    while (true) {
      var start = end.minus(lookBack);
      boolean whole = start.isBefore(first);
      var from = whole ? first.minusNanos(1) : start;
      var found = last(from, end, after(from));
      if (found.isPresent() || whole) {
        return found;
      }
      lookBack = lookBack.multipliedBy(8);
    }
  }

  private Optional<Instant> last(Instant from, Instant end, Instant candidate) {
    var last = Optional.<Instant>empty();
    for (var time = candidate; !time.isAfter(end) && time.isAfter(from); time = after(time)) {
      last = Optional.of(time);
    }
    return last;
  }

  private Instant instant(LocalDateTime local) {
    var rules = zone.getRules();
    var offsets = rules.getValidOffsets(local);
    return offsets.isEmpty()
        ? rules.getTransition(local).getInstant()
        : local.toInstant(offsets.get(0));
  }
}
