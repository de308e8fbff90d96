package dev.reprise.debugger.retro;

import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * The transactions of a walk that are under way: bodies that run before their commits, and those that are due and wait for a
 * lock of another. For one thread.
 */
final class Turns {
  private final Bodies bodies;
  private final BiConsumer<Cue, Made> ended;
  private final Map<Cue, Turn> turns = new LinkedHashMap<>();
  private final Set<Cue> due = new LinkedHashSet<>();

  /**
   * None yet.
   *
   * @param ended is told of each that has come to its end
   */
  Turns(Bodies bodies, BiConsumer<Cue, Made> ended) {
    this.bodies = bodies;
    this.ended = ended;
  }

  boolean isEmpty() {
    return turns.isEmpty();
  }

  boolean isUnderWay(Cue cue) {
    return turns.containsKey(cue);
  }

  /** Whether its end has come, and others hold it up. */
  boolean isDue(Cue cue) {
    return due.contains(cue);
  }

  /** Whether the end of some has come. */
  boolean areDue() {
    return !due.isEmpty();
  }

  /** Runs a body, as far as it comes. */
  void begin(Cue cue, Bodies.Task task) throws SQLException, InterruptedException {
    turns.put(cue, bodies.begin(task));
  }

  /** Lets a body that stopped between its statements go on. */
  void goOn(Cue cue) throws SQLException, InterruptedException {
    var turn = turns.get(cue);
    if (turn != null) {
      turn.open();
      var unused = bodies.advance(turn);
    }
  }

  /** Brings one to its end; false where it is held up, and due from now on. */
  boolean end(Cue cue) throws SQLException, InterruptedException {
    var made = bodies.end(Objects.requireNonNull(turns.get(cue)));
    if (made == null) {
      due.add(cue);
      return false;
    }
    turns.remove(cue);
    due.remove(cue);
    ended.accept(cue, made);
    return true;
  }

  /** Something has ended: who waited for that comes as far as it can. False where nobody came to its end. */
  boolean goOn() throws SQLException, InterruptedException {
    boolean some = false;
    boolean moves = true;
    while (moves) {
      moves = false;
      for (var entry : List.copyOf(turns.entrySet())) {
        if (!due.contains(entry.getKey())) {
          var unused = bodies.advance(entry.getValue());
        } else if (end(entry.getKey())) {
          moves = true;
          some = true;
          break; // those before it may have waited for it
        }
      }
    }
    return some;
  }

  /** Undoes the one that has been due the longest, to let others go on; it is run again. */
  void abortOne() throws SQLException, InterruptedException {
    bodies.abort(Objects.requireNonNull(turns.get(due.iterator().next())));
  }
}
