package dev.reprise.debugger.retro;

import dev.reprise.debugger.history.Change.Kind;
import dev.reprise.debugger.replay.Captured;
import dev.reprise.runtime.postgres.Binder;
import dev.reprise.runtime.postgres.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a transaction has read, by the locks that the server keeps of it. Looking at them leaves no others: catalogs are not
 * locked, and rows are fetched by their places, where they are locked already. For one thread.
 */
final class ReadLocks {
  private static final String LOCKS = """
      select l.relation::bigint, coalesce(l.page, -1), coalesce(l.tuple, -1), c.relkind::text, c.relpersistence::text,
             n.nspname || '.' || c.relname
        from pg_locks l left join pg_class c on c.oid = l.relation left join pg_namespace n on n.oid = c.relnamespace
       where l.mode = 'SIReadLock' and l.pid = pg_backend_pid()
         and l.database = (select oid from pg_database where datname = current_database())
      """;

  /** All that was scanned, also before a rollback to a savepoint, and what is locked because it is in use. */
  private static final String SCANNED = """
      select coalesce(i.indrelid, c.oid)::bigint
        from pg_class c left join pg_index i on i.indexrelid = c.oid
       where c.oid >= 16384 and c.relkind in ('r', 'm', 'f', 'i') and c.relpersistence <> 't'
         and (pg_stat_get_xact_numscans(c.oid) > 0
           or c.oid in (select relation from pg_locks where pid = pg_backend_pid() and locktype = 'relation'))
      """;

  private static final int LEAST_TUPLE_BYTES = 28;

  private final Connection connection;
  private final Tables tables;
  private final Set<Access> reads = new HashSet<>();

  ReadLocks(Connection connection, Tables tables) {
    this.connection = connection;
    this.tables = tables;
  }

  /** A lock; what is -1 is not told. */
  private record Lock(
      long relation,
      int page,
      int tuple,
      @Nullable String kind,
      @Nullable String persistence,
      @Nullable String name) {}

  /** Of a serializable transaction. */
  Set<Access> ofSerializable(List<Captured> changes) throws SQLException {
    var tuples = new HashMap<Table, Set<String>>();
    var pages = new HashMap<Table, Set<Integer>>();
    for (var lock : Jdbc.query(
        connection,
        LOCKS,
        Binder.NOTHING,
        row -> new Lock(
            row.getLong(1),
            row.getInt(2),
            row.getInt(3),
            row.getString(4),
            row.getString(5),
            row.getString(6)))) {
      var table = tables.byOid(lock.relation());
      var gaps = tables.gapsOf(lock.relation());
      if (table == null) {
        reads.addAll(gaps != null ? Set.of(gaps) : unknown(lock));
      } else if (lock.page() < 0 || table.key().isEmpty()) {
        reads.add(Access.table(table.label()));
      } else if (lock.tuple() < 0) {
        pages.computeIfAbsent(table, it -> new HashSet<>()).add(lock.page());
      } else {
        tuples
            .computeIfAbsent(table, it -> new HashSet<>())
            .add("(" + lock.page() + "," + lock.tuple() + ")");
      }
    }
    for (var entry : tuples.entrySet()) {
      int found = readRows(entry.getKey(), "?::tid[]", entry.getValue().toArray());
      if (found < entry.getValue().size() && !hasTaken(changes, entry.getKey())) {
        reads.add(Access.table(entry.getKey().label()));
      }
    }
    for (var entry : pages.entrySet()) {
      var unused = readRows(
          entry.getKey(),
          """
          array(select format('(%s,%s)', page, line)::tid
                  from unnest(?::int[]) page, generate_series(1, current_setting('block_size')::int / %d) line)
          """.replace("%d", String.valueOf(LEAST_TUPLE_BYTES)),
          entry.getValue().toArray());
    }
    return reads;
  }

  /** A row version that was read and is gone was replaced by the transaction itself, which is among its changes. */
  private static boolean hasTaken(List<Captured> changes, Table table) {
    return changes.stream()
        .anyMatch(change -> change.table().equals(table.name())
            && (change.kind() == Kind.UPDATE || change.kind() == Kind.DELETE));
  }

  /** Of tables that were made since the catalog was read; sequences tell nothing. */
  private Set<Access> unknown(Lock lock) throws SQLException {
    if (lock.name() == null
        || "S".equals(lock.kind())
        || "t".equals(lock.persistence())
        || lock.name().startsWith("reprise_replay.")) {
      return Set.of();
    }
    if (!"i".equals(lock.kind())) {
      return Set.of(Access.table(lock.name()));
    }
    var found = new HashSet<Access>();
    for (long table : Jdbc.query(
        connection,
        "select indrelid::bigint from pg_index where indexrelid = ?::oid",
        statement -> statement.setLong(1, lock.relation()),
        row -> row.getLong(1))) {
      found.add(Access.table(labelOf(table)));
    }
    return found;
  }

  private int readRows(Table table, String places, Object[] values) throws SQLException {
    var key = new StringBuilder();
    for (var column : table.key()) {
      key.append(key.isEmpty() ? "" : ", ")
          .append('"')
          .append(column.replace("\"", "\"\""))
          .append("\"::text");
    }
    var rows = Jdbc.query(
        connection,
        "select array[" + key + "] from only " + table.sqlName() + " where ctid = any(" + places
            + ")",
        statement -> statement.setArray(1, connection.createArrayOf("text", values)),
        row -> (String[]) row.getArray(1).getArray());
    rows.forEach(row -> reads.add(table.row(Arrays.asList(row))));
    return rows.size();
  }

  private String labelOf(long oid) throws SQLException {
    var table = tables.byOid(oid);
    return table != null
        ? table.label()
        : Jdbc.query(
                connection,
                "select n.nspname || '.' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace where c.oid = ?::oid",
                statement -> statement.setLong(1, oid),
                row -> row.getString(1))
            .get(0);
  }

  /** Of a transaction that the server keeps no read locks of: all of each table that it used. */
  Set<Access> ofOther() throws SQLException {
    boolean isCounted = Jdbc.query(
            connection,
            "select current_setting('track_counts')::boolean",
            Binder.NOTHING,
            row -> row.getBoolean(1))
        .get(0);
    if (!isCounted) {
      return tables.everything();
    }
    for (long oid :
        new ArrayList<>(Jdbc.query(connection, SCANNED, Binder.NOTHING, row -> row.getLong(1)))) {
      reads.add(Access.table(labelOf(oid)));
    }
    return reads;
  }

  /** What the server takes a look at these settings by: the texts of keys, and rows by their places. */
  static final Map<String, String> SETTINGS = Map.of(
      "enable_seqscan", "off",
      "enable_tidscan", "on",
      "timezone", "UTC",
      "datestyle", "ISO, MDY",
      "bytea_output", "hex");
}
