package dev.reprise.runtime.record;

import static org.awaitility.Awaitility.await;

import dev.reprise.runtime.config.DatabaseConfig;
import dev.reprise.runtime.postgres.Binder;
import dev.reprise.runtime.postgres.ConnectionHook;
import dev.reprise.runtime.postgres.Jdbc;
import dev.reprise.runtime.postgres.ScratchDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A database of its own for a test, and the recorders that run on it. */
final class RecordedDatabase implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final ScratchDatabase database = ScratchDatabase.forTests();
  private final List<Recorder> recorders = new ArrayList<>();

  DatabaseConfig config() {
    return database.config();
  }

  /** A recorder that may or may not be the one. */
  Recorder start() {
    return start(RecordConfig.AUTO);
  }

  Recorder start(RecordConfig config) {
    var recorder = new Recorder(database.config(), config, ConnectionHook.NONE);
    recorders.add(recorder);
    recorder.start();
    return recorder;
  }

  /** A recorder that records. */
  Recorder record() {
    var recorder = start();
    awaitState(recorder, RecordStatus.State.RECORDING);
    return recorder;
  }

  static void awaitState(Recorder recorder, RecordStatus.State state) {
    await("the recorder to be " + state)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> recorder.status().state() == state);
  }

  /** Until all that is committed now is in the history. */
  void awaitRecorded() {
    var now = text("select pg_current_wal_insert_lsn()");
    run("select pg_logical_emit_message(true, 'reprise_history', '')");
    await("the history to reach " + now)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> is("""
            select recorded_lsn >= '%s' and state = 'RECORDING' from reprise_history.epochs
             order by epoch desc limit 1
            """.formatted(now)));
  }

  /** Until changes of a table are recorded from now on. */
  void awaitCopied(String table) {
    await("a copy of " + table)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> is("""
            select exists (select from reprise_history.relations
                            where format('%%I.%%I', table_schema, table_name) = '%s' and base_snapshot is not null
                              and epoch = (select max(epoch) from reprise_history.epochs))
            """.formatted(table)));
  }

  Connection connect() {
    try {
      return DriverManager.getConnection(
          database.config().url(), database.config().user(), database.config().password());
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  void run(String statements) {
    try (var connection = connect();
        var statement = connection.createStatement()) {
      statement.execute(statements);
    } catch (SQLException e) {
      throw new IllegalStateException(statements, e);
    }
  }

  List<String> texts(String query) {
    try (var connection = connect()) {
      return Jdbc.query(connection, query, Binder.NOTHING, row -> String.valueOf(row.getString(1)));
    } catch (SQLException e) {
      throw new IllegalStateException(query, e);
    }
  }

  String text(String query) {
    var found = texts(query);
    if (found.size() != 1) {
      throw new IllegalStateException("one row expected, not " + found + ": " + query);
    }
    return found.get(0);
  }

  boolean is(String query) {
    return text(query).equals("t");
  }

  @Override
  public void close() {
    recorders.forEach(Recorder::close);
    database.close();
  }
}
