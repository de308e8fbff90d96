package dev.reprise.runtime.postgres;

import dev.reprise.TransactionMisuseException;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One handle on a bound transaction. */
final class ConnectionGuard extends Guard {
  private final BoundTransaction transaction;
  private final Connection proxy;
  private final Set<Statement> open = Collections.newSetFromMap(new IdentityHashMap<>());
  private boolean closed;

  private ConnectionGuard(BoundTransaction transaction) {
    super(transaction.real());
    this.transaction = transaction;
    this.proxy = Guard.proxy(Connection.class, this);
  }

  static Connection open(BoundTransaction transaction) {
    return new ConnectionGuard(transaction).proxy;
  }

  BoundTransaction transaction() {
    return transaction;
  }

  Connection proxy() {
    return proxy;
  }

  void closed(Statement real) {
    open.remove(real);
  }

  @Override
  @Nullable
  Object intercept(Object self, Method method, Object[] arguments) throws Throwable {
    return switch (method.getName()) {
      case "close" -> close();
      case "isClosed" -> closed || transaction.isEnded();
      case "isValid" -> !closed && !transaction.isEnded() && (boolean) given(method, arguments);
      default -> {
        requireOpen();
        yield onOpen(method, arguments);
      }
    };
  }

  private @Nullable Object onOpen(Method method, Object[] arguments) throws Throwable {
    return switch (method.getName()) {
      case "prepareStatement", "prepareCall" -> {
        StatementText text = StatementText.of((String) arguments[0]);
        yield statement(given(method, arguments), text);
      }
      case "createStatement" ->
        statement(given(method, arguments), StatementText.named("(no statement)"));
      case "setSavepoint" -> setSavepoint(method, arguments);
      case "rollback" -> rollback(method, arguments);
      case "releaseSavepoint" -> release((Savepoint) arguments[0], method, arguments);
      case "setSchema", "setCatalog", "setClientInfo", "setTypeMap" -> {
        transaction.taint();
        yield noted(method, arguments);
      }
      default -> onTransaction(method, arguments);
    };
  }

  private @Nullable Object onTransaction(Method method, Object[] arguments) throws Throwable {
    return switch (method.getName()) {
      case "commit" -> throw Misuse.commit("commit()");
      case "getAutoCommit" -> false;
      case "setAutoCommit" -> unchanged((boolean) arguments[0], false, Misuse::autoCommit);
      case "isReadOnly" -> isReadOnly();
      case "setReadOnly" ->
        unchanged(arguments[0], isReadOnly(), () -> Misuse.transactionSetting("setReadOnly"));
      case "setTransactionIsolation" ->
        unchanged(
            arguments[0],
            transaction.real().getTransactionIsolation(),
            () -> Misuse.transactionSetting("setTransactionIsolation"));
      case "abort",
          "setNetworkTimeout",
          "setHoldability",
          "setShardingKey",
          "setShardingKeyIfValid" -> throw Misuse.ofConnection(method.getName());
      case "beginRequest", "endRequest" -> null;
      default -> DriverObjectGuard.wrap(noted(method, arguments), this, null);
    };
  }

  /** Libraries set what is set already; that does no harm. */
  private static @Nullable Object unchanged(
      Object wanted, Object actual, Supplier<TransactionMisuseException> otherwise) {
    if (!wanted.equals(actual)) {
      throw otherwise.get();
    }
    return null;
  }

  private Statement statement(Object created, StatementText text) {
    var real = (Statement) created;
    open.add(real);
    return StatementGuard.guard(real, text, this);
  }

  private Object setSavepoint(Method method, Object[] arguments) throws Throwable {
    if (arguments.length == 1) {
      requireOwnName((String) arguments[0]);
    }
    var savepoint = (Savepoint) given(method, arguments);
    transaction.opened(savepoint);
    return savepoint;
  }

  private @Nullable Object rollback(Method method, Object[] arguments) throws Throwable {
    if (arguments.length == 0) {
      throw Misuse.rollback("rollback()");
    }
    noted(method, arguments);
    transaction.rolledBackTo((Savepoint) arguments[0]);
    return null;
  }

  private @Nullable Object release(Savepoint savepoint, Method method, Object[] arguments)
      throws Throwable {
    // The driver forgets the name when it releases.
    String name = BoundTransaction.nameOf(savepoint);
    noted(method, arguments);
    transaction.released(name);
    return null;
  }

  private static void requireOwnName(String name) {
    if (name.startsWith(SavepointCommand.RESERVED_PREFIX)) {
      throw Misuse.reservedSavepoint(name);
    }
  }

  private boolean isReadOnly() throws SQLException {
    return Jdbc.query(
            transaction.real(),
            "show transaction_read_only",
            Binder.NOTHING,
            row -> row.getString(1))
        .contains("on");
  }

  private Object given(Method method, Object[] arguments) throws Throwable {
    Object result = noted(method, arguments);
    if (result == null) {
      throw new SQLException("the driver gave nothing for " + method.getName());
    }
    return result;
  }

  private @Nullable Object noted(Method method, Object[] arguments) throws Throwable {
    try {
      return call(method, arguments);
    } catch (SQLException e) {
      transaction.failed(StatementText.named("Connection." + method.getName()), e);
      throw e;
    }
  }

  private void requireOpen() throws SQLException {
    transaction.requireRunning();
    if (closed) {
      throw new SQLException(
          "this connection has been closed; get another from the DataSource", "08003");
    }
  }

  private @Nullable Object close() throws SQLException {
    closed = true;
    if (!transaction.isEnded()) {
      for (Statement statement : open) {
        statement.close();
      }
    }
    open.clear();
    return null;
  }
}
