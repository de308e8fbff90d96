package dev.reprise.debugger.rebuild;

import dev.reprise.debugger.rebuild.SourceSchema.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * In what definitions differ from earlier ones. Compared are the statements that make the objects, the identity of tables and
 * columns, and the settings of the database; not indexes that only make queries faster.
 *
 * @param objects what was made, dropped or changed, as {@code table public.item}
 * @param isAddition whether all of it is new, and code that does not know it cannot notice it: tables with all that belongs to
 *     them, views, functions, types, sequences
 */
public record DefinitionChange(List<String> objects, boolean isAddition) {
  private static final Pattern PLAIN_INDEX = Pattern.compile("(?s)CREATE INDEX .*");
  /** Whose names nobody can know who was not told. */
  private static final List<String> KINDS_OF_THEIR_OWN = List.of(
      "schema ",
      "extension ",
      "collation ",
      "type ",
      "domain ",
      "function ",
      "procedure ",
      "aggregate ",
      "sequence ",
      "table ",
      "view ",
      "materialized view ",
      "rows of materialized view ");

  /** Whether there is no difference that matters. */
  public boolean isNone() {
    return objects.isEmpty();
  }

  static DefinitionChange between(SourceSchema before, SourceSchema after) {
    var old = texts(before);
    var recent = texts(after);
    var gone = before.statements().stream()
        .filter(statement -> !recent.contains(statement.sql()) && matters(statement))
        .toList();
    var come = after.statements().stream()
        .filter(statement -> !old.contains(statement.sql()) && matters(statement))
        .toList();
    var objects = new TreeSet<String>();
    gone.forEach(statement -> objects.add(statement.object()));
    come.forEach(statement -> objects.add(statement.object()));
    boolean sameTables = true;
    for (var table : before.tables().values()) {
      var now = after.tables().get(table.oid());
      if (now == null || !sameColumns(table, now)) {
        sameTables = false;
        objects.add("table " + table.qualifiedName());
      }
    }
    for (var table : after.tables().values()) {
      if (!before.tables().containsKey(table.oid())) {
        objects.add("table " + table.qualifiedName());
      }
    }
    boolean sameSettings =
        before.settings().equals(after.settings()) && before.database().equals(after.database());
    if (!sameSettings) {
      objects.add("settings of the database");
    }
    boolean onlyAdds = sameTables && sameSettings && gone.isEmpty() && areAdditions(before, come);
    return new DefinitionChange(List.copyOf(objects), onlyAdds);
  }

  private static Set<String> texts(SourceSchema schema) {
    return schema.statements().stream().map(Statement::sql).collect(Collectors.toSet());
  }

  private static boolean matters(Statement statement) {
    boolean plain = statement.object().startsWith("index ")
        && PLAIN_INDEX.matcher(statement.sql()).matches();
    return !plain && !statement.object().startsWith("index partition ");
  }

  private static boolean sameColumns(SourceSchema.Table one, SourceSchema.Table other) {
    return one.qualifiedName().equals(other.qualifiedName()) && columns(one).equals(columns(other));
  }

  /** The values of old rows are no definition. */
  private static List<List<Object>> columns(SourceSchema.Table table) {
    return table.columns().stream()
        .map(column -> List.<Object>of(column.name(), column.number(), column.type()))
        .toList();
  }

  private static boolean areAdditions(SourceSchema before, List<Statement> come) {
    var objects = before.statements().stream().map(Statement::object).collect(Collectors.toSet());
    var names = new HashSet<String>();
    objects.stream()
        .filter(DefinitionChange::isOfItsOwn)
        .forEach(object -> names.add(bare(object)));
    var tables = new ArrayList<String>();
    for (var statement : come) {
      if (statement.object().startsWith("table ")) {
        tables.add(statement.object().substring("table ".length()));
      }
    }
    return come.stream().allMatch(statement -> isAddition(statement, tables, objects, names));
  }

  private static boolean isAddition(
      Statement statement, List<String> newTables, Set<String> objects, Set<String> names) {
    String object = statement.object();
    for (String table : newTables) {
      boolean belongs = object.contains(" " + table + ".")
          || statement.sql().startsWith("alter table only " + table + " attach partition")
          || object.startsWith("index ")
              && (statement.sql().contains(" ON " + table + " ")
                  || statement.sql().contains(" ON ONLY " + table + " "));
      if (belongs) {
        return true;
      }
    }
    // one of the same name might now be found in its place
    return isOfItsOwn(object) && !objects.contains(object) && !names.contains(bare(object));
  }

  private static boolean isOfItsOwn(String object) {
    return KINDS_OF_THEIR_OWN.stream().anyMatch(object::startsWith);
  }

  /** The name without kind, schema and arguments. */
  private static String bare(String object) {
    String name = object.replaceFirst("\\(.*", "");
    name = name.substring(name.lastIndexOf(' ') + 1);
    return name.substring(name.lastIndexOf('.') + 1);
  }

  /** For people. */
  public String text() {
    return String.join(", ", objects);
  }
}
