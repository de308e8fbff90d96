package dev.reprise.debugger.trace;

import dev.reprise.RepriseException;
import dev.reprise.debugger.history.History;
import dev.reprise.debugger.rebuild.Scratch;
import dev.reprise.runtime.config.DatabaseConfig;
import dev.reprise.runtime.json.Json;
import dev.reprise.runtime.postgres.Binder;
import dev.reprise.runtime.postgres.Jdbc;
import dev.reprise.runtime.postgres.Migrator;
import dev.reprise.runtime.record.CopyText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * A trace file in a database of its own that looks like a small production: the log in the schema {@code reprise}, the
 * history in {@code reprise_history}. Transaction ids and snapshots there are those of production, not of the server that
 * it is on. Thread-safe.
 */
public final class ImportedTrace implements AutoCloseable {
  /** What a trace does not tell of an execution, and the log wants to know: it is for those who go on with it. */
  private static final String UNTOLD = "{\"told\": 0, \"continued\": 0}";

  private static final int CHARACTERS_AT_ONCE = 1 << 16;

  private final Scratch database;
  private final Manifest manifest;

  private ImportedTrace(Scratch database, Manifest manifest) {
    this.database = database;
    this.manifest = manifest;
  }

  /**
   * Reads a file.
   *
   * @param into an empty scratch database, which this closes, also where the file cannot be read
   * @throws RepriseException there is no such file, it is none, damaged, or newer than this code; the message says which
   */
  public static ImportedTrace open(Path file, Scratch into) {
    boolean complete = false;
    try (var reader = new TraceReader(file)) {
      Migrator.reprise(into.config()).migrate();
      Migrator.of(into.config(), "reprise_history", "history").migrate();
      try (var connection = into.open()) {
        new Import(reader, connection).run();
      }
      complete = true;
      return new ImportedTrace(into, reader.manifest());
    } catch (SQLException e) {
      throw new RepriseException("the file " + file + " cannot be loaded: " + e.getMessage(), e);
    } finally {
      if (!complete) {
        into.close();
      }
    }
  }

  /** What the file tells about itself. */
  public Manifest manifest() {
    return manifest;
  }

  /** How to reach the database. */
  public DatabaseConfig config() {
    return database.config();
  }

  /** The history in it. */
  public History history() {
    return History.of(dataSource(), manifest.end());
  }

  private DataSource dataSource() {
    var config = database.config();
    var source = new PGSimpleDataSource();
    source.setUrl(config.url());
    if (config.user() != null) {
      source.setUser(config.user());
    }
    if (config.password() != null) {
      source.setPassword(config.password());
    }
    source.setApplicationName("reprise trace file");
    return source;
  }

  /** Drops the database. */
  @Override
  public void close() {
    database.close();
  }

  /** The loading of one file. */
  private static final class Import {
    private final TraceReader reader;
    private final Connection connection;
    private int epoch;

    Import(TraceReader reader, Connection connection) {
      this.reader = reader;
      this.connection = connection;
    }

    void run() throws SQLException {
      connection.setAutoCommit(false);
      Jdbc.update(connection, "set local synchronous_commit = off", Binder.NOTHING);
      load("reprise_history.epochs", Entries.EPOCH);
      epoch = Jdbc.queryOne(
              connection,
              "select epoch from reprise_history.epochs",
              Binder.NOTHING,
              row -> row.getInt(1))
          .orElseThrow(() -> reader.damaged(Entries.EPOCH, "it is empty", null));
      load("reprise_history.schemas", Entries.SCHEMAS);
      load("reprise_history.relations", Entries.RELATIONS);
      load("reprise_history.unrecorded", Entries.UNRECORDED);
      load("reprise_history.transactions", Entries.TRANSACTIONS);
      loadChanges();
      for (String entry : reader.manifest().entries().keySet()) {
        if (Entries.isBase(entry)) {
          loadBase(entry);
        }
      }
      load("reprise.executions", Entries.EXECUTIONS);
      load("reprise.operations", Entries.OPERATIONS);
      loadCode();
      connection.commit();
      connection.setAutoCommit(true);
      Jdbc.update(connection, "analyze", Binder.NOTHING);
    }

