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
    return of(Past.of(history, epoch, which, Definitions.of(history, epoch), null));
  }

  /**
   * Those that a state has which was made with definitions by choice, and whose rows the state of the ones before does not tell:
   * new ones, and those with columns whose values no change tells.
   *
   * @param version the number of the definitions
   * @param before the number of those before
   */
  public static PastTables ofNew(
      History history,
      Epoch epoch,
      Visibility which,
      Definitions definitions,
      int version,
      int before) {
    var past = Past.of(history, epoch, which, definitions, version);
    var old = definitions.schema(before).tables();
    var all = of(past);
    var tables = all.tables().stream()
        .filter(table -> {
          var then = old.get(table.oid());
          var now = past.schema().tables().get(table.oid());
          var base = past.bases().get(table.oid());
          return then == null
              || now != null
                  && base != null
                  && !now.untold(then).isEmpty()
                  && now.untold(base).isEmpty();
        })
        .toList();
    return new PastTables(all.ddl(), tables);
  }

  private static PastTables of(Past past) {
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
