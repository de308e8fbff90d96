package dev.reprise.debugger.replay;

import dev.reprise.debugger.history.Change;
import dev.reprise.debugger.history.RecordedTransaction;
import dev.reprise.runtime.postgres.Binder;
import dev.reprise.runtime.postgres.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What is added to a scratch database before bodies run in it: triggers that write down every change, and defaults that
 * give the values that production's gave.
 *
 * <p>A change is written down after it was made, by a trigger that fires before all others of the table, so that what those
 * change comes after it. A column with a default that is no constant gets the recorded value of the next recorded insert of
 * the running transaction into this table. A row that {@code ON CONFLICT} skips uses none up: a trigger moves on only
 * when the row to be inserted is the recorded one, and each statement begins behind the rows that are really there.
 */
public final class Instruments {
  private static final String TABLES = """
      select c.oid, coalesce(pg_partition_root(c.oid), c.oid)::oid, c.oid::regclass::text, n.nspname || '.' || c.relname,
             array(select a.attname::text from pg_attribute a
                    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped order by a.attnum), c.relkind::text
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where c.relkind in ('r', 'p') and c.relpersistence = 'p'
         and n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'reprise_replay', 'reprise_rebuild')
      """;

  private static final String DEFAULTS = """
      select c.oid::regclass::text, quote_ident(a.attname), coalesce(pg_partition_root(c.oid), c.oid)::oid,
             (select count(*) from pg_attribute r, pg_attribute o
               where r.attrelid = coalesce(pg_partition_root(c.oid), c.oid) and r.attname = a.attname
                 and o.attrelid = r.attrelid and o.attnum between 1 and r.attnum and not o.attisdropped),
             format_type(a.atttypid, a.atttypmod), coalesce(pg_get_expr(d.adbin, d.adrelid), pg_get_expr(y.typdefaultbin, 0)),
             a.attidentity::text, pg_get_serial_sequence(c.oid::regclass::text, a.attname), c.relispartition
        from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
        join pg_type y on y.oid = a.atttypid
        left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
       where c.relkind in ('r', 'p') and c.relpersistence = 'p' and a.attnum > 0 and not a.attisdropped
         and n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'reprise_replay', 'reprise_rebuild')
         and a.attgenerated = '' and (d.oid is not null or a.attidentity <> '' or y.typdefaultbin is not null)
      """;

  /** Bodies run as they did; what is applied from the history has all that triggers and rules did in production. */
  private static final String FIRED_BY_REPLICAS = """
      select format('alter table %s %s trigger %I', t.tgrelid::regclass,
               case t.tgenabled when 'R' then 'disable' else 'enable' end, t.tgname)
        from pg_trigger t where not t.tgisinternal and t.tgenabled in ('A', 'R') and t.tgname !~ '^[~!]reprise_'
      union all
      select format('alter table %s %s rule %I', r.ev_class::regclass,
               case r.ev_enabled when 'R' then 'disable' else 'enable' end, r.rulename)
        from pg_rewrite r where r.ev_enabled in ('A', 'R')
      """;

  private final Map<String, TableColumns> tables = new HashMap<>();
  private final Map<Long, TableColumns> byOid = new HashMap<>();
  private final Map<Long, Map<Integer, String>> sequences;
  private final Map<Long, Set<Integer>> generated;

  private Instruments(
      Collection<TableColumns> found,
      Map<Long, Map<Integer, String>> sequences,
      Map<Long, Set<Integer>> generated) {
    this.sequences = sequences;
    this.generated = generated;
    for (var table : found) {
      tables.put(table.label(), table);
      byOid.put(table.oid(), table);
    }
  }

  /** A column's default as the catalog has it. */
  private record Default(
      String table,
      String column,
      long root,
      int number,
      String type,
      @Nullable String expression,
      boolean identity,
      @Nullable String sequence,
      boolean partition) {

    /** The sequence that its values come from; null for none. */
    @Nullable
    String drawnFrom() {
      return identity ? sequence : expression == null ? null : sequenceOf(expression);
    }

    /** A sequence, mostly. */
    boolean namesSomething() {
      return expression != null && expression.contains("::regclass");
    }

    /** Literals with their casts are constants; whatever calls or names something is not. */
    boolean isConstant() {
      return expression != null
          && expression.matches(
              "(?s)\\(*(-?[0-9.]+|'([^']|'')*'|true|false|NULL)\\)*(::[\\w\\s\"().,\\[\\]]+)*");
    }
  }

