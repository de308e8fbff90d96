package dev.reprise.runtime.store;

import dev.reprise.runtime.store.LogWrite.Result;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/**
 * Records operations together with their effect on other rows of the schema, as one transaction: a message sent, an event
 * published, an execution continued. All or nothing. Thread-safe.
 *
 * <p>The log comes first: whoever waits for the row of another execution then holds no more than keys of its own log, for
 * which nobody waits who holds such a row, so these transactions are in no deadlock.
 */
public final class JointWrite {
  private final LogDatabase database;
  private final GroupWrite log;

  /** On this database. */
  public JointWrite(LogDatabase database, GroupWrite log) {
    this.database = database;
    this.log = log;
  }

  /** What goes with the operations. */
  @FunctionalInterface
  public interface Effect<T> {
    /** Has the effect, or throws {@link Refused}. */
    T on(Connection connection) throws SQLException;
  }

  /** The effect cannot be had; the transaction is undone. */
  public static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final Reason reason;

    /** For that reason. */
    public Refused(Reason reason) {
      super(reason.name(), null, false, false);
      this.reason = reason;
    }

    /** Why. */
    public Reason reason() {
      return reason;
    }
  }

  /** Why an effect cannot be had. */
  public enum Reason {
    /** There is no execution of that id. */
    UNKNOWN,
    /** The execution has ended. */
    ENDED,
    /** Another runner was first. */
    LOST_RACE,
    /** It was done before. */
    DONE_BEFORE
  }

  /**
   * Writes.
   *
   * @return what the effect gave; empty where another runner recorded first
   * @throws Refused nothing was written
   */
  public <T> Optional<T> write(LogWrite write, Effect<T> effect) {
    return database.log(connection -> {
      var result = log.write(connection, List.of(write)).get(0);
      return result == Result.WRITTEN ? Optional.of(effect.on(connection)) : Optional.empty();
    });
  }
}
