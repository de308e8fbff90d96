package dev.reprise.debugger.rebuild;

import dev.reprise.debugger.history.History;
import dev.reprise.debugger.history.Snapshot;
import dev.reprise.runtime.json.Json;
import dev.reprise.runtime.postgres.Binder;
import dev.reprise.runtime.postgres.Jdbc;
import dev.reprise.runtime.postgres.Migrator;
import dev.reprise.runtime.postgres.ScratchDatabase;
import dev.reprise.runtime.record.SchemaReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A database whose history is written by triggers and by this class, as the recorder would write it: where transactions
 * commit by {@link #commit}, one after the other. Positions in the log are counted.
 */
final class RecordedSource implements AutoCloseable {
  private final ScratchDatabase database = ScratchDatabase.forTests();
  private final Connection own;
  private long position = 16;

  RecordedSource() throws SQLException, IOException {
    Migrator.of(database.config(), "reprise_history", "history").migrate();
    own = session();
    try (InputStream sql = RecordedSource.class.getResourceAsStream("capture.sql")) {
      execute(new String(Objects.requireNonNull(sql).readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  Connection session() throws SQLException {
    return DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password());
  }

  History history() {
    var source = new PGSimpleDataSource();
    source.setUrl(database.jdbcUrl());
    source.setUser(database.user());
    source.setPassword(database.password());
    return History.of(source);
  }

  void execute(String sql) throws SQLException {
    execute(own, sql);
  }

  static void execute(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  String text(String sql) throws SQLException {
    return text(own, sql);
  }

  static String text(Connection connection, String sql) throws SQLException {
    return Jdbc.query(connection, sql, Binder.NOTHING, row -> row.getString(1)).get(0);
  }

  private String next() {
    position += 16;
    return "0/%X".formatted(position);
  }

  /** Begins to record all tables; nothing else runs meanwhile. */
  void begin() throws SQLException {
    execute("""
        insert into reprise_history.epochs (epoch, slot, system_identifier, timeline, server_version, database,
          base_snapshot, base_lsn, recorded_lsn, began_at, state)
        values (1, 's', '1', 1, '18', 'd', pg_current_snapshot(), '0/10', '0/10', now() - interval '1 hour',
          'RECORDING')
        """);
    for (String table : tables()) {
      copy(table);
    }
    schemaSeen();
  }

  private List<String> tables() throws SQLException {
    return Jdbc.query(own, """
        select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind = 'r' and n.nspname !~ '^(pg_|reprise$|reprise_history$|information_schema$)' order by 1
        """, Binder.NOTHING, row -> row.getString(1));
  }

  /** Takes a base copy of a table and records it from now on. */
  void copy(String table) throws SQLException {
    execute("""
        select reprise_history.copy_table('%1$s'::regclass, '%2$s');
        update reprise_history.epochs set recorded_lsn = '%2$s'
        """.formatted(table, next()));
  }

  /** The columns of a table have changed. */
  void tableChanged(String table) throws SQLException {
    execute("select reprise_history.add_relation('%s'::regclass, '%s')".formatted(table, next()));
  }

  void schemaSeen() throws SQLException {
    Object json = Json.parse(SchemaReader.read(own));
    Map<Object, Object> schema = new LinkedHashMap<>((Map<?, ?>) Objects.requireNonNull(json));
    var statements = new ArrayList<Object>();
    for (Object statement : (List<?>) Objects.requireNonNull(schema.get("statements"))) {
      if (!String.valueOf(((Map<?, ?>) statement).get("sql")).contains("capture_")) {
        statements.add(statement);
      }
    }
    schema.put("statements", statements);
    Jdbc.update(own, """
            insert into reprise_history.schemas (epoch, seen_lsn, seen_at, ddl, seen_snapshot)
            values (1, ?::pg_lsn, now(), ?::jsonb, pg_current_snapshot())
            """, statement -> {
      statement.setString(1, next());
      statement.setString(2, Json.write(schema));
    });
  }

  /** Commits a session whose autocommit is off. */
  void commit(Connection session) throws SQLException {
    String xid = text(session, "select pg_current_xact_id_if_assigned()::text");
    session.commit();
    if (xid == null) {
      return;
    }
    execute("""
        with moved as (
          update reprise_history.changes set commit_lsn = '%1$s' where epoch = -%2$s returning 1)
        insert into reprise_history.transactions select 1, '%1$s', '%2$s', now(), count(*) from moved;
        update reprise_history.changes set epoch = 1 where epoch = -%2$s;
        update reprise_history.epochs set recorded_lsn = '%1$s';
        """.formatted(next(), xid));
  }

  /** Runs statements as one transaction. */
  void transaction(String sql) throws SQLException {
    try (Connection session = session()) {
      session.setAutoCommit(false);
      execute(session, sql);
      commit(session);
    }
  }

  Snapshot snapshot() throws SQLException {
    return Snapshot.parse(text("select pg_current_snapshot()::text"));
  }

  /** All rows of all tables as the session's transaction sees them, as text. */
  static String contents(Connection session) throws SQLException {
    var contents = new StringBuilder();
    List<String> tables = Jdbc.query(session, """
        select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'm')
          and n.nspname !~ '^(pg_|reprise$|reprise_history$|reprise_rebuild$|information_schema$)' order by 1
        """, Binder.NOTHING, row -> row.getString(1));
    for (String table : tables) {
      contents.append(table).append('\n');
      for (String row : Jdbc.query(
          session,
          "select t::text from only " + table + " t order by t::text collate \"C\"",
          Binder.NOTHING,
          row -> row.getString(1))) {
        contents.append("  ").append(row).append('\n');
      }
    }
    return contents.toString();
  }

  String contents() throws SQLException {
    return contents(own);
  }

  @Override
  public void close() throws SQLException {
    own.close();
    database.close();
  }
}
