package dev.reprise.debugger.rebuild;

import static dev.reprise.debugger.rebuild.TargetTable.quoted;

import dev.reprise.debugger.history.Change;
import dev.reprise.debugger.history.Relation;
import dev.reprise.debugger.rebuild.TargetTable.TargetColumn;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Makes statements of the changes of one relation, for the table that it is in the scratch database. */
final class RelationWrites {
  /** All columns as one value that an index can have. */
  static final String DIGEST = "reprise_rebuild.digest";

  private static final String AS_TEXT = "reprise_rebuild.as_text";
  /** Types of numbers that are shown as the names of things. */
  private static final Pattern NAMES = Pattern.compile("reg[a-z]+(\\[\\])?");

  private final Relation relation;
  private final TargetTable table;
  private final boolean digested;
  /** Of each recorded column. */
  private final List<@Nullable TargetColumn> targets = new ArrayList<>();
  /** Indexes of the recorded columns that tell a row; empty where only the whole row does. */
  private final List<Integer> identity;

  private final List<TargetColumn> inserted = new ArrayList<>();
  private final List<Integer> insertedFrom = new ArrayList<>();
  private final List<@Nullable String> constants = new ArrayList<>();
  private final String insert;
  private final Map<String, String> updates = new HashMap<>();

  /** Digested: the table has an index on the digest of all its columns. */
  RelationWrites(Relation relation, TargetTable table, boolean digested) {
    this.relation = relation;
    this.table = table;
    for (int i = 0; i < relation.columns().size(); i++) {
      targets.add(table.columnOf(relation, i));
    }
    this.identity = identity();
    long covered = targets.stream().filter(column -> column != null).count();
    this.digested = digested && covered == table.columns().size();
    for (TargetColumn column : table.columns()) {
      int source = targets.indexOf(column);
      if (source >= 0) {
        inserted.add(column);
        insertedFrom.add(source);
      } else if (column.missing() != null || !column.notNull()) {
        inserted.add(column);
        constants.add(column.missing());
        insertedFrom.add(-constants.size());
      }
    }
    this.insert = insertSql();
  }

  private List<Integer> identity() {
    var byPrimaryKey = new ArrayList<Integer>();
    for (TargetColumn column : table.primaryKey()) {
      int index = targets.indexOf(column);
      if (index >= 0 && relation.key().contains(relation.columns().get(index))) {
        byPrimaryKey.add(index);
      }
    }
    if (!byPrimaryKey.isEmpty() && byPrimaryKey.size() == table.primaryKey().size()) {
      return byPrimaryKey;
    }
    var byKey = new ArrayList<Integer>();
    if (!relation.full()) {
      relation.key().forEach(column -> byKey.add(relation.columns().indexOf(column)));
    }
    return byKey;
  }

  /** The columns of the scratch table that tell a row, where those are not its primary key. */
  List<String> columnsToIndex() {
    var names = new ArrayList<String>();
    boolean primary = true;
    for (int index : identity) {
      TargetColumn column = target(index);
      names.add(column.name());
      primary &= column.inPrimaryKey();
    }
    return primary ? List.of() : names;
  }

  /** Whether only the whole row tells a row. */
  boolean isByWholeRow() {
    return identity.isEmpty();
  }

  /** What is loaded into {@link #insertedColumns}: indexes of recorded columns, -n-1 for the nth constant. */
  List<Integer> insertedFrom() {
    return insertedFrom;
  }

  List<@Nullable String> constants() {
    return constants;
  }

  List<String> insertedColumns() {
    return inserted.stream().map(TargetColumn::name).toList();
  }

  /** Tells which rows this relation's changes can tell apart; equal texts, equal ways. */
  String identityName() {
    return relation.id() + identity.toString();
  }

  Write write(Change change) {
    return switch (change.kind()) {
      case INSERT -> insert(values(change, change.after()));
      case UPDATE -> update(change, values(change, change.after()));
      case DELETE -> delete(values(change, change.before()));
      case TRUNCATE -> throw new IllegalArgumentException("a TRUNCATE is not about a row");
    };
  }

  private Write insert(@Nullable String[] after) {
    var values = new ArrayList<@Nullable String>();
    for (int source : insertedFrom) {
      values.add(source >= 0 ? after[source] : constants.get(-source - 1));
    }
    return new Write(insert, values, false, List.of(rowName(after)), table.qualifiedName());
  }

