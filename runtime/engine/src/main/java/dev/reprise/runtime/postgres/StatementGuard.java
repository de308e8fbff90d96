package dev.reprise.runtime.postgres;

import java.lang.reflect.Method;
import java.sql.CallableStatement;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A statement of a bound transaction: its texts are read before they run. */
final class StatementGuard extends Guard {
  private final Statement real;
  private final ConnectionGuard handle;
  private final StatementText prepared;
  private final List<StatementText> batch = new ArrayList<>();
  private StatementText last;

  private StatementGuard(Statement real, StatementText prepared, ConnectionGuard handle) {
    super(real);
    this.real = real;
    this.prepared = prepared;
    this.last = prepared;
    this.handle = handle;
  }

  /** The guarded face, of the same kind as the statement. */
  static Statement guard(Statement real, StatementText prepared, ConnectionGuard handle) {
    var guard = new StatementGuard(real, prepared, handle);
    if (real instanceof CallableStatement) {
      return Guard.proxy(CallableStatement.class, guard);
    }
    if (real instanceof PreparedStatement) {
      return Guard.proxy(PreparedStatement.class, guard);
    }
    return Guard.proxy(Statement.class, guard);
  }

  @Override
  @Nullable
  Object intercept(Object proxy, Method method, Object[] arguments) throws Throwable {
    return switch (method.getName()) {
      case "getConnection" -> handle.proxy();
      case "close" -> close(method, arguments);
      case "isClosed" -> call(method, arguments);
      case "execute", "executeQuery", "executeUpdate", "executeLargeUpdate" -> {
        last = textOf(arguments);
        yield execute(proxy, method, arguments);
      }
      case "executeBatch", "executeLargeBatch" -> {
        last = StatementText.batch(batch);
        batch.clear();
        yield execute(proxy, method, arguments);
      }
      case "addBatch" -> {
        StatementText added = textOf(arguments);
        Object nothing = noted(proxy, method, arguments);
        batch.add(added);
        yield nothing;
      }
      case "clearBatch" -> {
        batch.clear();
        yield noted(proxy, method, arguments);
      }
      default -> noted(proxy, method, arguments);
    };
  }

  private StatementText textOf(Object[] arguments) {
    return arguments.length == 0 ? prepared : StatementText.of((String) arguments[0]);
  }

  /** What is being run, for those who meet a failure while they read its result. */
  StatementText text() {
    return last;
  }

  private @Nullable Object close(Method method, Object[] arguments) throws Throwable {
    handle.closed(real);
    return handle.transaction().isEnded() ? null : call(method, arguments);
  }

  private @Nullable Object execute(Object proxy, Method method, Object[] arguments)
      throws Throwable {
    BoundTransaction transaction = handle.transaction();
    transaction.requireRunning();
    if (last.changesSession()) {
      transaction.taint();
    }
    try {
      Object result = call(method, arguments);
      transaction.succeeded(last);
      return DriverObjectGuard.wrap(result, handle, (Statement) proxy);
    } catch (SQLException e) {
      transaction.failed(last, e);
      throw e;
    }
  }

  private @Nullable Object noted(Object proxy, Method method, Object[] arguments) throws Throwable {
    BoundTransaction transaction = handle.transaction();
    transaction.requireRunning();
    try {
      return DriverObjectGuard.wrap(call(method, arguments), handle, (Statement) proxy);
    } catch (SQLException e) {
      transaction.failed(StatementText.named(last.text()), e);
      throw e;
    }
  }
}