    /** Objects with the names of the columns. */
    private void load(String table, String entry) throws SQLException {
      var lines = new StringBuilder();
      reader.lines(entry, line -> {
        lines.append(lines.isEmpty() ? '[' : ',').append(line);
        if (lines.length() > CHARACTERS_AT_ONCE) {
          insert(table, entry, lines);
        }
      });
      if (!lines.isEmpty()) {
        insert(table, entry, lines);
      }
    }

    private void insert(String table, String entry, StringBuilder lines) throws SQLException {
      String sql = """
          insert into %1$s overriding system value
          select * from json_populate_recordset(json_populate_record(null::%1$s, '%2$s'), ?::json)
          """.formatted(table, entry.equals(Entries.EXECUTIONS) ? UNTOLD : "{}");
      try {
        Jdbc.update(
            connection,
            sql,
            statement -> statement.setString(1, lines.append(']').toString()));
      } catch (SQLException e) {
        throw reader.damaged(entry, e.getMessage(), e);
      }
      lines.setLength(0);
    }

    private void loadChanges() throws SQLException {
      copy(
          "reprise_history.changes (epoch, commit_lsn, ordinal, relation, kind, old_values, new_values, unchanged)",
          Entries.CHANGES,
          (json, text) -> {
            if (!(json instanceof Map<?, ?> change)) {
              throw new IOException("a change is no object");
            }
            text.plain(epoch)
                .plain(String.valueOf(change.get("commit_lsn")))
                .plain(String.valueOf(change.get("ordinal")))
                .plain(String.valueOf(change.get("relation")))
                .plain(String.valueOf(change.get("kind")))
                .texts(texts(change.get("old_values")))
                .texts(texts(change.get("new_values")))
                .texts(texts(change.get("unchanged")));
          });
    }

    private void loadBase(String entry) throws SQLException {
      int relation = Entries.relationOf(entry);
      copy("reprise_history.base_rows (relation, values)", entry, (json, text) -> {
        if (!(json instanceof List<?> values)) {
          throw new IOException("a row is no array");
        }
        text.plain(relation).texts(texts(values));
      });
    }

    private interface RowText {
      void write(@Nullable Object json, CopyText text) throws IOException;
    }

    private void copy(String table, String entry, RowText rows) throws SQLException {
      CopyIn copy = connection
          .unwrap(PGConnection.class)
          .getCopyAPI()
          .copyIn("copy " + table + " from stdin");
      try {
        var text = new CopyText();
        reader.lines(entry, line -> {
          rows.write(Json.parse(line), text);
          text.end();
          if (text.length() > CHARACTERS_AT_ONCE) {
            write(copy, text);
          }
        });
        write(copy, text);
        copy.endCopy();
      } catch (SQLException e) {
        throw reader.damaged(entry, e.getMessage(), e);
      } finally {
        if (copy.isActive()) {
          copy.cancelCopy();
        }
      }
    }

    private static void write(CopyIn copy, CopyText text) throws SQLException {
      byte[] bytes = text.take().getBytes(StandardCharsets.UTF_8);
      copy.writeToCopy(bytes, 0, bytes.length);
    }

    private static @Nullable List<@Nullable String> texts(@Nullable Object json) {
      if (!(json instanceof List<?> list)) {
        return null;
      }
      var texts = new ArrayList<@Nullable String>();
      list.forEach(text -> texts.add(text == null ? null : text.toString()));
      return texts;
    }

    private void loadCode() throws SQLException {
      var sql = """
          insert into reprise.deployments (version, name, functions, created_at, jar)
          select version, name, functions, created_at, ?
            from json_populate_record(null::reprise.deployments, ?::json)
          """;
      var lines = new ArrayList<String>();
      reader.lines(Entries.DEPLOYMENTS, lines::add);
      for (var line : lines) {
        if (!(Json.parse(line) instanceof Map<?, ?> deployment)) {
          throw reader.damaged(Entries.DEPLOYMENTS, "a deployment is no object", null);
        }
        var jar = reader.content(Entries.jar(String.valueOf(deployment.get("version"))));
        Jdbc.update(connection, sql, statement -> {
          statement.setBytes(1, jar);
          statement.setString(2, line);
        });
      }
    }
  }
}
