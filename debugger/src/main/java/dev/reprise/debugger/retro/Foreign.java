package dev.reprise.debugger.retro;

import dev.reprise.Isolation;
import dev.reprise.debugger.history.Change;
import dev.reprise.debugger.history.RecordedTransaction;
import dev.reprise.debugger.rebuild.ChangeApplier;
import dev.reprise.debugger.rebuild.RebuildException;
import dev.reprise.debugger.replay.Instruments;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * Applies the recorded changes of transactions that are not run again: of other programs, and of executions that the changed
 * code cannot reach. What they did is known by its rows, not by its statements: where the rows are others now, a change may
 * find nothing to change, which is noted. For one thread.
 */
final class Foreign implements AutoCloseable {
  private final Held.Opener database;
  private final Instruments instruments;
  private final List<String> notes = new ArrayList<>();
  private @Nullable Connection session;
  private @Nullable ChangeApplier applier;

  Foreign(Held.Opener database, Instruments instruments) {
    this.database = database;
    this.instruments = instruments;
  }

  /** Values that recorded inserts have drawn from sequences are not given to new ones. */
  void passAllSequences(Collection<RecordedTransaction> all) throws SQLException {
    var session = Held.begin(database, Isolation.READ_COMMITTED);
    try {
      for (var transaction : all) {
        instruments.passSequences(session, transaction);
      }
      session.commit();
    } finally {
      Held.close(session);
    }
  }

  /** Which of the server's processes applies. */
  int process() throws SQLException {
    return opened().unwrap(PGConnection.class).getBackendPID();
  }

  private Connection opened() throws SQLException {
    var open = session;
    if (open == null) {
      open = Held.begin(database, Isolation.READ_COMMITTED);
      session = open;
      applier = new ChangeApplier(open);
    }
    return open;
  }

  /** Applies a transaction and commits. */
  void apply(RecordedTransaction transaction) throws SQLException {
    var open = opened();
    var savepoint = open.setSavepoint();
    try {
      Objects.requireNonNull(applier).apply(transaction);
    } catch (SQLException | RebuildException e) {
      open.rollback(savepoint);
      applyOneByOne(open, transaction);
    }
    open.commit();
  }

  private void applyOneByOne(Connection open, RecordedTransaction transaction) throws SQLException {
    for (Change change : transaction.changes()) {
      var savepoint = open.setSavepoint();
      try {
        Objects.requireNonNull(applier).apply(List.of(change));
      } catch (SQLException | RebuildException e) {
        open.rollback(savepoint);
        notes.add("transaction " + transaction.xid() + ", which is not run again: its "
            + change.kind()
            + " of " + change.relation().qualifiedName() + " finds other rows now and is left out ("
            + e.getMessage() + ")");
      }
    }
  }

  @Override
  public void close() {
    if (session != null) {
      Held.close(session);
      session = null;
    }
  }

  /** What was left out. */
  List<String> notes() {
    return List.copyOf(notes);
  }
}
