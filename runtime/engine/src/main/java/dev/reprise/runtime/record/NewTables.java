package dev.reprise.runtime.record;

import dev.reprise.runtime.config.DatabaseConfig;
import dev.reprise.runtime.postgres.Backoff;
import dev.reprise.runtime.postgres.Binder;
import dev.reprise.runtime.postgres.ConnectionHook;
import dev.reprise.runtime.postgres.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits until the recorder, whichever node it is on, has found what a migration made: what is written to a table before is in
 * no change. Without state.
 */
public final class NewTables {
  private static final Logger LOG = LoggerFactory.getLogger(NewTables.class);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(50);

  private NewTables() {}

  /**
   * Waits where somebody records, until all tables are recorded and copied as they are now, or are known as not recorded. Never
   * fails: where that cannot be found out, or takes too long, it returns.
   *
   * @param patience how long at most
   */
  public static void await(DatabaseConfig database, Duration patience) {
    long end = System.nanoTime() + patience.toNanos();
    try (var connection = RecorderSession.control(database, ConnectionHook.NONE)) {
      if (!isRecorded(connection)) {
        return;
      }
      hurry(connection);
      while (!areFound(connection)) {
        if (System.nanoTime() > end) {
          LOG.info(
              "the recorder has not found all new tables within {}; it is not waited for",
              patience);
          return;
        }
        Backoff.await(BETWEEN_LOOKS);
      }
    } catch (SQLException | RecordingImpossibleException e) {
      LOG.debug("the recorder is not waited for", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static boolean isRecorded(Connection connection) throws SQLException {
    boolean there = is(connection, "select to_regclass('reprise_history.epochs') is not null");
    return there && is(connection, """
        select exists (select from reprise_history.epochs e join pg_replication_slots s on s.slot_name = e.slot
                        where e.epoch = (select max(epoch) from reprise_history.epochs)
                          and e.state = 'RECORDING' and s.active)
        """);
  }

  /** It looks when the server's log has grown. */
  private static void hurry(Connection connection) throws SQLException {
    var unused = Jdbc.query(
        connection,
        "select pg_logical_emit_message(true, 'reprise_history', repeat('.', 8192))::text",
        Binder.NOTHING,
        row -> row.getString(1));
    connection.commit();
  }

  private static boolean areFound(Connection connection) throws SQLException {
    var epoch = new HistoryStore(connection).latestEpoch();
    if (epoch.isEmpty()) {
      return true;
    }
    int number = epoch.get().number();
    var relations = Relations.load(connection, number);
    List<String> unrecorded = Jdbc.query(
        connection,
        "select table_schema || '.' || table_name from reprise_history.unrecorded where epoch = ?",
        statement -> statement.setInt(1, number),
        row -> row.getString(1));
    boolean all = Catalog.tables(connection, Publication.NAME).stream()
        .allMatch(table -> unrecorded.contains(table.shape().name())
            || table.published()
                && relations
                    .copied(table.shape().oid())
                    .filter(copied -> !table.outgrew(copied))
                    .isPresent());
    connection.rollback();
    return all;
  }

  private static boolean is(Connection connection, String query) throws SQLException {
    return Jdbc.query(connection, query, Binder.NOTHING, row -> row.getBoolean(1))
        .contains(true);
  }
}
