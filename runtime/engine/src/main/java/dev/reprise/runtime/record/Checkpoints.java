package dev.reprise.runtime.record;

import dev.reprise.runtime.postgres.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.OptionalInt;

/** The statements on the checkpoints of an epoch. Never commits. For one thread. */
final class Checkpoints {
  private final Connection connection;
  private final int epoch;

  Checkpoints(Connection connection, int epoch) {
    this.connection = connection;
    this.epoch = epoch;
  }

  /** Whether the epoch, and its last checkpoint, began longer ago than that. */
  boolean isDue(Duration interval) throws SQLException {
    var sql = """
        select clock_timestamp() - ? * interval '1 millisecond' > greatest(e.began_at,
                 (select max(c.began_at) from reprise_history.checkpoints c where c.epoch = e.epoch))
          from reprise_history.epochs e where e.epoch = ?
        """;
    return Jdbc.query(
            connection,
            sql,
            statement -> {
              statement.setLong(1, interval.toMillis());
              statement.setInt(2, epoch);
            },
            row -> row.getBoolean(1))
        .contains(true);
  }

  /** Begins one. All copies that are begun after the commit see what it saw. */
  void begin() throws SQLException {
    var sql = """
        insert into reprise_history.checkpoints (epoch, began_lsn, began_snapshot, began_at, after_relation)
        select ?, pg_current_wal_insert_lsn(), pg_current_snapshot(), clock_timestamp(),
               (select coalesce(max(relation), 0) from reprise_history.relations)
        """;
    Jdbc.update(connection, sql, statement -> statement.setInt(1, epoch));
  }

  /** The relation above which the copies of the checkpoint are that has begun and is not complete. */
  OptionalInt open() throws SQLException {
    var sql = """
        select after_relation from reprise_history.checkpoints where epoch = ? and completed_at is null
        """;
    return Jdbc.query(
            connection, sql, statement -> statement.setInt(1, epoch), row -> row.getInt(1))
        .stream()
        .mapToInt(Integer::intValue)
        .max();
  }

  /** Every table has been copied. */
  void complete() throws SQLException {
    var sql = """
        update reprise_history.checkpoints
           set base_snapshot = pg_current_snapshot(), base_lsn = pg_current_wal_insert_lsn(),
               completed_at = clock_timestamp()
         where epoch = ? and completed_at is null
        """;
    Jdbc.update(connection, sql, statement -> statement.setInt(1, epoch));
  }
}
