package dev.reprise.debugger.explore;

import java.sql.SQLException;
import java.util.List;

/**
 * Requests that can be run again and again from the same start. For one thread. What it must keep, or else the search
 * misses orders:
 *
 * <ul>
 *   <li>The same choices give the same trial.
 *   <li>What an actor does next depends on nothing but its own past, on what its transactions saw (their footprints say
 *       what), and on the outcomes of those for whom it waited.
 *   <li>An event that is enabled stays so until it is chosen; each actor has at most one at a time.
 *   <li>Who waits, waits for all of something (a branch, a child, several of them), not for the first of several.
 * </ul>
 */
public interface Subject {
  /**
   * Runs from the start. Asks at every point at which some events are enabled, and lets the chosen one happen.
   *
   * @throws SQLException if the database cannot be used
   * @throws InterruptedException if the thread was interrupted
   */
  Trial run(Chooser chooser) throws SQLException, InterruptedException;

  /** The request from outside that an actor works for. */
  String requestOf(String actor);

  /** For people: the rows that a check returns behind a run of a schedule; by default none are told. */
  default List<String> rowsOf(String check, List<Event> schedule)
      throws SQLException, InterruptedException {
    return List.of();
  }

  /**
   * For people: in what the state behind a run of a schedule differs from the nearest of those behind others; by default
   * nothing is told.
   */
  default List<String> difference(List<Event> schedule, List<List<Event>> others)
      throws SQLException, InterruptedException {
    return List.of();
  }

  /** What failed in the original run: such failures are no news. */
  default List<Failure> originalFailures() {
    return List.of();
  }
}
