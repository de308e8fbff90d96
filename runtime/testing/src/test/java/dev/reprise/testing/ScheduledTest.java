package dev.reprise.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.Durable;
import dev.reprise.Scheduled;
import dev.reprise.Workflow;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the clock starts, over the changes of the clocks. */
class ScheduledTest {
  private static final String BERLIN = "Europe/Berlin";
  private static final String NEW_YORK = "America/New_York";

  /** Every Sunday of the months in which clocks are changed, within the hours that are left out or come twice. */
  public static class Sundays {
    private final Diary diary;

    public Sundays(Diary diary) {
      this.diary = diary;
    }

    @Workflow
    @Scheduled(cron = "30 2 * MAR,OCT,NOV SUN", zone = BERLIN)
    public void berlin(Instant nominal) {
      diary.add(BERLIN, nominal);
    }

    @Workflow
    @Scheduled(cron = "30 2 * MAR,OCT,NOV SUN", zone = NEW_YORK)
    public void newYork(Instant nominal) {
      diary.add(NEW_YORK, nominal);
    }

    @Workflow
    @Scheduled(cron = "15 1 * MAR,OCT,NOV SUN", zone = NEW_YORK)
    public void earlyInNewYork(Instant nominal) {
      diary.add("early", nominal);
    }
  }

  /** What was started when. */
  public static final class Diary {
    private final List<Entry> entries = new CopyOnWriteArrayList<>();

    record Entry(String who, Instant nominal, Instant begun) {}

    void add(String who, Instant nominal) {
      entries.add(new Entry(who, nominal, Durable.now()));
    }

    List<Instant> of(String who) {
      return entries.stream()
          .filter(entry -> entry.who().equals(who))
          .map(Entry::nominal)
          .toList();
    }
  }

  private final Diary diary = new Diary();

  @RegisterExtension
  final RepriseExtension reprise =
      RepriseExtension.functions(Sundays.class).bind(Diary.class, diary);

  @Test
  void everySundayHasItsRunAtItsOwnTimeAlsoWhenTheClocksAreChanged() {
    var begin = Instant.now();
    var end = begin.plus(Duration.ofDays(370));
    reprise.advance(Duration.ofDays(370));

    assertThat(diary.of(BERLIN)).isEqualTo(expected(BERLIN, 2, 30, begin, end));
    assertThat(diary.of(NEW_YORK)).isEqualTo(expected(NEW_YORK, 2, 30, begin, end));
    assertThat(diary.of("early")).isEqualTo(expected(NEW_YORK, 1, 15, begin, end));
    assertThat(diary.entries)
        .allMatch(entry ->
            Duration.between(entry.nominal(), entry.begun()).abs().compareTo(Duration.ofMinutes(5))
                < 0);
  }

  /** The end of the gap where there is one; the first of two where there are. */
  private static List<Instant> expected(
      String zoneName, int hour, int minute, Instant begin, Instant end) {
    var zone = ZoneId.of(zoneName);
    var times = new ArrayList<Instant>();
    var date = begin.atZone(zone).toLocalDate();
    for (int day = 0; day <= 372; day++) {
      var local = date.plusDays(day).atTime(hour, minute);
      if (local.getDayOfWeek() == DayOfWeek.SUNDAY
          && Set.of(3, 10, 11).contains(local.getMonthValue())) {
        var gap = zone.getRules().getTransition(local);
        var time =
            gap != null && gap.isGap() ? gap.getInstant() : local.atZone(zone).toInstant();
        if (time.isAfter(begin) && !time.isAfter(end)) {
          times.add(time.truncatedTo(ChronoUnit.MINUTES));
        }
      }
    }
    return times;
  }
}
