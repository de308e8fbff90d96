package dev.reprise.debugger.explore;

import dev.reprise.debugger.rebuild.Scratch;
import dev.reprise.debugger.report.Checks;
import dev.reprise.debugger.report.RowLines;
import dev.reprise.debugger.report.StateDifference;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Runs schedules once more, each in a database of its own, and tells what rows they left. For one thread. */
final class Evidence {
  private static final int ROWS = 10;
  /** How many states are compared with one; there may be one for each order of the requests. */
  private static final int STATES = 8;

  private final TraceSubject subject;
  private final Supplier<Scratch> copies;

  /**
   * Of a subject.
   *
   * @param copies of the state that every run begins on
   */
  Evidence(TraceSubject subject, Supplier<Scratch> copies) {
    this.subject = subject;
    this.copies = copies;
  }

  /** The rows that a check returns at the end, but for some. */
  List<String> rowsOf(String check, List<Event> schedule, Set<Map<String, @Nullable String>> butFor)
      throws SQLException, InterruptedException {
    try (var end = copies.get()) {
      var unused = Search.replay(subject, schedule, end);
      try (var connection = end.open()) {
        var lines = new ArrayList<>(Checks.rows(connection, check).stream()
            .filter(row -> !butFor.contains(row))
            .map(RowLines::of)
            .toList());
        if (lines.size() > ROWS) {
          lines.subList(ROWS, lines.size()).clear();
          lines.add("..");
        }
        return lines;
      }
    }
  }

  /** In what rows the state at the end differs from the one of others that is nearest to it. */
  List<String> difference(List<Event> schedule, List<List<Event>> others)
      throws SQLException, InterruptedException {
    StateDifference nearest = null;
    List<Event> to = List.of();
    try (var end = copies.get()) {
      var unused = Search.replay(subject, schedule, end);
      for (var other : others.subList(0, Math.min(STATES, others.size()))) {
        var difference = between(other, end);
        if (nearest == null || difference.total() < nearest.total()) {
          nearest = difference;
          to = other;
        }
      }
    }
    if (nearest == null) {
      return List.of();
    }
    var lines = new ArrayList<String>();
    lines.add(
        "the nearest such state is that of " + Schedules.format(to) + "; in comparison with it:");
    lines.addAll(RowLines.of(nearest, ROWS));
    if (nearest.total() == 0) {
      lines.add("rows refer to other rows, by keys that are drawn anew in each run");
    }
    return lines;
  }

  private StateDifference between(List<Event> other, Scratch end)
      throws SQLException, InterruptedException {
    try (var scratch = copies.get()) {
      var unused = Search.replay(subject, other, scratch);
      try (var before = scratch.open();
          var after = end.open()) {
        return StateDifference.between(
            before, after, ROWS, StateDifference.volatileColumns(before));
      }
    }
  }
}
