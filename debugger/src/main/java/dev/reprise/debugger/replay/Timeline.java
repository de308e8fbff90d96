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
 * that transaction saw it, and after all. After every transaction the state is the recorded one, so a point is made from the
 * start and the recorded changes. For one thread.
 */
public final class Timeline implements AutoCloseable {
  private final Scratch start;
  private final Plan plan;
  private final List<Verdict> steps;
  private final Map<Integer, Integer> numbers = new HashMap<>();
  private @Nullable Scratch current;
  private int applied;
  private int point;

  Timeline(Scratch start, Plan plan, Report report) {
    this.start = start;
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
    int commits = commitsAt(point);
    if (commits < applied) {
      close();
    }
    try (var connection = open()) {
      connection.setAutoCommit(false);
      var transactions = plan.schedule().order().transactions();
      for (; applied < commits; applied++) {
        new ChangeApplier(connection).apply(recorded(transactions.get(applied)));
        connection.commit();
      }
    } catch (SQLException e) {
      throw new RepriseException("the point cannot be made: " + e.getMessage(), e);
    }
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

  /** A connection to the state at the point. */
  public Connection open() {
    var scratch = current;
    if (scratch == null) {
      scratch = start.copy();
      current = scratch;
      applied = 0;
    }
    try {
      return scratch.open();
    } catch (SQLException e) {
      throw new RepriseException("the scratch database cannot be reached: " + e.getMessage(), e);
    }
  }

  /** Drops the database of the point. */
  @Override
  public void close() {
    var scratch = current;
    current = null;
    applied = 0;
    if (scratch != null) {
      scratch.close();
    }
  }
}
