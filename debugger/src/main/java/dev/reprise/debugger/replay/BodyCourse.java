package dev.reprise.debugger.replay;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * What each statement of a body changed in one run, without what defaults gave. Immutable.
 *
 * @param statements the changes of each, in order
 * @param reads the numbers of those that only read, and by that see no more than their snapshot
 * @param isWhole false where the last of them failed, and the body with it
 */
record BodyCourse(List<List<Captured>> statements, Set<Integer> reads, boolean isWhole) {

  /** What a statement changed; nothing where the body had no such statement. */
  List<Captured> of(int statement) {
    return statement < statements.size() ? statements.get(statement) : List.of();
  }

  /** Whether a statement ran, and did not end the body, or was not needed. */
  boolean knows(int statement) {
    return isWhole || statement < statements.size() - 1;
  }

  /** Whether a statement may come out otherwise at another place on the same snapshot. */
  boolean mayLookPast(int statement) {
    return !reads.contains(statement);
  }

  /** Writes down the course of one run. For the thread of the body. */
  static final class Log implements StatementGate.Watcher {
    private final Instruments instruments;
    private final List<List<Captured>> statements = new ArrayList<>();
    private final List<Long> ends = new ArrayList<>();
    private final Set<Integer> reads = new HashSet<>();
    private long last;

    Log(Instruments instruments) {
      this.instruments = instruments;
    }

    @Override
    public void passed(Connection connection, @Nullable String text, boolean failed)
        throws SQLException {
      var changes = new ArrayList<Captured>();
      if (!failed) {
        var behind = Captured.behind(connection, instruments, last);
        behind.values().forEach(change -> changes.add(instruments.withoutGenerated(change)));
        last = behind.isEmpty() ? last : behind.lastKey();
      }
      if (text != null && onlyReads(text.strip().toLowerCase(Locale.ROOT))) {
        reads.add(statements.size());
      }
      statements.add(List.copyOf(changes));
      ends.add(last);
    }

    private static boolean onlyReads(String text) {
      return text.startsWith("select") && !text.contains("for ") && !text.contains("(");
    }

    /** The body is through, and left these changes: those that it took back to a savepoint are not among them. */
    BodyCourse whole(SortedMap<Long, Captured> left) {
      var kept = new ArrayList<List<Captured>>();
      long from = 0;
      for (int i = 0; i < ends.size(); i++) {
        boolean isLast = i == ends.size() - 1; // it has what is only done at the end, too
        long to = isLast ? Long.MAX_VALUE : ends.get(i) + 1;
        kept.add(left.subMap(from, Math.max(from, to)).values().stream()
            .map(instruments::withoutGenerated)
            .toList());
        from = Math.max(from, to);
      }
      return new BodyCourse(kept, Set.copyOf(reads), true);
    }

    /** The body failed. */
    BodyCourse broken() {
      return new BodyCourse(List.copyOf(statements), Set.copyOf(reads), false);
    }
  }
}
