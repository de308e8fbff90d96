package dev.reprise.debugger.replay;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Has a body run in parts: before certain statements it waits until it may go on. Statements are counted as they are
 * executed; a batch is one. Thread-safe.
 */
public final class StatementGate {
  private static final String GIVEN_UP = "the transaction is over";

  private final List<Integer> stops;
  private final Watcher watcher;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private int opened;
  private int statements;
  private boolean holding;
  private boolean givenUp;

  /**
   * Holds a body at some statements.
   *
   * @param stops the numbers of the statements, from 0, before which it waits, in their order
   */
  public StatementGate(List<Integer> stops) {
    this(stops, Watcher.NONE);
  }

  /** The same, telling what comes through. */
  StatementGate(List<Integer> stops, Watcher watcher) {
    this.stops = List.copyOf(stops);
    this.watcher = watcher;
  }

  /** Is told of every statement, on the thread of the body. */
  interface Watcher {
    /** Looks at nothing. */
    Watcher NONE = (connection, text, failed) -> {};

    /**
     * A statement has been executed.
     *
     * @param connection that it was executed on
     * @param text of it; null where it is not known
     * @param failed whether the server refused it
     */
    void passed(Connection connection, @Nullable String text, boolean failed) throws SQLException;
  }

  /** The connection as the body is to see it. */
  public Connection over(Connection connection) {
    return stops.isEmpty() && watcher == Watcher.NONE
        ? connection
        : proxy(
            Connection.class,
            (method, arguments) ->
                made(connection, invoke(connection, method, arguments), firstText(arguments)));
  }

  private static @Nullable String firstText(@Nullable Object @Nullable [] arguments) {
    return arguments != null && arguments.length > 0 && arguments[0] instanceof String text
        ? text
        : null;
  }

  private @Nullable Object made(
      Connection connection, @Nullable Object made, @Nullable String prepared) {
    if (!(made instanceof Statement statement)) {
      return made;
    }
    Class<?> type = made instanceof java.sql.CallableStatement
        ? java.sql.CallableStatement.class
        : made instanceof java.sql.PreparedStatement
            ? java.sql.PreparedStatement.class
            : Statement.class;
    return proxy(type, (method, arguments) -> {
      if (!method.getName().startsWith("execute")) {
        return invoke(statement, method, arguments);
      }
      pass();
      boolean failed = true;
      try {
        var result = invoke(statement, method, arguments);
        failed = false;
        return result;
      } finally {
        var given = firstText(arguments);
        watcher.passed(connection, given == null ? prepared : given, failed);
      }
    });
  }

  private interface Call {
    @Nullable
    Object of(Method method, @Nullable Object @Nullable [] arguments) throws Throwable;
  }

  private static <T> T proxy(Class<T> type, Call call) {
    return type.cast(Proxy.newProxyInstance(
        StatementGate.class.getClassLoader(),
        new Class<?>[] {type},
        (proxy, method, arguments) -> method.getName().equals("equals")
            ? arguments != null && proxy == arguments[0]
            : call.of(method, arguments)));
  }

  private static @Nullable Object invoke(
      Object on, Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
    try {
      return method.invoke(on, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  /** Waits before a statement, where it is to. */
  private void pass() throws SQLException {
    lock.lock();
    try {
      int next = statements++;
      while (!givenUp && opened < stops.size() && stops.get(opened) <= next) {
        holding = true;
        changed.await();
      }
      if (givenUp) {
        throw new SQLException(GIVEN_UP, "08003");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SQLException(GIVEN_UP, "08003", e);
    } finally {
      holding = false;
      lock.unlock();
    }
  }

  /** Whether the body waits here. */
  public boolean isHolding() {
    lock.lock();
    try {
      return holding;
    } finally {
      lock.unlock();
    }
  }

  /** Lets the body go on to the next stop. */
  public void open() {
    lock.lock();
    try {
      openTo(opened + 1);
    } finally {
      lock.unlock();
    }
  }

  /** Lets the body go on to its end. */
  public void openAll() {
    openTo(stops.size());
  }

  private void openTo(int stop) {
    lock.lock();
    try {
      opened = Math.max(opened, stop);
      holding = false;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Every statement from now on fails. */
  public void giveUp() {
    lock.lock();
    try {
      givenUp = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
