package dev.reprise.debugger.rebuild;

import dev.reprise.debugger.history.Relation;
import dev.reprise.runtime.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A recorded schema, read from the JSON of {@link dev.reprise.runtime.record.SchemaReader}.
 *
 * @param versionNumber as {@code server_version_num}
 * @param tables those that hold rows, by oid
 * @param ddl the whole as it was read
 */
record SourceSchema(
    String version,
    int versionNumber,
    Map<String, String> database,
    List<String> settings,
    List<Extension> extensions,
    List<String> collations,
    Map<Long, Table> tables,
    List<Statement> statements,
    List<String> omitted,
    String ddl) {
  record Extension(String name, String version) {}

  record Table(long oid, String schema, String name, List<Column> columns) {
    String qualifiedName() {
      return schema + "." + name;
    }

    /** Whether its rows are recorded like that: the same columns in the same order. */
    boolean fits(Relation relation) {
      return schema.equals(relation.schema())
          && name.equals(relation.name())
          && columns.stream().map(Column::name).toList().equals(relation.columns());
    }

    private Table withColumnsOf(Table older) {
      var same = columns.stream()
          .map(column -> {
            var then = older.column(column.number());
            return then == null ? column : column.filledAs(then);
          })
          .toList();
      return new Table(oid, schema, name, same);
    }

    /** Names of the columns whose values neither an older copy of the rows nor any change tells. */
    List<String> untold(Relation copied) {
      return untold(copied.numbers(), copied.types());
    }

    /** The same for rows of an older table. */
    List<String> untold(Table older) {
      return untold(
          older.columns().stream().map(Column::number).toList(),
          older.columns().stream().map(Column::type).toList());
    }

    private List<String> untold(List<Integer> numbers, List<String> types) {
      var names = new ArrayList<String>();
      for (Column column : columns) {
        int then = numbers.indexOf(column.number());
        if (then < 0 ? column.filled() : !types.get(then).equals(column.type())) {
          names.add(column.name());
        }
      }
      return names;
    }

    @Nullable
    Column column(int number) {
      return columns.stream().filter(it -> it.number() == number).findFirst().orElse(null);
    }
  }

  /**
   * A column with stored values.
   *
   * @param missing what rows have that are older than the column; null for SQL null
   * @param filled whether such rows may have got a value each, which no change tells
   */
  record Column(
      String name, int number, String type, @Nullable String missing, boolean filled) {
    /** A default that came later fills no row that is there. */
    private Column filledAs(Column older) {
      return new Column(name, number, type, missing, older.filled());
    }
  }

  record Statement(boolean afterRows, String object, String sql) {
    boolean isPrimaryKey() {
      return object.startsWith("key ") && sql.contains(" PRIMARY KEY (");
    }

    boolean isPartition() {
      return object.startsWith("partition ");
    }

    boolean isForeignKey() {
      return object.startsWith("foreign key ");
    }
  }

  /** The same where columns that were there before have no other values in older rows than they had then. */
  SourceSchema withColumnsOf(SourceSchema before) {
    Map<Long, Table> same = new LinkedHashMap<>();
    tables.forEach((oid, table) -> {
      var older = before.tables.get(oid);
      same.put(oid, older == null ? table : table.withColumnsOf(older));
    });
    return new SourceSchema(
        version,
        versionNumber,
        database,
        settings,
        extensions,
        collations,
        same,
        statements,
        omitted,
        ddl);
  }

  static SourceSchema parse(String ddl) {
    if (!(Json.parse(ddl) instanceof Map<?, ?> root)) {
      throw new RebuildException("the recorded schema is no JSON object");
    }
    Map<String, String> database = new LinkedHashMap<>();
    if (root.get("database") instanceof Map<?, ?> properties) {
      properties.forEach((name, value) -> database.put(text(name), text(value)));
    }
    Map<Long, Table> tables = new LinkedHashMap<>();
    for (var table : objects(root, "tables")) {
      var columns = new ArrayList<Column>();
      for (var column : objects(table, "columns")) {
        Object missing = column.get("missing");
        columns.add(new Column(
            text(column.get("name")),
            (int) number(column, "number"),
            text(column.get("type")),
            missing == null ? null : text(missing),
            Boolean.TRUE.equals(column.get("filled"))));
      }
      long oid = number(table, "oid");
      tables.put(oid, new Table(oid, text(table.get("schema")), text(table.get("name")), columns));
    }
    return new SourceSchema(
        text(root.get("serverVersion")),
        (int) number(root, "serverVersionNumber"),
        database,
        texts(root, "settings"),
        objects(root, "extensions").stream()
            .map(it -> new Extension(text(it.get("name")), text(it.get("version"))))
            .toList(),
        texts(root, "collations"),
        tables,
        objects(root, "statements").stream()
            .map(it -> new Statement(
                "after".equals(it.get("phase")), text(it.get("object")), text(it.get("sql"))))
            .toList(),
        texts(root, "omitted"),
        ddl);
  }

  private static List<Map<?, ?>> objects(Map<?, ?> object, String name) {
    var found = new ArrayList<Map<?, ?>>();
    if (object.get(name) instanceof List<?> list) {
      for (Object item : list) {
        if (item instanceof Map<?, ?> map) {
          found.add(map);
        }
      }
    }
    return found;
  }

  private static List<String> texts(Map<?, ?> object, String name) {
    return object.get(name) instanceof List<?> list
        ? list.stream().map(SourceSchema::text).toList()
        : List.of();
  }

  private static String text(@Nullable Object value) {
    return String.valueOf(value);
  }

  private static long number(Map<?, ?> object, String name) {
    return object.get(name) instanceof Number number ? number.longValue() : 0;
  }
}
