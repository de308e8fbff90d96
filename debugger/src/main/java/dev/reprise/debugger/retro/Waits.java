package dev.reprise.debugger.retro;

import dev.reprise.RepriseException;
import dev.reprise.debugger.replay.Locks;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for work in the database, as long as it does not wait itself for a transaction of the run that is under way, and no
 * longer than the patience allows. For one thread.
 */
final class Waits implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Waits.class);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(40);

  private final Held.Opener database;
  private final Duration patience;
  private final Supplier<Set<Integer>> underWay;
  private @Nullable Locks locks;

  /**
   * In a database.
   *
   * @param underWay the server's processes of the transactions that are under way
   */
  Waits(Held.Opener database, Duration patience, Supplier<Set<Integer>> underWay) {
    this.database = database;
    this.patience = patience;
    this.underWay = underWay;
  }

  /**
   * Waits for work.
   *
   * @param process the server's process that does it
   * @param what does it, for a message
   * @return false where it waits for a transaction that is under way
   * @throws RepriseException it takes longer than the patience allows, and cannot be cancelled
   */
  boolean isAtItsEnd(Future<?> work, int process, String what)
      throws SQLException, InterruptedException {
    return isAtItsEnd(work, process, what, () -> false);
  }

  /**
   * The same for work that may stop by itself.
   *
   * @param stopped whether it does
   * @return false where it waits for a transaction that is under way, or has stopped
   */
  boolean isAtItsEnd(Future<?> work, int process, String what, BooleanSupplier stopped)
      throws SQLException, InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    while (!isInTime(work)) {
      if (stopped.getAsBoolean() || waitsForOneUnderWay(process)) {
        return false;
      }
      if (System.nanoTime() > end) {
        cancel(work, process, what);
      }
    }
    return true;
  }

  private boolean waitsForOneUnderWay(int process) throws SQLException {
    var all = underWay.get();
    boolean isAlone = all.stream().allMatch(other -> other == process);
    return !isAlone
        && holdersFor(process).stream()
            .anyMatch(holder -> holder != process && all.contains(holder));
  }

  /** Ends the statement of work, and whatever it goes on with, until it has ended. */
  void cancel(Future<?> work, int process, String what) throws SQLException, InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    while (!work.isDone()) {
      locks().cancel(process);
      if (!isInTime(work) && System.nanoTime() > end) {
        throw new RepriseException(what + " does not end, and does not let itself be cancelled");
      }
    }
  }

  /** The processes whose locks this one waits for; empty where it does not wait. */
  Set<Integer> holdersFor(int process) throws SQLException {
    return locks().holdersFor(process);
  }

  private static boolean isInTime(Future<?> work) throws InterruptedException {
    try {
      var unused = work.get(BETWEEN_LOOKS.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      return true;
    }
  }

  private Locks locks() throws SQLException {
    var known = locks;
    if (known == null) {
      known = new Locks(database.open());
      locks = known;
    }
    return known;
  }

  @Override
  public void close() {
    try {
      if (locks != null) {
        locks.close();
      }
    } catch (SQLException e) {
      LOG.debug("a session of the scratch database ended by itself", e);
    }
  }
}
