package dev.reprise.runtime.postgres;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection whose validation begins the transaction that it is fetched for. The driver validates by a statement outside of
 * one, which the server counts as a commit: an idle node would commit twice for every look that it takes.
 *
 * <p>For pools that do not commit by themselves, whose users always end their transaction, and that validate connections only
 * when they hand them out.
 */
final class CheapValidation implements InvocationHandler {
  private static final Logger LOG = LoggerFactory.getLogger(CheapValidation.class);

  private final Connection connection;

  private CheapValidation(Connection connection) {
    this.connection = connection;
  }

  static Connection of(Connection connection) {
    return (Connection) Proxy.newProxyInstance(
        CheapValidation.class.getClassLoader(),
        new Class<?>[] {Connection.class},
        new CheapValidation(connection));
  }

  @Override
  public @Nullable Object invoke(
      Object proxy, Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
    if (method.getName().equals("isValid")) {
      return isValid();
    }
    try {
      return method.invoke(connection, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause() == null ? e : e.getCause();
    }
  }

  private boolean isValid() {
    try (var statement = connection.createStatement()) {
      // takes no snapshot, so that the isolation level can still be set
      return statement.execute("show transaction_read_only");
    } catch (SQLException e) {
      LOG.debug("a connection is not valid any more", e);
      return false;
    }
  }
}
