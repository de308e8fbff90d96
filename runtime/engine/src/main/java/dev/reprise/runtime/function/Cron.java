package dev.reprise.runtime.function;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.BitSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A cron expression with the semantics of Vixie cron, and with an optional field for the second before the others. It
 * speaks of local times; {@link Timetable} puts them into a zone. Immutable.
 *
 * <p>Where both days are restricted, either is enough. As in Vixie cron, a field that begins with {@code *} does not
 * restrict, even with a step: {@code 0 0 *}{@code /2 * MON} runs on Mondays with an odd date.
 */
public final class Cron {
  private static final Map<String, String> MACROS = Map.of(
      "@yearly", "0 0 1 1 *",
      "@annually", "0 0 1 1 *",
      "@monthly", "0 0 1 * *",
      "@weekly", "0 0 * * 0",
      "@daily", "0 0 * * *",
      "@midnight", "0 0 * * *",
      "@hourly", "0 * * * *");

  /** Between two 29ths of February are up to eight years; what does not come in this time never comes. */
  private static final int YEARS = 9;

  private final BitSet seconds;
  private final BitSet minutes;
  private final BitSet hours;
  private final BitSet daysOfMonth;
  private final BitSet months;
  private final BitSet daysOfWeek;
  private final boolean eitherDay;

  private Cron(String[] fields) {
    this.seconds = CronField.SECOND.read(fields[0]);
    this.minutes = CronField.MINUTE.read(fields[1]);
    this.hours = CronField.HOUR.read(fields[2]);
    this.daysOfMonth = CronField.DAY_OF_MONTH.read(fields[3]);
    this.months = CronField.MONTH.read(fields[4]);
    this.daysOfWeek = CronField.DAY_OF_WEEK.read(fields[5]);
    this.eitherDay = !fields[3].startsWith("*") && !fields[5].startsWith("*");
  }

  /**
   * Reads an expression.
   *
   * @throws IllegalArgumentException naming what cannot be read and what to write, also for one that never comes
   */
  public static Cron parse(String expression) {
    var text = expression.strip();
    if (text.startsWith("@")) {
      var fields = MACROS.get(text.toLowerCase(Locale.ROOT));
      if (fields == null) {
        throw new IllegalArgumentException("\"" + text
            + "\" is no schedule: there are @hourly, @daily, @weekly, @monthly and @yearly");
      }
      text = fields;
    }
    var fields = text.split("\\s+");
    if (fields.length == 5) {
      fields = ("0 " + text).split("\\s+");
    }
    if (fields.length != 6) {
      throw new IllegalArgumentException("\"" + expression
          + "\" is no cron expression: write five fields, minute hour day-of-month month day-of-week,"
          + " or six with the second first");
    }
    var cron = new Cron(fields);
    if (cron.next(LocalDateTime.of(2000, 1, 1, 0, 0)).isEmpty()) {
      throw new IllegalArgumentException(
          "\"" + expression + "\" never comes: no month in it has such a day");
    }
    return cron;
  }

  /** The first of its times that is {@code from} or later, in whole seconds; empty where there is none in nine years. */
  Optional<LocalDateTime> next(LocalDateTime from) {
    var date = from.toLocalDate();
    var time = Optional.<LocalTime>empty();
    if (hasDay(date)) {
      time = next(from.toLocalTime());
    }
    var last = date.plusYears(YEARS);
    while (time.isEmpty()) {
      date = date.plusDays(1);
      if (date.isAfter(last)) {
        return Optional.empty();
      }
      if (hasDay(date)) {
        time = next(LocalTime.MIN);
      }
    }
    return Optional.of(date.atTime(time.get()));
  }

  private boolean hasDay(LocalDate date) {
    if (!months.get(date.getMonthValue())) {
      return false;
    }
    boolean inMonth = daysOfMonth.get(date.getDayOfMonth());
    boolean inWeek = daysOfWeek.get(date.getDayOfWeek().getValue() % 7);
    return eitherDay ? inMonth || inWeek : inMonth && inWeek;
  }

  private Optional<LocalTime> next(LocalTime from) {
    int hour = hours.nextSetBit(from.getHour());
    if (hour == from.getHour()) {
      int minute = minutes.nextSetBit(from.getMinute());
      if (minute == from.getMinute()) {
        int second = seconds.nextSetBit(from.getSecond());
        if (second >= 0) {
          return Optional.of(LocalTime.of(hour, minute, second));
        }
        minute = minutes.nextSetBit(minute + 1);
      }
      if (minute >= 0) {
        return Optional.of(LocalTime.of(hour, minute, seconds.nextSetBit(0)));
      }
      hour = hours.nextSetBit(hour + 1);
    }
    return hour < 0
        ? Optional.empty()
        : Optional.of(LocalTime.of(hour, minutes.nextSetBit(0), seconds.nextSetBit(0)));
  }
}
