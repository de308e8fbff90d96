package dev.reprise.debugger.retro;

import dev.reprise.debugger.rebuild.Scratch;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The database of runs that all begin on the same state, one after the other. To make another takes longer than most runs:
 * where the state is small, the tables that a run wrote are filled anew behind it, and the same database and its sessions
 * serve the next. Otherwise each run has a copy of its own. For one thread.
 */
public final class Arena implements AutoCloseable {
  private final Supplier<Scratch> copies;
  private @Nullable Scratch scratch;
  private @Nullable Sessions sessions;
  private @Nullable Refill refill;

  /**
   * With no database yet.
   *
   * @param copies of the state that runs begin on
   */
  Arena(Supplier<Scratch> copies) {
    this.copies = copies;
  }

  /** The sessions of a database that holds the state. */
  Sessions sessions() throws SQLException {
    var known = sessions;
    if (known != null) {
      return known;
    }
    var copy = copies.get();
    scratch = copy;
    var opened = new Sessions(copy);
    sessions = opened;
    refill = Refill.of(copy.open());
    return opened;
  }

  /** A connection to the database as it is now; to be closed. */
  public Connection open() throws SQLException {
    return sessions().open();
  }

  /**
   * Behind a run, when nobody uses the database.
   *
   * @param written the tables that it may have written, {@code schema.table}
   */
  public void reset(Set<String> written) throws SQLException {
    if (refill == null || !refill.again(written)) {
      close();
    }
  }

  /** Drops the database, if there is one. */
  @Override
  public void close() {
    if (refill != null) {
      refill.close();
      refill = null;
    }
    if (sessions != null) {
      sessions.close();
      sessions = null;
    }
    if (scratch != null) {
      scratch.close();
      scratch = null;
    }
  }
}
