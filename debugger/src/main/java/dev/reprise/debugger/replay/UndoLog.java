package dev.reprise.debugger.replay;

import dev.reprise.RepriseException;
import dev.reprise.runtime.postgres.Binder;
import dev.reprise.runtime.postgres.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Notes in a scratch database, by triggers, what is done to each row, so that it can be taken back: the last first, each by
 * its opposite. A TRUNCATE cannot be taken back. It costs disk for the rows as they were, not for copies of the database. Not
 * thread-safe.
 */
final class UndoLog {
  private static final int TAKEN_BACK_AT_ONCE = 1_000;
  private static final String STEP = "reprise_undo.step";

  private static final String SCHEMA = """
      create schema reprise_undo;
      create unlogged table reprise_undo.done (
        ordinal bigint generated always as identity primary key,
        step integer not null, relation oid not null, kind text not null, old_row text, new_row text);
      create index on reprise_undo.done (step);
      create function reprise_undo.note() returns trigger language plpgsql security definer
        set timezone = 'UTC' set datestyle = 'ISO, MDY' set intervalstyle = 'postgres' set extra_float_digits = 1
        set bytea_output = 'hex' set lc_monetary = 'C' as $$
        begin
          if tg_op = 'TRUNCATE' then
            insert into reprise_undo.done (step, relation, kind)
              values (current_setting('reprise_undo.step')::integer, tg_relid, tg_op);
          else
            insert into reprise_undo.done (step, relation, kind, old_row, new_row)
              values (current_setting('reprise_undo.step')::integer, tg_relid, tg_op,
                      case when tg_op <> 'INSERT' then old::text end, case when tg_op <> 'DELETE' then new::text end);
          end if;
          return null;
        end $$;
      """;

  private static final String TABLES = """
      select c.oid::bigint, format('%I.%I', n.nspname, c.relname),
             array(select quote_ident(a.attname) from pg_attribute a
                    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
                    order by a.attnum),
             array(select quote_ident(a.attname) from pg_attribute a join pg_index i on a.attnum = any (i.indkey)
                    where i.indrelid = c.oid and i.indisprimary and i.indimmediate and a.attrelid = c.oid order by a.attnum)
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where c.relkind = 'r' and n.nspname !~ '^pg_'
         and n.nspname not in ('information_schema', 'reprise_replay', 'reprise_rebuild', 'reprise_undo')
      """;

  private final Map<Long, Table> tables = new HashMap<>();

  private UndoLog() {}

  /** Adds the triggers to all tables that there are. */
  static UndoLog install(Connection scratch) throws SQLException {
    execute(scratch, SCHEMA);
    var log = new UndoLog();
    for (var table : Jdbc.query(scratch, TABLES, Binder.NOTHING, Table::of)) {
      log.tables.put(table.oid(), table);
      execute(scratch, table.triggers());
    }
    return log;
  }

  /** What the session's transaction does from now on belongs to this step. */
  void begin(Connection scratch, int step) throws SQLException {
    set(scratch, Integer.toString(step));
  }

  /**
   * Takes back, in the session's transaction, what belongs to later steps.
   *
   * @return false where that is not possible; the transaction is to be rolled back
   */
  boolean takeBackAfter(Connection scratch, int step) throws SQLException {
    set(scratch, "");
    execute(scratch, "set local session_replication_role = replica");
    try (var statement = scratch.prepareStatement(
        "select relation::bigint, kind, old_row, new_row from reprise_undo.done where step > ? order by ordinal desc")) {
      statement.setFetchSize(TAKEN_BACK_AT_ONCE);
      statement.setInt(1, step);
      try (var rows = statement.executeQuery()) {
        var batch = new ArrayList<Opposite>();
        while (rows.next()) {
          var table = Objects.requireNonNull(tables.get(rows.getLong(1)));
          var next = table.opposite(rows.getString(2), rows.getString(3), rows.getString(4));
          if (next == null) {
            return false;
          }
          boolean other = !batch.isEmpty() && !batch.get(0).sql().equals(next.sql());
          if (other || batch.size() == TAKEN_BACK_AT_ONCE) {
            run(scratch, batch);
          }
          batch.add(next);
        }
        run(scratch, batch);
      }
    }
    Jdbc.update(
        scratch,
        "delete from reprise_undo.done where step > ?",
        statement -> statement.setInt(1, step));
    return true;
  }

