package dev.reprise.debugger.cli;

import dev.reprise.RepriseException;
import dev.reprise.debugger.explore.Event;
import dev.reprise.debugger.explore.Search;
import dev.reprise.debugger.explore.TraceSubject;
import dev.reprise.debugger.rebuild.Scratch;
import dev.reprise.debugger.retro.Performed;
import dev.reprise.runtime.json.ExceptionCodec;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Those of one schedule of a search. To go to a point, the transactions before it are run once more, from the start, in a
 * database of its own: the state is the one that the first snapshot of the next transaction saw. For one thread.
 */
final class SchedulePoints implements Points {
  private final TraceSubject subject;
  private final List<Event> events;
  private final List<Performed> performed;
  private final List<Integer> begins = new ArrayList<>();
  private @Nullable Scratch state;
  private int point;

  /** Runs the schedule to its end once. */
  SchedulePoints(TraceSubject subject, List<Event> schedule)
      throws SQLException, InterruptedException {
    this.subject = subject;
    try (var scratch = subject.copy()) {
      this.events = Search.replay(subject, schedule, scratch).schedule();
    }
    this.performed = subject.last().performed();
    var taken = new HashMap<String, Integer>();
    for (int i = 0; i < events.size(); i++) {
      var event = events.get(i);
      switch (event.kind()) {
        case TAKE -> taken.put(event.actor(), i);
        case END -> begins.add(taken.getOrDefault(event.actor(), i));
        case WHOLE -> begins.add(i);
      }
    }
  }

  @Override
  public int size() {
    return performed.size();
  }

  @Override
  public int point() {
    return point;
  }

  @Override
  public void goTo(int wanted) {
    close();
    point = Math.max(0, Math.min(size(), wanted));
    int count = point == size() ? events.size() : begins.get(point);
    var before = events.subList(0, count).iterator();
    var scratch = subject.copy();
    state = scratch;
    try {
      var unused = subject.run(enabled -> before.hasNext() ? before.next() : null, scratch);
    } catch (SQLException e) {
      throw new RepriseException("the point cannot be made: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RepriseException("the point cannot be made: interrupted", e);
    }
  }

  @Override
  public void makeAnew() {
    goTo(point);
  }

  @Override
  public String line(int number) {
    var it = performed.get(number);
    return it.label() + " " + it.function() + " " + it.isolation() + " "
        + (it.error() == null
            ? String.valueOf(it.output())
            : "failed: " + ExceptionCodec.describe(it.error()).message())
        + (it.attempts() > 1 ? " (" + it.attempts() + " attempts)" : "");
  }

  @Override
  public List<String> told(int number) {
    var it = performed.get(number);
    var lines = new ArrayList<>(it.changes().isEmpty() ? List.of("no changes") : it.changes());
    if (it.attempts() > 1) {
      lines.add(
          "note: the database refused it for the sake of others; its last attempt saw a later state");
    }
    return lines;
  }

  @Override
  public Connection open() {
    try {
      if (state == null) {
        goTo(point);
      }
      return Objects.requireNonNull(state).open();
    } catch (SQLException e) {
      throw new RepriseException("the scratch database cannot be reached: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    var there = state;
    state = null;
    if (there != null) {
      there.close();
    }
  }
}
