package dev.reprise.debugger.rebuild;

import dev.reprise.debugger.history.Epoch;
import dev.reprise.debugger.history.History;
import java.util.List;

/**
 * The tables of a past state, for whoever keeps their rows elsewhere.
 *
 * @param ddl the schema of that time, as {@link dev.reprise.runtime.record.SchemaReader} writes it
 * @param tables those whose rows are known
 */
public record PastTables(String ddl, List<Table> tables) {
  /**
   * A table.
   *
   * @param oid in production
   * @param columns those with stored values
   */
  public record Table(long oid, String schema, String name, List<Column> columns) {
    /** For statements. */
    public String sqlName() {
      return TargetTable.quoted(schema) + "." + TargetTable.quoted(name);
    }
  }

  /**
   * A column.
   *
   * @param number {@code pg_attribute.attnum} in production
   */
  public record Column(String name, int number, String type) {
    /** For statements. */
    public String sqlName() {
      return TargetTable.quoted(name);
    }
  }

  /** Those of the state that {@link Rebuilder#at} makes of the same. */
  public static PastTables of(History history, Epoch epoch, Visibility which) {
    var past = Past.of(history, epoch, which);
    var tables = past.schema().tables().values().stream()
        .filter(table -> past.bases().containsKey(table.oid()))
        .map(table -> new Table(
            table.oid(),
            table.schema(),
            table.name(),
            table.columns().stream()
                .map(column -> new Column(column.name(), column.number(), column.type()))
                .toList()))
        .toList();
    return new PastTables(past.schema().ddl(), tables);
  }
}