  private static void run(Connection scratch, List<Opposite> batch) throws SQLException {
    if (batch.isEmpty()) {
      return;
    }
    try (var statement = scratch.prepareStatement(batch.get(0).sql())) {
      for (var one : batch) {
        for (int i = 0; i < one.rows().size(); i++) {
          statement.setObject(i + 1, one.rows().get(i), Types.OTHER);
        }
        statement.addBatch();
      }
      for (int count : statement.executeBatch()) {
        if (count != 1) {
          throw new RepriseException("a change cannot be taken back: " + count + " rows for \""
              + batch.get(0).sql() + "\"");
        }
      }
    }
    batch.clear();
  }

  private static void set(Connection scratch, String step) throws SQLException {
    var unused = Jdbc.query(
        scratch,
        "select set_config('" + STEP + "', ?, true)",
        statement -> statement.setString(1, step),
        row -> true);
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /**
   * A statement that takes a change back.
   *
   * @param rows its parameters, rows as text
   */
  private record Opposite(String sql, List<String> rows) {}

  /**
   * A table.
   *
   * @param columns those that can be written
   * @param key of its primary key; empty where only the whole row tells a row
   */
  private record Table(long oid, String name, List<String> columns, List<String> key) {
    static Table of(java.sql.ResultSet row) throws SQLException {
      return new Table(
          row.getLong(1),
          row.getString(2),
          List.of((String[]) row.getArray(3).getArray()),
          List.of((String[]) row.getArray(4).getArray()));
    }

    String triggers() {
      return """
          create trigger "~reprise_undo" after insert or update or delete on %1$s for each row
            when (current_setting('%2$s', true) <> '') execute function reprise_undo.note();
          create trigger "~reprise_undo_truncate" after truncate on %1$s for each statement
            when (current_setting('%2$s', true) <> '') execute function reprise_undo.note();
          alter table %1$s enable always trigger "~reprise_undo", enable always trigger "~reprise_undo_truncate";
          """.formatted(name, STEP);
    }

    /** Null for what cannot be taken back. */
    @Nullable
    Opposite opposite(String kind, @Nullable String before, @Nullable String after) {
      if (columns.isEmpty() || kind.equals("TRUNCATE")) {
        return null;
      }
      return switch (kind) {
        case "INSERT" -> new Opposite(delete(), List.of(Objects.requireNonNull(after)));
        case "UPDATE" ->
          new Opposite(
              update(), List.of(Objects.requireNonNull(before), Objects.requireNonNull(after)));
        default -> new Opposite(insert(), List.of(Objects.requireNonNull(before)));
      };
    }

    private String insert() {
      return "insert into " + name + " (" + String.join(", ", columns)
          + ") overriding system value select "
          + each(columns, ", ", column -> "o." + column) + " from " + row("o");
    }

    private String update() {
      return "update only " + name + " t set "
          + each(columns, ", ", column -> column + " = o." + column) + " from " + row("o")
          + (key.isEmpty() ? " where " + isWholeRow() : ", " + row("n") + " where " + isKey());
    }

    private String delete() {
      return "delete from only " + name + " t"
          + (key.isEmpty() ? " where " + isWholeRow() : " using " + row("n") + " where " + isKey());
    }

    private String row(String alias) {
      return "(select (cast(? as " + name + ")).*) " + alias;
    }

    private String isKey() {
      return each(key, " and ", column -> "t." + column + " = n." + column);
    }

    private String isWholeRow() {
      return "t.ctid = (select s.ctid from only " + name
          + " s where (s.*)::text = cast(? as text) limit 1)";
    }

    private static String each(
        List<String> columns, String separator, Function<String, String> part) {
      return columns.stream().map(part).collect(Collectors.joining(separator));
    }
  }
}
