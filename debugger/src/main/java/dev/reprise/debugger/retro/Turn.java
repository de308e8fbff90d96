package dev.reprise.debugger.retro;

import dev.reprise.Isolation;
import dev.reprise.debugger.replay.StatementGate;
import java.sql.Connection;
import java.util.List;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * A transaction that is under way: its body runs, or waits for a lock, or has come to its end and waits for the commit. For
 * the directing thread.
 */
final class Turn {
  private final Bodies.Task task;
  private Footprint seen;
  private int attempts = 1;
  private boolean isAsProduction;
  private @Nullable Attempt current;
  private int opened;

  Turn(Bodies.Task task, Footprint seen) {
    this.task = task;
    this.seen = seen;
  }

  /**
   * One run of the body in a session of its own.
   *
   * @param process the server's process of the session
   * @param isolation of its transaction
   * @param taken how many commits its snapshot sees
   * @param isOnHeld whether the snapshot is the one of the original
   * @param gate lets its body come as far as it may
   */
  record Attempt( // tidy: a session and what is known of it
      Connection session,
      int process,
      Isolation isolation,
      int taken,
      boolean isOnHeld,
      StatementGate gate,
      Future<BodyRun> run) {}

  Bodies.Task task() {
    return task;
  }

  /** How often it was run. */
  int attempts() {
    return attempts;
  }

  /** What it read and wrote in all its attempts. */
  Footprint seen() {
    return seen;
  }

  /** The attempt that is under way; null after one was undone. */
  @Nullable
  Attempt current() {
    return current;
  }

  void begin(Attempt attempt) {
    current = attempt;
  }

  /** Whether it runs beside the database's own judgement of conflicts, because production let it pass. */
  boolean isAsProduction() {
    return isAsProduction;
  }

  /** The same attempt again at another level. */
  void asProduction() {
    isAsProduction = true;
  }

  /** Before which statements it is to wait from here on. */
  List<Integer> stopsAhead() {
    return task.stops()
        .subList(Math.min(opened, task.stops().size()), task.stops().size());
  }

  /** Lets its body go on to the next stop. */
  void open() {
    opened++;
    if (current != null) {
      current.gate().open();
    }
  }

  /** Lets its body go on to its end. */
  void openAll() {
    opened = task.stops().size();
    if (current != null) {
      current.gate().openAll();
    }
  }

  /** One more attempt. */
  void again(Footprint alsoSeen) {
    isAsProduction = false;
    attempts++;
    seen = seen.and(alsoSeen);
  }

  /** Undoes what is under way. */
  void undo() {
    if (current != null) {
      Held.close(current.session());
      current = null;
    }
  }

  /** Gives back its session, and the snapshot that it was to see. */
  void close() {
    undo();
    if (task.held() != null) {
      task.held().close();
    }
  }
}
