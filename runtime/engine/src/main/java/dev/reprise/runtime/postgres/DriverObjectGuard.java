package dev.reprise.runtime.postgres;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Array;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ParameterMetaData;
import java.sql.Ref;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.SQLXML;
import java.sql.Statement;
import java.sql.Struct;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A result, metadata or a large value of a bound transaction. */
final class DriverObjectGuard extends Guard {
  private static final List<Class<?>> KINDS = List.of(
      ResultSet.class,
      Array.class,
      Blob.class,
      Clob.class,
      SQLXML.class,
      Struct.class,
      Ref.class,
      DatabaseMetaData.class,
      ResultSetMetaData.class,
      ParameterMetaData.class);

  private final ConnectionGuard handle;
  private final @Nullable Statement owner;
  private final String kind;

  private DriverObjectGuard(
      Object target, Class<?> kind, ConnectionGuard handle, @Nullable Statement owner) {
    super(target);
    this.kind = kind.getSimpleName();
    this.handle = handle;
    this.owner = owner;
  }

  /**
   * The guarded face of what the driver gave; values are left as they are.
   *
   * @param owner the guarded statement that it came from, null where there is none
   */
  static @Nullable Object wrap(
      @Nullable Object given, ConnectionGuard handle, @Nullable Statement owner) {
    if (given == null
        || given instanceof String
        || given instanceof Number
        || given instanceof Boolean) {
      return given;
    }
    if (given instanceof Connection) {
      return handle.proxy();
    }
    if (given instanceof Statement statement) {
      return StatementGuard.guard(statement, StatementText.named("(driver)"), handle);
    }
    for (Class<?> kind : KINDS) {
      if (kind.isInstance(given)) {
        return Guard.proxy(kind, new DriverObjectGuard(given, kind, handle, owner));
      }
    }
    return given;
  }

  @Override
  @Nullable
  Object intercept(Object proxy, Method method, Object[] arguments) throws Throwable {
    return switch (method.getName()) {
      case "close" -> handle.transaction().isEnded() ? null : call(method, arguments);
      case "isClosed" ->
        handle.transaction().isEnded() || Boolean.TRUE.equals(call(method, arguments));
      case "getConnection" -> handle.proxy();
      case "getStatement" -> owner != null ? owner : noted(method, arguments);
      default -> noted(method, arguments);
    };
  }

  private @Nullable Object noted(Method method, Object[] arguments) throws Throwable {
    BoundTransaction transaction = handle.transaction();
    transaction.requireRunning();
    try {
      return wrap(call(method, arguments), handle, owner);
    } catch (SQLException e) {
      transaction.failed(StatementText.named(description(method)), e);
      throw e;
    }
  }

  private String description(Method method) {
    return owner != null && Proxy.getInvocationHandler(owner) instanceof StatementGuard guard
        ? guard.text().text()
        : kind + "." + method.getName();
  }
}
