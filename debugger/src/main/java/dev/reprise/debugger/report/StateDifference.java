package dev.reprise.debugger.report;

import dev.reprise.RepriseException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * In what two states of a database differ, row by row. Rows are matched by their primary key; those of a table without one
 * are compared as a whole, however often they are there. Values are texts of fixed forms, so that equal values have equal
 * texts. Immutable.
 *
 * @param tables those with rows that differ, in the order of their names
 * @param oneSided the names of tables that are on one side only, whose rows are not compared
 * @param notes what was not compared because it is on one side only, for people
 */
public record StateDifference(List<Table> tables, List<String> oneSided, List<String> notes) {
  /** How many differing rows {@link #complete} takes. */
  public static final int LIMIT = 100_000;

  /** No difference. */
  public static final StateDifference NONE = new StateDifference(List.of(), List.of(), List.of());

  /** Copies the lists. */
  public StateDifference {
    tables = List.copyOf(tables);
    oneSided = List.copyOf(oneSided);
    notes = List.copyOf(notes);
  }

  /**
   * The rows of a table that differ.
   *
   * @param name {@code schema.table}
   * @param key the columns that rows are matched by; empty for whole rows
   * @param rows those that were kept, in the order of their keys
   * @param total how many there are
   */
  public record Table(String name, List<String> key, List<Row> rows, long total) {
    /** Copies the lists. */
    public Table {
      key = List.copyOf(key);
      rows = List.copyOf(rows);
    }
  }

  /**
   * A row that differs.
   *
   * @param key its key; empty where rows are matched as a whole
   * @param before all compared columns as they were; null where it was not there
   * @param after the same on the other side; null where it is not there
   */
  public record Row(
      Map<String, @Nullable String> key,
      @Nullable Map<String, @Nullable String> before,
      @Nullable Map<String, @Nullable String> after) {
    /** Copies the maps. */
    public Row {
      key = Collections.unmodifiableMap(new LinkedHashMap<>(key));
      before = before == null ? null : Collections.unmodifiableMap(new LinkedHashMap<>(before));
      after = after == null ? null : Collections.unmodifiableMap(new LinkedHashMap<>(after));
    }

    /** The columns whose values differ; all of a row that is on one side only. */
    public List<String> columns() {
      var some = before == null ? Objects.requireNonNull(after) : before;
      return some.keySet().stream()
          .filter(column -> before == null
              || after == null
              || !Objects.equals(before.get(column), after.get(column)))
          .toList();
    }
  }

  /** Whether there is none, also not of tables. */
  public boolean isSame() {
    return tables.isEmpty() && oneSided.isEmpty();
  }

  /** How many rows differ. */
  public long total() {
    return tables.stream().mapToLong(Table::total).sum();
  }

  /**
   * Compares two databases, each in a read-only transaction of its own.
   *
   * @param before a session without a transaction, on any server
   * @param after the same for the other state
   * @param kept how many rows of a table are kept; all are counted
   * @param leftOut columns that are not compared, {@code schema.table.column}; where one is of the key, rows are compared as a
   *     whole, without it
   */
  @SuppressWarnings("try") // held for its close
  public static StateDifference between(
      Connection before, Connection after, int kept, Set<String> leftOut) throws SQLException {
    try (var one = Reading.qualified(before);
        var other = Reading.qualified(after)) {
      return new StateComparison(one.connection(), other.connection(), kept, leftOut).run();
    }
  }

  /** Compares all columns, see {@link #between(Connection, Connection, int, Set)}. */
  public static StateDifference between(Connection before, Connection after, int kept)
      throws SQLException {
    return between(before, after, kept, Set.of());
  }

  /**
   * Compares all columns and keeps every row.
   *
   * @throws RepriseException more rows than {@link #LIMIT} differ
   */
  public static StateDifference complete(Connection before, Connection after) throws SQLException {
    var difference = between(before, after, LIMIT);
    if (difference.total() > LIMIT) {
      throw new RepriseException(
          "%d rows differ, and no more than %d can be corrected at once: choose fewer executions"
              .formatted(difference.total(), LIMIT));
    }
    return difference;
  }

  /**
   * The columns whose values are drawn anew by every run: identity, defaults like {@code nextval(..)}, {@code now()} or
   * {@code gen_random_uuid()}, and foreign keys that refer to such columns.
   *
   * @param connection a session without a transaction
   * @return {@code schema.table.column}
   */
  @SuppressWarnings("try") // held for its close
  public static Set<String> volatileColumns(Connection connection) throws SQLException {
    try (var reading = Reading.qualified(connection)) {
      return Set.copyOf(Catalog.read(reading.connection()).drawnColumns());
    }
  }

  /** By numbers where they are such, else by their texts. */
  static List<Row> sorted(List<Row> rows) {
    var sorted = new ArrayList<>(rows);
    sorted.sort((one, other) -> compare(order(one), order(other)));
    return sorted;
  }

  private static List<@Nullable String> order(Row row) {
    var values = !row.key().isEmpty()
        ? row.key()
        : row.before() == null ? Objects.requireNonNull(row.after()) : row.before();
    return new ArrayList<>(values.values());
  }

  private static int compare(List<@Nullable String> one, List<@Nullable String> other) {
    for (int i = 0; i < Math.min(one.size(), other.size()); i++) {
      int order = compare(String.valueOf(one.get(i)), String.valueOf(other.get(i)));
      if (order != 0) {
        return order;
      }
    }
    return 0;
  }

  private static int compare(String one, String other) {
    boolean numbers = isNumber(one) && isNumber(other);
    return numbers
        ? Long.compare(Long.parseLong(one), Long.parseLong(other))
        : one.compareTo(other);
  }

  private static boolean isNumber(String text) {
    return text.matches("-?[0-9]{1,18}");
  }
}
