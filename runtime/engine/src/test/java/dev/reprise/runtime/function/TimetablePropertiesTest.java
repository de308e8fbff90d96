package dev.reprise.runtime.function;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Against an oracle that goes through the minutes one by one and knows no more of time zones than how to name a minute. */
class TimetablePropertiesTest {
  /** Zones with gaps and overlaps of an hour and of half of one, at midnight, and with a day that never was. */
  private static final List<String> ZONES = List.of(
      "UTC",
      "Europe/Berlin",
      "America/New_York",
      "Australia/Lord_Howe",
      "America/Havana",
      "Asia/Beirut",
      "Pacific/Apia",
      "Asia/Kathmandu");

  /** An expression whose fields are known as sets too; where a set is null the field is a star. */
  record Expression(
      String text,
      List<Integer> minutes,
      List<Integer> hours,
      List<Integer> days,
      List<Integer> months,
      List<Integer> weekDays) {
    boolean has(LocalDateTime time) {
      int weekDay = time.getDayOfWeek().getValue() % 7;
      boolean inMonth = days.isEmpty() || days.contains(time.getDayOfMonth());
      boolean inWeek = weekDays.isEmpty() || weekDays.contains(weekDay);
      boolean day = !days.isEmpty() && !weekDays.isEmpty()
          ? days.contains(time.getDayOfMonth()) || weekDays.contains(weekDay)
          : inMonth && inWeek;
      return day
          && in(minutes, time.getMinute())
          && in(hours, time.getHour())
          && in(months, time.getMonthValue());
    }

    private static boolean in(List<Integer> field, int number) {
      return field.isEmpty() || field.contains(number);
    }
  }

  @Provide
  Arbitrary<Expression> expressions() {
    return Combinators.combine(
            field(0, 59, 3), field(0, 23, 4), field(1, 28, 5), field(1, 12, 8), field(0, 6, 3))
        .as((minute, hour, day, month, weekDay) -> new Expression(
            text(minute) + " " + text(hour) + " " + text(day) + " " + text(month) + " "
                + text(weekDay),
            minute,
            hour,
            day,
            month,
            weekDay));
  }

  private static Arbitrary<List<Integer>> field(int least, int most, int size) {
    var numbers = Arbitraries.integers().between(least, most).list().uniqueElements();
    return Arbitraries.frequencyOf(
        net.jqwik.api.Tuple.of(2, Arbitraries.just(List.<Integer>of())),
        net.jqwik.api.Tuple.of(1, numbers.ofMinSize(1).ofMaxSize(size)));
  }

  private static String text(List<Integer> numbers) {
    return numbers.isEmpty()
        ? "*"
        : String.join(",", numbers.stream().map(String::valueOf).toList());
  }

  @Provide
  Arbitrary<String> zones() {
    return Arbitraries.of(ZONES);
  }

  /** Around the changes of the clocks of 2011, when Samoa left out a day, and of 2026. */
  @Provide
  Arbitrary<Instant> starts() {
    var years = Arbitraries.of(2011, 2026);
    return Combinators.combine(zones(), years, Arbitraries.integers().between(0, 2000))
        .as((zone, year, minutes) -> {
          var rules = ZoneId.of(zone).getRules();
          var change = rules.nextTransition(Instant.parse(year + "-01-01T00:00:00Z"));
          var around =
              change == null ? Instant.parse(year + "-10-25T00:00:00Z") : change.getInstant();
          return around.minus(Duration.ofMinutes(minutes));
        });
  }

  @Property(tries = 300)
  void theNextTimeIsTheOneThatCountingMinutesFinds(
      @ForAll("expressions") Expression expression,
      @ForAll("zones") String zone,
      @ForAll("starts") Instant start) {
    var timetable = Timetable.of(expression.text(), zone);
    var end = start.plus(Duration.ofDays(3));
    var expected = oracle(expression, ZoneId.of(zone), start, end);

    var found = new ArrayList<Instant>();
    for (var time = timetable.after(start); !time.isAfter(end); time = timetable.after(time)) {
      found.add(time);
    }

    assertThat(found).isEqualTo(expected);
    var last = timetable.last(start.plusSeconds(1), end);
    assertThat(last.map(List::of).orElse(List.of()))
        .isEqualTo(expected.isEmpty() ? List.of() : List.of(expected.get(expected.size() - 1)));
  }

  private static List<Instant> oracle(
      Expression expression, ZoneId zone, Instant start, Instant end) {
    var times = new ArrayList<Instant>();
    var first = start.truncatedTo(ChronoUnit.MINUTES).plus(1, ChronoUnit.MINUTES);
    // the oldest first; an overlap longer than three hours there is not
    var seen = new ArrayList<LocalDateTime>(IntStream.rangeClosed(1, 180)
        .mapToObj(ago -> LocalDateTime.ofInstant(first.minusSeconds(60L * (181 - ago)), zone))
        .toList());
    for (var minute = first; !minute.isAfter(end); minute = minute.plusSeconds(60)) {
      var local = LocalDateTime.ofInstant(minute, zone);
      var before = LocalDateTime.ofInstant(minute.minusSeconds(60), zone);
      boolean due = expression.has(local) && !seen.contains(local);
      for (var left = before.plusMinutes(1); left.isBefore(local); left = left.plusMinutes(1)) {
        due |= expression.has(left) && !seen.contains(left);
      }
      if (due) {
        times.add(minute);
      }
      seen.add(local);
      seen.remove(0);
    }
    return times;
  }
}
