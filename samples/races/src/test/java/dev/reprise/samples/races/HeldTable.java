package dev.reprise.samples.races;

import static org.awaitility.Awaitility.await;

import dev.reprise.runtime.postgres.Binder;
import dev.reprise.runtime.postgres.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;

/**
 * Holds a table, from outside: it can be read, and who wants to write waits until it is closed. So functions that look first
 * and then act can be brought to where all have looked and none has acted. For one thread.
 */
public final class HeldTable implements AutoCloseable {
  private final DataSource database;
  private final String table;
  private final Connection holder;

  /** Holds it from now on. */
  public HeldTable(DataSource database, String table) throws SQLException {
    this.database = database;
    this.table = table;
    this.holder = database.getConnection();
    holder.setAutoCommit(false);
    try (var lock = holder.createStatement()) {
      lock.execute("lock table " + table + " in share mode");
    }
  }

  /** Waits until so many wait to write to it. */
  public void awaitWriters(int count) {
    await("writers of " + table)
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(10))
        .until(() -> waiting() == count);
  }

  private int waiting() throws SQLException {
    try (var connection = database.getConnection()) {
      return Jdbc.queryOne(
              connection,
              "select count(*) from pg_locks where relation = '" + table
                  + "'::regclass and not granted",
              Binder.NOTHING,
              row -> row.getInt(1))
          .orElse(0);
    }
  }

  /** Lets the writers go on. */
  @Override
  public void close() throws SQLException {
    holder.rollback();
    holder.close();
  }
}
