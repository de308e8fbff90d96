package dev.reprise.debugger.replay;

import dev.reprise.runtime.postgres.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Watches who waits for whom in the scratch database. For one thread. */
public final class Locks implements AutoCloseable {
  private final Connection connection;

  /**
   * With a session of its own.
   *
   * @param connection which this closes
   */
  public Locks(Connection connection) throws SQLException {
    this.connection = connection;
    connection.setAutoCommit(true);
  }

  /** The processes whose locks this one waits for; empty where it does not wait. */
  public Set<Integer> holdersFor(int process) throws SQLException {
    var arrays = Jdbc.query(
        connection,
        "select pg_blocking_pids(?)",
        statement -> statement.setInt(1, process),
        row -> List.of((Integer[]) row.getArray(1).getArray()));
    return new TreeSet<>(arrays.get(0));
  }

  /** Ends the statement that the process is at. */
  public void cancel(int process) throws SQLException {
    var unused = Jdbc.query(
        connection,
        "select pg_cancel_backend(?)",
        statement -> statement.setInt(1, process),
        row -> row.getBoolean(1));
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