  private Write update(Change change, @Nullable String[] after) {
    @Nullable String[] before = change.before() == null ? after : change.before();
    var values = new ArrayList<@Nullable String>();
    var set = new ArrayList<String>();
    for (int i = 0; i < targets.size(); i++) {
      TargetColumn column = targets.get(i);
      if (column != null && !column.alwaysIdentity() && !change.isUnchanged(i)) {
        set.add(quoted(column.name()) + " = ?");
        values.add(after[i]);
      }
    }
    if (set.isEmpty()) {
      // Of a table whose changed columns are gone: the row must be there all the same.
      set.add(noChange());
    }
    String columns = String.join(", ", set);
    String sql = updates.computeIfAbsent(
        columns, key -> "update only " + table.sqlName() + " set " + key + where());
    addIdentity(values, before);
    String row = rowName(before);
    String newRow = before == after ? row : rowName(withUnchanged(change, before, after));
    List<String> rows = row.equals(newRow) ? List.of(row) : List.of(row, newRow);
    return new Write(sql, values, true, rows, table.qualifiedName());
  }

  private String noChange() {
    for (TargetColumn column : table.columns()) {
      if (!column.alwaysIdentity()) {
        return quoted(column.name()) + " = " + quoted(column.name());
      }
    }
    return quoted(table.columns().get(0).name()) + " = default";
  }

  private static @Nullable String[] withUnchanged(
      Change change, @Nullable String[] before, @Nullable String[] after) {
    @Nullable String[] whole = after.clone();
    for (int index : change.unchanged()) {
      whole[index] = before[index];
    }
    return whole;
  }

  private Write delete(@Nullable String[] before) {
    var values = new ArrayList<@Nullable String>();
    addIdentity(values, before);
    return new Write(
        "delete from only " + table.sqlName() + where(),
        values,
        true,
        List.of(rowName(before)),
        table.qualifiedName());
  }

  private @Nullable String[] values(Change change, @Nullable String @Nullable [] values) {
    if (values == null || values.length != targets.size()) {
      throw new RebuildException("a recorded " + change.kind() + " of " + relation.qualifiedName()
          + " does not have the values that it should have");
    }
    return values;
  }

  private String rowName(@Nullable String[] row) {
    var name = new StringBuilder(table.qualifiedName());
    for (int index : identity) {
      name.append('\0').append(row[index]);
    }
    return name.toString();
  }

  private void addIdentity(List<@Nullable String> values, @Nullable String[] row) {
    (identity.isEmpty() ? wholeRow() : identity).forEach(index -> values.add(row[index]));
  }

  /** The recorded columns that the table has, in the table's order. */
  private List<Integer> wholeRow() {
    return table.columns().stream()
        .map(targets::indexOf)
        .filter(index -> index >= 0)
        .toList();
  }

  private TargetColumn target(int index) {
    TargetColumn column = targets.get(index);
    if (column == null) {
      throw new RebuildException("the rows of " + relation.qualifiedName() + " are told by "
          + relation.columns().get(index) + ", which " + table.qualifiedName() + " does not have");
    }
    return column;
  }

  private String where() {
    var conditions = new ArrayList<String>();
    if (!identity.isEmpty()) {
      identity.forEach(index -> conditions.add(quoted(target(index).name()) + " = ?"));
      return " where " + String.join(" and ", conditions);
    }
    // Text tells apart what is equal only, as 1.0 and 1.00, and every type has it.
    List<TargetColumn> columns = wholeRow().stream().map(this::target).toList();
    if (digested) {
      conditions.add(digestExpression() + " = "
          + digestOf(
              columns.stream().map(it -> stable(parameter(it), it.type())).toList()));
    } else {
      columns.forEach(column -> conditions.add(
          quoted(column.name()) + "::text is not distinct from (" + parameter(column) + ")::text"));
    }
    return " where ctid = (select ctid from only " + table.sqlName()
        + (conditions.isEmpty() ? "" : " where " + String.join(" and ", conditions)) + " limit 1)";
  }

  private static String parameter(TargetColumn column) {
    return "cast(? as " + column.type() + ")";
  }

  /** What the index is on. */
  String digestExpression() {
    return digestOf(table.columns().stream()
        .map(column -> stable(quoted(column.name()), column.type()))
        .toList());
  }

  /** An index is built with another search path, by which the names of things are other texts. */
  private static String stable(String value, String type) {
    if (!NAMES.matcher(type).matches()) {
      return value;
    }
    return value + (type.endsWith("[]") ? "::oid[]" : "::oid");
  }

  private static String digestOf(List<String> expressions) {
    var texts = expressions.stream().map(it -> AS_TEXT + "(" + it + ")").toList();
    return DIGEST + "(array[" + String.join(", ", texts) + "])";
  }

  private String insertSql() {
    if (inserted.isEmpty()) {
      return "insert into " + table.sqlName() + " default values";
    }
    var names = inserted.stream().map(column -> quoted(column.name())).toList();
    var places = inserted.stream().map(column -> "?").toList();
    return "insert into " + table.sqlName() + " (" + String.join(", ", names)
        + ") overriding system value values (" + String.join(", ", places) + ")";
  }

  TargetTable table() {
    return table;
  }
}
