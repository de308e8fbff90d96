package dev.reprise.debugger.retro;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.reprise.debugger.rebuild.Scratch;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** The sessions of a run in its database, used again: to open one takes longer than most transactions. Thread-safe. */
final class Sessions implements Held.Opener, AutoCloseable {
  private static final int MOST = 90;

  private final HikariDataSource pool;

  /** None yet. */
  Sessions(Scratch database) {
    var config = new HikariConfig();
    config.setPoolName("reprise-retro");
    config.setDataSource(driver(database));
    config.setMaximumPoolSize(MOST);
    config.setMinimumIdle(0);
    config.setInitializationFailTimeout(-1);
    config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
    pool = new HikariDataSource(config);
  }

  private static DataSource driver(Scratch database) {
    var config = database.config();
    var source = new PGSimpleDataSource();
    source.setUrl(config.url());
    if (config.user() != null) {
      source.setUser(config.user());
    }
    if (config.password() != null) {
      source.setPassword(config.password());
    }
    source.setApplicationName("reprise scratch");
    return source;
  }

  @Override
  public Connection open() throws SQLException {
    var connection = pool.getConnection();
    try (var statement = connection.createStatement()) {
      statement.execute("reset all; discard sequences"); // what a body has set for its session
      return connection;
    } catch (SQLException e) {
      pool.evictConnection(connection);
      connection.close();
      throw e;
    }
  }

  @Override
  public void close() {
    pool.close();
  }
}