  /**
   * Adds the instruments.
   *
   * @param watched the tables whose changes are recorded, as {@code schema.table}
   */
  public static Instruments install(Connection scratch, Collection<String> watched)
      throws SQLException {
    InstrumentSchema.create(scratch);
    for (String statement :
        Jdbc.query(scratch, FIRED_BY_REPLICAS, Binder.NOTHING, row -> row.getString(1))) {
      execute(scratch, statement);
    }
    var generated = new HashMap<Long, Set<Integer>>();
    var sequences = replaceDefaults(scratch, generated);
    var names = new HashSet<>(watched);
    var leaves = new HashMap<String, TableColumns>();
    for (var table : Jdbc.query(
        scratch,
        TABLES,
        Binder.NOTHING,
        row -> Map.entry(
            row.getString(6),
            new TableColumns(
                row.getLong(1), row.getLong(2), row.getString(3), row.getString(4), List.of((String
                        [])
                    row.getArray(5).getArray()))))) {
      addStatementTriggers(scratch, table.getValue());
      if (table.getKey().equals("r") && names.contains(table.getValue().label())) {
        addRowTriggers(scratch, table.getValue());
        leaves.put(table.getValue().label(), table.getValue());
      } else if (table.getKey().equals("p")) {
        leaves.put(table.getValue().label(), table.getValue());
      }
    }
    return new Instruments(leaves.values(), sequences, generated);
  }

  /**
   * Makes a session ready to have its changes written down; what it knew of a transaction before is forgotten. To be called
   * before each transaction, in autocommit.
   */
  public static void prepare(Connection session) throws SQLException {
    InstrumentSchema.prepare(session);
  }

  private static Default readDefault(java.sql.ResultSet row) throws SQLException {
    return new Default(
        row.getString(1),
        row.getString(2),
        row.getLong(3),
        row.getInt(4),
        row.getString(5),
        row.getString(6),
        !row.getString(7).isEmpty(),
        row.getString(8),
        row.getBoolean(9));
  }

  /** Gives the sequences that feed columns, by root table and place of the column. */
  private static Map<Long, Map<Integer, String>> replaceDefaults(
      Connection scratch, Map<Long, Set<Integer>> generated) throws SQLException {
    var sequences = new HashMap<Long, Map<Integer, String>>();
    var defaults = Jdbc.query(scratch, DEFAULTS, Binder.NOTHING, Instruments::readDefault);
    // an identity's sequence may feed others, and is made anew
    for (var column : defaults) {
      if (!column.identity() && column.namesSomething()) {
        execute(
            scratch,
            "alter table %s alter column %s drop default"
                .formatted(column.table(), column.column()));
      }
    }
    for (var column : defaults) {
      if (column.identity()) {
        replaceIdentity(scratch, column);
      }
    }
    for (var column : defaults) {
      if (!column.identity() && !column.isConstant()) {
        setDefault(scratch, column, String.valueOf(column.expression()));
      }
      if (column.identity() || !column.isConstant()) {
        generated.computeIfAbsent(column.root(), root -> new HashSet<>()).add(column.number() - 1);
      }
      var sequence = column.drawnFrom();
      if (sequence != null) {
        sequences
            .computeIfAbsent(column.root(), root -> new HashMap<>())
            .put(column.number() - 1, sequence);
      }
    }
    return sequences;
  }

  /** A plain column takes its place, with a sequence of the same name. */
  private static void replaceIdentity(Connection scratch, Default column) throws SQLException {
    if (column.partition() || column.sequence() == null) {
      return; // it goes with its parent's
    }
    var sequence = column.sequence();
    var made = Jdbc.queryOne(
            scratch,
            """
            select format('create sequence %%1$s as %%s increment by %%s minvalue %%s maxvalue %%s start with %%s%%s;'
                || ' select setval(%%L, %%s, %%L)', %1$s, format_type(q.seqtypid, null), q.seqincrement, q.seqmin, q.seqmax,
                q.seqstart, case when q.seqcycle then ' cycle' else '' end, %1$s, s.last_value, s.is_called)
              from %2$s s, pg_sequence q where q.seqrelid = %1$s::regclass
            """.formatted(literal(sequence), sequence),
            Binder.NOTHING,
            row -> row.getString(1))
        .orElseThrow();
    execute(
        scratch,
        "alter table %1$s alter column %2$s drop identity; %3$s; alter sequence %4$s owned by %1$s.%2$s"
            .formatted(column.table(), column.column(), made, sequence));
    setDefault(scratch, column, "nextval(" + literal(sequence) + ")");
  }

  private static String literal(String text) {
    return "'" + text.replace("'", "''") + "'";
  }

