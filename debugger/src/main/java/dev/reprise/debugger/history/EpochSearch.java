package dev.reprise.debugger.history;

import dev.reprise.runtime.postgres.Binder;
import dev.reprise.runtime.postgres.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds the epoch whose changes tell what a snapshot saw. */
final class EpochSearch {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  /** The latest transactions are asked for one that the snapshot does not see; further back there is none either. */
  private static final int LOOKED_AT = 10_000;

  private final Connection connection;
  private final Snapshot snapshot;
  private final @Nullable Instant takenAt;

  EpochSearch(Connection connection, Snapshot snapshot, @Nullable Instant takenAt) {
    this.connection = connection;
    this.snapshot = snapshot;
    this.takenAt = takenAt;
  }

  Epoch find() throws SQLException {
    List<Epoch> epochs = epochs();
    if (epochs.isEmpty()) {
      throw new HistoryException(
          "nothing is recorded yet in this database: there is no base copy of its tables");
    }
    for (int i = epochs.size() - 1; i >= 0; i--) {
      Epoch epoch = epochs.get(i);
      if (hasTime(epoch) && snapshot.includes(epoch.base())) {
        requireComplete(epoch);
        return epoch;
      }
    }
    Epoch first = epochs.get(0);
    for (Epoch epoch : epochs) {
      if (hasTime(epoch)) {
        first = epoch;
      }
    }
    throw new HistoryException(
        "the snapshot " + snapshot + " is older than what is recorded: the base copy of" + " epoch "
            + first.epoch() + " was made at " + first.beganAt() + " and saw " + first.base()
            + "; " + first.whyNotEarlier());
  }

  private List<Epoch> epochs() throws SQLException {
    return Jdbc.query(
        connection,
        "select " + HistoryRows.EPOCH_COLUMNS
            + " from reprise_history.epochs where state <> 'COPYING' order by epoch",
        Binder.NOTHING,
        HistoryRows::epoch);
  }

  private boolean hasTime(Epoch epoch) {
    Instant time = takenAt;
    Instant end = epoch.endedAt();
    return time == null || (!time.isBefore(epoch.beganAt()) && (end == null || !time.isAfter(end)));
  }

  private void requireComplete(Epoch epoch) throws SQLException {
    // What it does not see was committed after it was taken, so what it sees is recorded as well.
    if (isFollowed(epoch)) {
      return;
    }
    if (epoch.endedAt() != null) {
      throw new HistoryException(
          "the recording ended at " + epoch.endedAt() + " (" + epoch.endReason()
              + "), and the snapshot " + snapshot + " was taken after all that it has");
    }
    Lsn now = isOfThisServer(epoch) ? moveRecorder() : Lsn.MAX;
    long patientUntil = System.nanoTime() + PATIENCE.toNanos();
    while (recorded(epoch).compareTo(now) < 0 && !isFollowed(epoch)) {
      if (System.nanoTime() - patientUntil > 0) {
        throw new HistoryException(
            "the recording has not come as far as the snapshot " + snapshot
                + ": it is at " + recorded(epoch)
                + ". Is a server with recording on running on this database? Its health tells how far it lags");
      }
      Jdbc.query(connection, "select pg_sleep(0.05)", Binder.NOTHING, row -> row.getString(1));
    }
  }

  private boolean isFollowed(Epoch epoch) throws SQLException {
    String sql = """
        select 1 from (
          select transaction_id from reprise_history.transactions where epoch = ? order by commit_lsn desc limit ?
        ) latest
        where not pg_visible_in_snapshot(transaction_id, ?::pg_snapshot)
        limit 1
        """;
    return !Jdbc.query(
            connection,
            sql,
            statement -> {
              statement.setInt(1, epoch.epoch());
              statement.setInt(2, LOOKED_AT);
              statement.setString(3, snapshot.toString());
            },
            row -> row.getInt(1))
        .isEmpty();
  }

  private boolean isOfThisServer(Epoch epoch) throws SQLException {
    try {
      return Jdbc.query(
              connection,
              "select system_identifier::text from pg_control_system()",
              Binder.NOTHING,
              row -> row.getString(1))
          .contains(epoch.systemIdentifier());
    } catch (SQLException e) {
      if ("42501".equals(e.getSQLState())) {
        return false;
      }
      throw e;
    }
  }

  /** All that a snapshot of the past sees was committed before now. */
  private Lsn moveRecorder() throws SQLException {
    Optional<Lsn> now = Jdbc.queryOne(
        connection,
        "select pg_current_wal_insert_lsn()::text",
        Binder.NOTHING,
        row -> Lsn.parse(row.getString(1)));
    Jdbc.query(
        connection,
        "select pg_logical_emit_message(true, 'reprise_history', '')::text",
        Binder.NOTHING,
        row -> row.getString(1));
    return now.orElse(Lsn.MAX);
  }

  private Lsn recorded(Epoch epoch) throws SQLException {
    return Jdbc.query(
            connection,
            "select recorded_lsn::text from reprise_history.epochs where epoch = ?",
            statement -> statement.setInt(1, epoch.epoch()),
            row -> Lsn.parse(row.getString(1)))
        .get(0);
  }
}
