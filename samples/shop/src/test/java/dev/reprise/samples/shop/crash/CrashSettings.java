package dev.reprise.samples.shop.crash;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * What a crash run does.
 *
 * @param kills how often a server process is killed
 * @param seed decides what fails, in which order and after which pauses, and what is ordered
 * @param clients how many requests are under way at once
 * @param deathTimeout how long a server may be silent before the other takes over
 * @param patience how long a request may take to get its answer, retries included, and all to settle at the end
 * @param directory where the database, the ledger and the logs are kept
 */
record CrashSettings(
    int kills, long seed, int clients, Duration deathTimeout, Duration patience, Path directory) {
  static final String USAGE =
      "usage: crash-run [--kills 50] [--seed N] [--clients 12] [--directory DIR]";

  private static final Duration DEATH_TIMEOUT = Duration.ofMillis(3500);
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  CrashSettings {
    if (kills < 1 || clients < 1) {
      throw new IllegalArgumentException("kills and clients are at least 1");
    }
  }

  /**
   * 24 kills, which are enough for two crashes of the database, unless {@code crash.kills} says otherwise; the seed is that
   * of the property {@code crash.seed}, else a new one.
   */
  static CrashSettings ofBuild(Path directory) {
    long seed = Long.getLong("crash.seed", newSeed());
    return new CrashSettings(
        Integer.getInteger("crash.kills", 24), seed, 12, DEATH_TIMEOUT, PATIENCE, directory);
  }

  /**
   * Reads a command line.
   *
   * @throws IllegalArgumentException naming the argument that is wrong
   */
  static CrashSettings parse(List<String> arguments) {
    int kills = 50;
    int clients = 12;
    long seed = newSeed();
    var directory = Path.of("crash-run");
    for (var rest = arguments.iterator(); rest.hasNext(); ) {
      var name = rest.next();
      switch (name) {
        case "--kills" -> kills = (int) number(name, rest);
        case "--clients" -> clients = (int) number(name, rest);
        case "--seed" -> seed = number(name, rest);
        case "--directory" -> directory = Path.of(value(name, rest));
        default -> throw new IllegalArgumentException("there is no option " + name);
      }
    }
    return new CrashSettings(kills, seed, clients, DEATH_TIMEOUT, PATIENCE, directory);
  }

  private static long newSeed() {
    return ThreadLocalRandom.current().nextLong(1_000_000);
  }

  private static long number(String name, Iterator<String> rest) {
    var value = value(name, rest);
    try {
      return Long.parseLong(value);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(name + " takes a number, not \"" + value + "\"", e);
    }
  }

  private static String value(String name, Iterator<String> rest) {
    if (!rest.hasNext()) {
      throw new IllegalArgumentException(name + " needs a value");
    }
    return rest.next();
  }
}
