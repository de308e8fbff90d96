package dev.reprise.debugger.report;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a check returned on the two states. Immutable.
 *
 * @param sql a query that must return no row
 * @param before the first rows on the state that the original run left
 * @param after the first rows on the state that the changed code left
 */
public record CheckResult(
    String sql,
    List<Map<String, @Nullable String>> before,
    List<Map<String, @Nullable String>> after) {
  /** Copies the rows. */
  public CheckResult {
    before = copy(before);
    after = copy(after);
  }

  private static List<Map<String, @Nullable String>> copy(
      List<Map<String, @Nullable String>> rows) {
    return rows.stream()
        .map(row -> Collections.unmodifiableMap(new LinkedHashMap<>(row)))
        .toList();
  }

  /** Whether it does not hold with the changed code. */
  public boolean broken() {
    return !after.isEmpty();
  }

  /** Whether it did not hold before, and does with the changed code. */
  public boolean fixed() {
    return !before.isEmpty() && after.isEmpty();
  }
}
