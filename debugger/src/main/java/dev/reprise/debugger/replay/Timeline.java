package dev.reprise.debugger.replay;

import dev.reprise.RepriseException;
import dev.reprise.debugger.history.RecordedTransaction;
import dev.reprise.debugger.rebuild.ChangeApplier;
import dev.reprise.debugger.rebuild.Scratch;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A replayed trace as a row of points to go to, forth and back: before each of its transactions, where the database is as
 * that transaction saw it, and after all. After every transaction the state is the recorded one, so one goes forth by applying
 * the recorded changes, and back by taking them back; only behind a TRUNCATE, from the start again, and where the definitions
 * changed, from the state behind that. For one thread.
 */
public final class Timeline implements AutoCloseable {
  private final Segments segments;
  private final Plan plan;
  private final List<Verdict> steps;
  private final Map<Integer, Integer> numbers = new HashMap<>();
  private @Nullable Current current;
  private int segment;
  private int applied;
  private int point;

  /** The database of the point. */
  private record Current(Scratch scratch, UndoLog undo) {}

  Timeline(Segments segments, Plan plan, Report report) {
    this.segments = segments;
    this.plan = plan;
    var order = new ArrayList<Verdict>();
    for (var action : plan.schedule().actions()) {
      if (action instanceof Schedule.Action.End end) {
        numbers.put(order.size(), end.call());
        order.add(report.calls().get(end.call()));
      }
    }
    this.steps = List.copyOf(order);
  }

  /** The transactions in the order in which they are replayed. */
  public List<Verdict> steps() {
    return steps;
  }

  /** How many of them lie before the point. */
  public int point() {
    return point;
  }

  /**
   * Goes to a point.
   *
   * @param wanted from 0, before all, to the number of steps, after all; brought into that
   */
  public void goTo(int wanted) {
    point = Math.max(0, Math.min(steps.size(), wanted));
    int wantedSegment = segmentAt(point);
    int commits = Math.max(segments.begin(wantedSegment), commitsAt(point));
    boolean there = false;
    try {
      if (wantedSegment != segment) {
        close();
        segment = wantedSegment;
      }
      if (commits < applied && !goBack(commits)) {
        close();
      }
      goForth(commits);
      there = true;
    } catch (SQLException e) {
      throw new RepriseException("the point cannot be made: " + e.getMessage(), e);
    } finally {
      if (!there) {
        close(); // the next point is made from the start
      }
    }
  }

  private boolean goBack(int commits) throws SQLException {
    try (var connection = openToWrite()) {
      if (!current().undo().takeBackAfter(connection, commits)) {
        connection.rollback();
        return false;
      }
      connection.commit();
      applied = commits;
      return true;
    }
  }

  private void goForth(int commits) throws SQLException {
    try (var connection = openToWrite()) {
      var applier = new ChangeApplier(connection);
      var transactions = plan.schedule().order().transactions();
      while (applied < commits) {
        current().undo().begin(connection, applied + 1);
        applier.apply(recorded(transactions.get(applied)));
        connection.commit();
        applied++;
      }
    }
  }

  private Connection openToWrite() throws SQLException {
    var connection = open();
    try (var statement = connection.createStatement()) {
      statement.execute(
          "set synchronous_commit = off; set datestyle = 'ISO, MDY'; set bytea_output = hex; set extra_float_digits = 1");
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
    connection.setAutoCommit(false);
    return connection;
  }

  private RecordedTransaction recorded(long transaction) {
    return Objects.requireNonNull(plan.recorded().get(transaction));
  }

  /** The next transaction's snapshot is taken after so many commits. */
  private int commitsAt(int step) {
    if (step == steps.size()) {
      return plan.schedule().order().size();
    }
    return plan.schedule()
        .placed()
        .get(Objects.requireNonNull(numbers.get(step)))
        .taken();
  }

  private Current current() throws SQLException {
    var there = current;
    if (there != null) {
      return there;
    }
    var scratch = segments.ground(segment).start().copy();
    boolean made = false;
    try (var connection = scratch.open()) {
      there = new Current(scratch, UndoLog.install(connection));
      current = there;
      applied = segments.begin(segment);
      made = true;
      return there;
    } finally {
      if (!made) {
        scratch.close();
      }
    }
  }

  private int segmentAt(int step) {
    return step == steps.size()
        ? Math.max(
            segments.ofEnd(plan.schedule().order()),
            steps.isEmpty() ? 0 : segmentAt(steps.size() - 1))
        : segments.ofCall(plan, Objects.requireNonNull(numbers.get(step)));
  }

  /** A connection to the state at the point. */
  public Connection open() {
    try {
      return current().scratch().open();
    } catch (SQLException e) {
      throw new RepriseException("the scratch database cannot be reached: " + e.getMessage(), e);
    }
  }

  /** Drops the database of the point. */
  @Override
  public void close() {
    var there = current;
    current = null;
    applied = 0;
    if (there != null) {
      there.scratch().close();
    }
  }
}
