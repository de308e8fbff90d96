package dev.reprise.runtime.config;

import java.time.Duration;
import java.util.Optional;

/**
 * How long ended executions stay in the log. What has not ended stays whatever its age.
 *
 * @param succeeded of those that succeeded, at least {@link #SHORTEST}; empty for ever
 * @param failed of all others that ended; empty where succeeded is
 */
public record Retention(Optional<Duration> succeeded, Optional<Duration> failed) {
  /** A shorter one would delete what callers still ask for. */
  public static final Duration SHORTEST = Duration.ofMinutes(1);

  /** Nothing is deleted: the default. */
  public static final Retention FOREVER = new Retention(Optional.empty(), Optional.empty());

  public Retention {
    if (failed.isPresent() && succeeded.isEmpty()) {
      throw new IllegalArgumentException(
          "retention-failed needs a retention: set that of the executions that succeed, too");
    }
    if (failed.isEmpty()) {
      failed = succeeded;
    }
    requireLongEnough("retention", succeeded);
    requireLongEnough("retention-failed", failed);
  }

  /** The same for all executions. */
  public static Retention of(Duration time) {
    return new Retention(Optional.of(time), Optional.of(time));
  }

  private static void requireLongEnough(String name, Optional<Duration> time) {
    if (time.isPresent() && time.get().compareTo(SHORTEST) < 0) {
      throw new IllegalArgumentException(
          name + " is at least one minute (1m), not " + time.get() + "; leave it out to keep all");
    }
  }

  /** The longer of the two; empty for ever. */
  public Optional<Duration> longest() {
    return succeeded.flatMap(one -> failed.map(other -> one.compareTo(other) < 0 ? other : one));
  }
}
