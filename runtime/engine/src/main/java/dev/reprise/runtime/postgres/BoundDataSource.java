package dev.reprise.runtime.postgres;

import dev.reprise.TransactionMisuseException;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.function.Supplier;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The {@link DataSource} injected into functions: its connections are handles on the running function's transaction. Thread-safe. */
public final class BoundDataSource implements DataSource {
  private final Supplier<@Nullable BoundTransaction> current;

  /** With where to find the transaction that runs on this thread; null outside of one. */
  public BoundDataSource(Supplier<@Nullable BoundTransaction> current) {
    this.current = current;
  }

  /**
   * A handle on the running function's transaction.
   *
   * @throws TransactionMisuseException no {@code @Transaction} runs on this thread
   */
  @Override
  public Connection getConnection() throws SQLException {
    BoundTransaction transaction = current.get();
    if (transaction == null) {
      throw Misuse.outsideTransaction();
    }
    return transaction.handle();
  }

  /** Refused: whose connection it is, is not the function's choice. */
  @Override
  public Connection getConnection(String username, String password) {
    throw new TransactionMisuseException(
        "getConnection(user, password) is refused: the function runs on the connection of its"
            + " transaction; use getConnection(), and @Transaction(role = ..) for another role");
  }

  @Override
  public @Nullable PrintWriter getLogWriter() {
    return null;
  }

  @Override
  public void setLogWriter(@Nullable PrintWriter out) throws SQLException {
    throw new SQLFeatureNotSupportedException("logging goes through SLF4J");
  }

  @Override
  public void setLoginTimeout(int seconds) throws SQLException {
    throw new SQLFeatureNotSupportedException("time-outs come from the database's configuration");
  }

  @Override
  public int getLoginTimeout() {
    return 0;
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException("logging goes through SLF4J");
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    if (type.isInstance(this)) {
      return type.cast(this);
    }
    throw new SQLException("there is no " + type.getName() + " behind a function's DataSource");
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return type.isInstance(this);
  }
}