  private static void setDefault(Connection scratch, Default column, String original)
      throws SQLException {
    var sequence = column.drawnFrom();
    var recorded = sequence == null
        ? "reprise_replay.recorded(%d::oid, %d)".formatted(column.root(), column.number())
        : "reprise_replay.recorded(%d::oid, %d, '%s'::regclass)"
            .formatted(column.root(), column.number(), sequence.replace("'", "''"));
    execute(
        scratch,
        "alter table %s alter column %s set default case when reprise_replay.is_recorded(%d::oid) then (%s)::%s else (%s)::%s end"
            .formatted(
                column.table(),
                column.column(),
                column.root(),
                recorded,
                column.type(),
                original,
                column.type()));
  }

  private static @Nullable String sequenceOf(String expression) {
    var matcher = java.util.regex.Pattern.compile("nextval\\('((?:[^']|'')+)'::regclass\\)")
        .matcher(expression);
    return matcher.matches() ? matcher.group(1).replace("''", "'") : null;
  }

  private static void addStatementTriggers(Connection scratch, TableColumns table)
      throws SQLException {
    execute(scratch, """
        create trigger "!reprise_replay_begin" before insert on %1$s
          for each statement execute function reprise_replay.begin_insert();
        create trigger "!reprise_replay_attempt" before insert or update or delete on %1$s
          for each statement execute function reprise_replay.attempt();
        """.formatted(table.name()));
  }

  private static void addRowTriggers(Connection scratch, TableColumns table) throws SQLException {
    execute(scratch, """
        create trigger "~reprise_replay_insert" before insert on %1$s
          for each row execute function reprise_replay.before_insert();
        create trigger "!reprise_replay_capture" after insert or update or delete on %1$s
          for each row execute function reprise_replay.capture();
        create trigger "!reprise_replay_truncate" after truncate on %1$s
          for each statement execute function reprise_replay.capture();
        """.formatted(table.name()));
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** The table of that name, {@code schema.table}; null where it is not watched. */
  public @Nullable TableColumns table(String label) {
    return tables.get(label);
  }

  public @Nullable TableColumns table(long oid) {
    return byOid.get(oid);
  }

  /** The table that a partition belongs to; else itself. */
  public TableColumns rootOf(TableColumns table) {
    return byOid.getOrDefault(table.root(), table);
  }

  /** A change without the values that defaults give, which differ from run to run. */
  Captured withoutGenerated(Captured change) {
    var table = table(change.table());
    if (table == null) {
      return change;
    }
    var root = rootOf(table);
    var names = generated.getOrDefault(root.oid(), Set.of()).stream()
        .map(root.columns()::get)
        .collect(Collectors.toSet());
    return new Captured(
        change.table(),
        change.kind(),
        without(change.before(), names),
        without(change.after(), names));
  }

  private static @Nullable Map<String, @Nullable String> without(
      @Nullable Map<String, @Nullable String> row, Set<String> names) {
    if (row == null) {
      return null;
    }
    var left = new LinkedHashMap<>(row);
    left.keySet().removeAll(names);
    return left;
  }

  /** Sees to it that sequences do not give what the recorded changes of a transaction, now applied, have taken. */
  public void passSequences(Connection scratch, RecordedTransaction transaction)
      throws SQLException {
    for (var change : transaction.changes()) {
      var table = tables.get(change.relation().qualifiedName());
      var drawn = table == null ? null : sequences.get(rootOf(table).oid());
      if (table != null && drawn != null && change.kind() != Change.Kind.DELETE) {
        var made = Captured.of(change);
        var columns = rootOf(table).columns();
        for (var one : drawn.entrySet()) {
          pass(scratch, one.getValue(), fresh(made, columns.get(one.getKey())));
        }
      }
    }
  }

  /** What a change gave a column, by an update maybe; null where the column was as before. */
  private static @Nullable String fresh(Captured change, String column) {
    var after = change.after();
    if (after == null) {
      return null;
    }
    var value = after.get(column);
    if (change.kind() == Change.Kind.INSERT) {
      return value;
    }
    var before = change.before();
    return before != null
            && before.containsKey(column)
            && !Objects.equals(before.get(column), value)
        ? value
        : null;
  }

  private static void pass(Connection scratch, String sequence, @Nullable String value)
      throws SQLException {
    if (value != null) {
      var unused = Jdbc.query(
          scratch,
          "select reprise_replay.pass(?::regclass, ?::numeric)::text",
          statement -> {
            statement.setString(1, sequence);
            statement.setString(2, value);
          },
          row -> true);
    }
  }

  /** All that are watched. */
  public Collection<String> labels() {
    return Arrays.asList(tables.keySet().toArray(String[]::new));
  }
}
