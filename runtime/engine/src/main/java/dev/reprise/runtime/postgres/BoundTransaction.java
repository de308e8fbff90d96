package dev.reprise.runtime.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import org.jspecify.annotations.Nullable;

/**
 * One open transaction on a real connection, and the guarded face that user code sees of it. The wrapper of a function
 * begins and ends the transaction on {@link #real()}; user code works through {@link #handle() handles}, which refuse
 * whatever would end or redefine the transaction and remember every error of the server.
 *
 * <p>Not for concurrent use, except that handles, and all that came from them, refuse every thread after
 * {@link #end()}.
 */
public final class BoundTransaction {
  private final Connection real;
  private final FailureLedger failures = new FailureLedger();
  private boolean sessionTainted;
  private int savepoints;
  private volatile boolean ended;

  /** On a connection with autocommit off; the transaction begins with its first statement. */
  public BoundTransaction(Connection real) {
    this.real = real;
  }

  /**
   * A fresh guarded handle. Closing it closes the statements that were opened through it, and nothing else.
   *
   * @throws SQLException with SQLSTATE 08003 after {@link #end()}
   */
  public Connection handle() throws SQLException {
    requireRunning();
    return ConnectionGuard.open(this);
  }

  /** The connection itself, for the wrapper. */
  public Connection real() {
    return real;
  }

  /**
   * The first error of the server that user code met and that no rollback to a savepoint has forgiven, whether it was
   * swallowed or thrown on. A serialization failure or deadlock goes before all others and is never forgiven.
   */
  public @Nullable SqlFailure firstFailure() {
    return failures.first();
  }

  /** Whether the session may keep something of this transaction, so that the connection must not be used again. */
  public boolean sessionTainted() {
    return sessionTainted;
  }

  /** Makes all handles, statements and results useless. The connection is left as it is. */
  public void end() {
    ended = true;
  }

  /** Opens a savepoint of Reprise's own, for a joined call. */
  public Savepoint openSavepoint() throws SQLException {
    savepoints++;
    String name = SavepointCommand.RESERVED_PREFIX + savepoints;
    Savepoint savepoint = real.setSavepoint(name);
    failures.opened(name);
    return savepoint;
  }

  /** Undoes what happened since the savepoint, which stays; failures since then are forgiven, retryable ones not. */
  public void rollbackTo(Savepoint savepoint) throws SQLException {
    real.rollback(savepoint);
    rolledBackTo(savepoint);
  }

  /** Forgets the savepoint; what happened since then stays. */
  public void release(Savepoint savepoint) throws SQLException {
    String name = nameOf(savepoint);
    real.releaseSavepoint(savepoint);
    failures.released(name);
  }

  boolean isEnded() {
    return ended;
  }

  void requireRunning() throws SQLException {
    if (ended) {
      throw new SQLException(
          "the transaction of this connection has ended with its @Transaction method; get a connection"
              + " from the DataSource inside the method that uses it",
          "08003");
    }
  }

  void taint() {
    sessionTainted = true;
  }

  void opened(Savepoint savepoint) throws SQLException {
    failures.opened(nameOf(savepoint));
  }

  void rolledBackTo(Savepoint savepoint) throws SQLException {
    failures.rolledBackTo(nameOf(savepoint));
  }

  void released(String savepoint) {
    failures.released(savepoint);
  }

  void succeeded(StatementText statement) {
    for (SavepointCommand command : statement.savepoints()) {
      switch (command.kind()) {
        case OPEN -> failures.opened(command.name());
        case ROLL_BACK -> failures.rolledBackTo(command.name());
        case RELEASE -> failures.released(command.name());
      }
    }
  }

  /** A text of several statements may have opened savepoints before the one that failed. */
  void failed(StatementText statement, SQLException failure) {
    for (SavepointCommand command : statement.savepoints()) {
      if (command.kind() == SavepointCommand.Kind.OPEN) {
        failures.opened(command.name());
      }
    }
    if (SqlState.isServerError(failure)) {
      failures.note(statement.text(), failure);
    }
  }

  /** As the server knows it: the driver names those without a name after their number. */
  static String nameOf(Savepoint savepoint) throws SQLException {
    try {
      return savepoint.getSavepointName();
    } catch (SQLException unnamed) {
      return "jdbc_savepoint_" + savepoint.getSavepointId();
    }
  }
}
