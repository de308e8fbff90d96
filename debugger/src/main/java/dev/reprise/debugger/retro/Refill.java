package dev.reprise.debugger.retro;

import dev.reprise.runtime.postgres.Binder;
import dev.reprise.runtime.postgres.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The rows of a small database, kept in temporary tables, to bring it back to them. A table is emptied and filled anew, so
 * that its rows lie as they did: what a query gives that asks for no order, and what the server takes for a conflict, depends
 * on that. For one thread.
 */
final class Refill implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Refill.class);
  private static final long MOST_BYTES = 8L << 20;
  private static final int MOST_TABLES = 200;

  private static final String SETTINGS =
      "set local session_replication_role = replica; set local synchronize_seqscans = off; set local lock_timeout = '10s'";

  private static final String TABLES = """
      select n.nspname || '.' || c.relname, format('%I.%I', n.nspname, c.relname), c.relkind = 'r', pg_table_size(c.oid),
             coalesce((select string_agg(quote_ident(a.attname), ', ' order by a.attnum) from pg_attribute a
                        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''), '')
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where c.relkind in ('r', 'm', 'f') and c.relpersistence <> 't' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
       order by 1
      """;

  private static final String LINKS = """
      select n.nspname || '.' || c.relname, m.nspname || '.' || d.relname
        from pg_constraint k
        join pg_class c on c.oid = k.confrelid join pg_namespace n on n.oid = c.relnamespace
        join pg_class d on d.oid = k.conrelid join pg_namespace m on m.oid = d.relnamespace
       where k.contype = 'f'
      """;

  private static final String SEQUENCES = """
      select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where c.relkind = 'S' and c.relpersistence <> 't'
      """;

  /** Another text after any DDL. */
  private static final String DEFINITIONS = """
      select md5(concat(
        (select string_agg(concat_ws(':', c.oid, c.relname, c.relkind, c.relnatts, c.relchecks, c.relhastriggers), ',' order by c.oid)
           from pg_class c where c.relpersistence <> 't' and c.oid >= 16384),
        (select string_agg(a.oid || ':' || a.xmin, ',' order by a.oid) from pg_proc a where a.oid >= 16384),
        (select string_agg(a.oid || ':' || a.xmin, ',' order by a.oid) from pg_trigger a),
        (select string_agg(a.oid || ':' || a.xmin, ',' order by a.oid) from pg_attrdef a
           join pg_class c on c.oid = a.adrelid where c.relpersistence <> 't'),
        (select string_agg(a.oid || ':' || a.xmin, ',' order by a.oid) from pg_constraint a
           left join pg_class c on c.oid = a.conrelid where a.oid >= 16384 and c.relpersistence is distinct from 't')))
      """;

  private final Connection connection;
  private final Map<String, Table> tables = new LinkedHashMap<>();
  private final List<String> sequences = new ArrayList<>();
  private final Map<String, Set<String>> referring = new LinkedHashMap<>();
  private String definitions = "";

  private Refill(Connection connection) {
    this.connection = connection;
  }

  private record Table(String label, String name, boolean isPlain, long bytes, String columns) {}

  /**
   * Keeps the rows of a database.
   *
   * @param connection a session of its own, which is closed with this, or here where there is nothing to close
   * @return null where the database is too large, holds other things than plain tables, or the user may not do that
   */
  static @Nullable Refill of(Connection connection) throws SQLException {
    var refill = new Refill(connection);
    boolean kept = false;
    try {
      connection.setAutoCommit(false);
      kept = refill.keep();
      connection.commit();
      return kept ? refill : null;
    } catch (SQLException e) {
      kept = false;
      LOG.debug("the rows of the scratch database cannot be kept", e);
      return null;
    } finally {
      if (!kept) {
        refill.close();
      }
    }
  }

  private boolean keep() throws SQLException {
    var found = Jdbc.query(
        connection,
        TABLES,
        Binder.NOTHING,
        row -> new Table(
            row.getString(1),
            row.getString(2),
            row.getBoolean(3),
            row.getLong(4),
            row.getString(5)));
    if (found.size() > MOST_TABLES
        || found.stream().mapToLong(Table::bytes).sum() > MOST_BYTES
        || found.stream().anyMatch(table -> !table.isPlain() || table.columns().isEmpty())) {
      return false;
    }
    for (var table : found) {
      execute("create temporary table %s as select %s from only %s"
          .formatted(kept(tables.size()), table.columns(), table.name()));
      // whose plans would change in the course of time
      execute("alter table " + table.name() + " set (autovacuum_enabled = off)");
      tables.put(table.label(), table);
    }
    for (var sequence :
        Jdbc.query(connection, SEQUENCES, Binder.NOTHING, row -> row.getString(1))) {
      sequences.add(Jdbc.query(
              connection,
              "select format('setval(%L, %s, %L)', '" + sequence.replace("'", "''")
                  + "', last_value, is_called) from " + sequence,
              Binder.NOTHING,
              row -> row.getString(1))
          .get(0));
    }
    record Link(String to, String from) {}
    for (var link : Jdbc.query(
        connection, LINKS, Binder.NOTHING, row -> new Link(row.getString(1), row.getString(2)))) {
      referring.computeIfAbsent(link.to(), label -> new HashSet<>()).add(link.from());
    }
    fill(tables.keySet());
    definitions = definitions();
    return true;
  }

  private static String kept(int number) {
    return "pg_temp.reprise_kept_" + number;
  }

  private String definitions() throws SQLException {
    return Jdbc.query(connection, DEFINITIONS, Binder.NOTHING, row -> row.getString(1))
        .get(0);
  }

  /**
   * Brings back the rows; no other session may be in a transaction.
   *
   * @param written the tables that may hold others, {@code schema.table}
   * @return false where it cannot be done: the database is not to be used any more
   */
  boolean again(Set<String> written) throws SQLException {
    try {
      boolean same = definitions().equals(definitions);
      if (same) {
        fill(tables.keySet().containsAll(written) ? withReferring(written) : tables.keySet());
      }
      connection.commit();
      return same;
    } catch (SQLException e) {
      LOG.debug("the scratch database cannot be used again", e);
      connection.rollback();
      return false;
    }
  }

  /** No table is emptied to which others refer, unless they are, too. */
  private Set<String> withReferring(Set<String> written) {
    var all = new HashSet<>(written);
    var next = new ArrayList<>(written);
    for (int i = 0; i < next.size(); i++) {
      for (var label : referring.getOrDefault(next.get(i), Set.of())) {
        if (tables.containsKey(label) && all.add(label)) {
          next.add(label);
        }
      }
    }
    return all;
  }

  private void fill(Set<String> labels) throws SQLException {
    execute(SETTINGS);
    var names = new ArrayList<String>();
    var fills = new ArrayList<String>();
    int number = 0;
    for (var table : tables.values()) {
      if (labels.contains(table.label())) {
        names.add("only " + table.name());
        fills.add("insert into %s (%s) overriding system value select * from %s"
            .formatted(table.name(), table.columns(), kept(number)));
      }
      number++;
    }
    if (!names.isEmpty()) {
      execute("truncate " + String.join(", ", names));
      execute(String.join("; ", fills));
    }
    if (!sequences.isEmpty()) {
      execute(sequences.stream().collect(Collectors.joining(", ", "select ", "")));
    }
  }

  private void execute(String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.setEscapeProcessing(false);
      statement.execute(sql);
    }
  }

  @Override
  public void close() {
    Held.close(connection);
  }
}
