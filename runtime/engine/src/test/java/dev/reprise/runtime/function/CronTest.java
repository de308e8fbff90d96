package dev.reprise.runtime.function;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CronTest {
  private static List<String> times(String cron, String zone, String after, int count) {
    var timetable = Timetable.of(cron, zone);
    var times = new ArrayList<String>();
    var time = Instant.parse(after);
    for (int i = 0; i < count; i++) {
      time = timetable.after(time);
      times.add(time.toString());
    }
    return times;
  }

  private static String next(String cron, String after) {
    return times(cron, "UTC", after, 1).get(0);
  }

  // 2026-11-21 is a Saturday
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "*/15 * * * *       | 2026-11-21T06:15:00Z",
        "30 6 * * *         | 2026-11-21T06:30:00Z",
        "0 6 * * *          | 2026-11-22T06:00:00Z",
        "0 9-17/4 * * *     | 2026-11-21T09:00:00Z",
        "0 0 1 * *          | 2026-12-01T00:00:00Z",
        "0 0 31 * *         | 2026-12-31T00:00:00Z",
        "0 0 29 2 *         | 2028-02-29T00:00:00Z",
        "0 0 * jan,JUL *    | 2027-01-01T00:00:00Z",
        "0 0 * * mon-FRI    | 2026-11-23T00:00:00Z",
        "0 0 * * SAT-SUN    | 2026-11-22T00:00:00Z",
        "0 0 * * 7          | 2026-11-22T00:00:00Z",
        "0 0 * * 5-7        | 2026-11-22T00:00:00Z",
        "0 0 1 * MON        | 2026-11-23T00:00:00Z",
        "0 0 22 * MON       | 2026-11-22T00:00:00Z",
        "0 0 */2 * MON      | 2026-11-23T00:00:00Z",
        "0 0 */10 * MON     | 2026-12-21T00:00:00Z",
        "0,20-40/10 * * * * | 2026-11-21T06:20:00Z",
        "15 30 6 * * *      | 2026-11-21T06:30:15Z",
        "*/20 * * * * *     | 2026-11-21T06:05:20Z",
        "@hourly            | 2026-11-21T07:00:00Z",
        "@daily             | 2026-11-22T00:00:00Z",
        "@midnight          | 2026-11-22T00:00:00Z",
        "@weekly            | 2026-11-22T00:00:00Z",
        "@monthly           | 2026-12-01T00:00:00Z",
        "@YEARLY            | 2027-01-01T00:00:00Z",
        "@annually          | 2027-01-01T00:00:00Z"
      })
  void readsWhatVixieCronReads(String cron, String expected) {
    assertThat(next(cron, "2026-11-21T06:05:00Z")).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "* * * *         | five fields",
        "* * * * * * *   | five fields",
        "''              | five fields",
        "60 * * * *      | it goes from 0 to 59",
        "* 24 * * *      | it goes from 0 to 23",
        "* * 0 * *       | it goes from 1 to 31",
        "* * * 13 *      | it goes from 1 to 12",
        "* * * * 8       | it goes from 0 to 7",
        "60 * * * * *    | \"60\" is no second",
        "*/0 * * * *     | a step is a number from 1 to 59",
        "5/15 * * * *    | write 5-59/15",
        "30-10 * * * *   | the range ends before it begins",
        "* * L * *       | \"L\" is no day of month",
        "* * ? * *       | \"?\" is no day of month",
        "* * * * MON#2   | \"MON#2\" is no day of week",
        "* * * * MONDAY  | a name like MON",
        "1,,2 * * * *    | \"\" is no minute",
        "-1 * * * *      | is no minute",
        "1-2-3 * * * *   | is no minute",
        "٣ * * * *       | is no minute",
        "0 0 30 2 *      | never comes",
        "0 0 31 4,6 *    | never comes",
        "@reboot         | there are @hourly",
        "every day       | five fields"
      })
  void refusesTheRestAndSaysWhatToWrite(String cron, String expected) {
    assertThatThrownBy(() -> Cron.parse(cron))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(expected);
  }

  @Test
  void whatAGapLeavesOutComesOnceAtItsEndAndWhatAnOverlapHasTwiceAtTheFirst() {
    assertThat(times("30 2 * * *", "Europe/Berlin", "2026-03-28T00:00:00Z", 3))
        .containsExactly("2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z");
    assertThat(times("*/20 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", 2))
        .containsExactly("2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z");
    assertThat(times("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", 2))
        .containsExactly("2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z");
    assertThat(times("30 1 * * *", "America/New_York", "2026-10-31T12:00:00Z", 2))
        .containsExactly("2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z");
  }

  @Test
  void refusesAZoneThatThereIsNot() {
    assertThatThrownBy(() -> Timetable.of("@daily", "Europe/Atlantis"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"Europe/Atlantis\" is no time zone");
  }
}
