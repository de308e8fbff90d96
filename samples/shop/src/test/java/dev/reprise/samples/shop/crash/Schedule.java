package dev.reprise.samples.shop.crash;

import dev.reprise.samples.shop.crash.Upset.CrashDatabase;
import dev.reprise.samples.shop.crash.Upset.CutSessions;
import dev.reprise.samples.shop.crash.Upset.Freeze;
import dev.reprise.samples.shop.crash.Upset.Kill;
import dev.reprise.samples.shop.crash.Upset.Mood;
import dev.reprise.samples.shop.crash.Upset.Planned;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** What goes wrong in a run and when: the same for the same settings. */
final class Schedule {
  private static final List<String> MODES = List.of("normal", "lost", "fail", "slow", "decline");
  private static final int KILLS_PER_DATABASE_CRASH = 15;

  private final CrashSettings settings;
  private final Random random;
  private final List<Planned> plan = new ArrayList<>();

  private Schedule(CrashSettings settings) {
    this.settings = settings;
    this.random = new Random(settings.seed());
  }

  /** The upsets in their order. */
  static List<Planned> of(CrashSettings settings) {
    var schedule = new Schedule(settings);
    for (int kill = 0; kill < settings.kills(); kill++) {
      schedule.others(kill);
      schedule.add(700, schedule.kill());
    }
    return schedule.plan;
  }

  private void others(int kill) {
    if (kill % KILLS_PER_DATABASE_CRASH == KILLS_PER_DATABASE_CRASH / 2) {
      add(1000, new CrashDatabase());
    }
    if (random.nextInt(4) == 0) {
      var mode = MODES.get(random.nextInt(MODES.size()));
      // Never always: what gives money back gives up when it fails too often in a row.
      add(
          300,
          new Mood(mode, 0.1 + random.nextDouble() * 0.5, millis(50, 3000), random.nextInt(1000)));
    }
    if (random.nextInt(3) == 0) {
      add(800, new CutSessions(1 + random.nextInt(6), random.nextInt(3) > 0));
    }
    if (random.nextInt(6) == 0) {
      int death = (int) settings.deathTimeout().toMillis();
      var length = random.nextBoolean() ? millis(50, death) : millis(death, 2 * death);
      add(800, new Freeze(random.nextInt(2), length));
    }
  }

  private Kill kill() {
    int server = random.nextInt(2);
    return random.nextInt(6) == 0
        ? new Kill(server, millis(1, 2000).negated())
        : new Kill(server, millis(0, 1000));
  }

  private void add(int longestPause, Upset upset) {
    plan.add(new Planned(millis(0, longestPause), upset));
  }

  private Duration millis(int from, int to) {
    return Duration.ofMillis(from + random.nextInt(to - from));
  }
}
