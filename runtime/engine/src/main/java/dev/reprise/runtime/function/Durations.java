package dev.reprise.runtime.function;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.regex.Pattern;

/** Durations as annotations write them: {@code 500ms}, {@code 30s}, {@code 5m}, {@code 2h}, {@code 1d}, or ISO-8601. */
public final class Durations {
  private static final Pattern SHORT = Pattern.compile("(\\d{1,15})(ms|s|m|h|d)");
  private static final Map<String, ChronoUnit> UNITS = Map.of(
      "ms", ChronoUnit.MILLIS,
      "s", ChronoUnit.SECONDS,
      "m", ChronoUnit.MINUTES,
      "h", ChronoUnit.HOURS,
      "d", ChronoUnit.DAYS);

  /** About 292 years; beyond it nanoseconds do not fit into a long. */
  private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE);

  private Durations() {}

  /**
   * Reads a duration.
   *
   * @throws IllegalArgumentException for any other text, for a negative one and for one of more than 292 years
   */
  public static Duration parse(String text) {
    try {
      var parts = SHORT.matcher(text);
      var duration = parts.matches()
          ? Duration.of(Long.parseLong(parts.group(1)), unit(parts.group(2)))
          : Duration.parse(text);
      if (!duration.isNegative() && duration.compareTo(LONGEST) <= 0) {
        return duration;
      }
    } catch (DateTimeException | ArithmeticException e) {
      throw new IllegalArgumentException(problem(text), e);
    }
    throw new IllegalArgumentException(problem(text));
  }

  private static ChronoUnit unit(String symbol) {
    var unit = UNITS.get(symbol);
    if (unit == null) {
      throw new IllegalArgumentException("unit " + symbol);
    }
    return unit;
  }

  private static String problem(String text) {
    return "\"" + text + "\" is no duration: write 500ms, 30s, 5m, 2h, 1d or ISO-8601 like PT30S";
  }
}
