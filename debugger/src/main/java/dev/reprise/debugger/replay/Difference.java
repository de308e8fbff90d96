package dev.reprise.debugger.replay;

import dev.reprise.debugger.history.Change.Kind;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Something that came out other than it is recorded. */
public sealed interface Difference {
  /** For people, one line. */
  String text();

  /**
   * The function returned or threw something else.
   *
   * @param recorded what is recorded, as JSON; null for nothing
   * @param replayed what came out now
   * @param threw whether an exception is one of them
   */
  record OfOutcome(@Nullable String recorded, @Nullable String replayed, boolean threw)
      implements Difference {
    @Override
    public String text() {
      return "outcome: recorded " + recorded + ", replayed " + replayed;
    }
  }

  /**
   * A row was written with other values.
   *
   * @param table {@code schema.table}
   * @param row its key
   * @param columns the values that differ
   */
  record OfRow(String table, Kind kind, Map<String, @Nullable String> row, List<OfColumn> columns)
      implements Difference {
    @Override
    public String text() {
      return kind + " " + table + " " + row + ": "
          + columns.stream().map(OfColumn::text).collect(Collectors.joining(", "));
    }
  }

  /** One value. */
  record OfColumn(
      String column, @Nullable String recorded, @Nullable String replayed) {
    String text() {
      return column + " recorded " + recorded + ", replayed " + replayed;
    }
  }

  /** A change is recorded that was not made now. */
  record Missing(String table, Kind kind, Map<String, @Nullable String> row) implements Difference {
    @Override
    public String text() {
      return "not made again: " + kind + " " + table + " " + row;
    }
  }

  /** A change was made now that is not recorded. */
  record Extra(String table, Kind kind, Map<String, @Nullable String> row) implements Difference {
    @Override
    public String text() {
      return "not recorded: " + kind + " " + table + " " + row;
    }
  }

  /** The call could not be run to its end. */
  record NotRun(String why) implements Difference {
    @Override
    public String text() {
      return why;
    }
  }
}
