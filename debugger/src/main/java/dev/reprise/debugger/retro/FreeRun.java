package dev.reprise.debugger.retro;

import dev.reprise.Isolation;
import dev.reprise.RepriseException;
import dev.reprise.debugger.history.Change;
import dev.reprise.debugger.history.RecordedTransaction;
import dev.reprise.debugger.replay.Instruments;
import dev.reprise.debugger.replay.Plan;
import dev.reprise.debugger.replay.Script;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Recorded requests run again from the state that the trace began on, in an order that somebody else chooses, transaction by
 * transaction. What other programs did meanwhile is left out. For one thread.
 */
public final class FreeRun implements AutoCloseable {
  private final Plan plan;
  private final List<Script> scripts;
  private final Cast cast;
  private final Bodies bodies;
  private final Sessions database;
  private final boolean isOwner;
  private final Places places;
  private final Map<Cue, Held> held = new HashMap<>();
  private final List<Performed> performed = new ArrayList<>();
  private final Moment moment = new Moment() {
    @Override
    public int commits() {
      return commits;
    }

    @Override
    public boolean isUndisturbedSince(int before) {
      return false;
    }
  };
  private int commits;

  FreeRun( // tidy: the collaborators of a run, wired once in Retroaction
      Plan plan,
      List<Script> scripts,
      Cast cast,
      Bodies bodies,
      Sessions database,
      boolean isOwner,
      Instruments instruments)
      throws SQLException {
    this.plan = plan;
    this.scripts = scripts;
    this.cast = cast;
    this.bodies = bodies;
    this.database = database;
    this.isOwner = isOwner;
    this.places = new Places(plan.calls());
    try (var foreign = new Foreign(this.database, instruments)) {
      foreign.passAllSequences(plan.recorded().values());
    }
    for (var script : scripts) {
      if (script.row().parentExecution() == null) {
        cast.begin(script);
      }
    }
  }

  /**
   * A branch that has come to a transaction.
   *
   * @param actor its name: the execution's id, and the position where it begins behind a slash, unless it is the main one
   * @param request the id of the execution from outside that it works for
   * @param taken whether its snapshot has been taken
   */
  public record Waiting(
      String actor, String request, String function, Isolation isolation, boolean taken) {}

  /** The name of a branch. */
  private static String actor(Cue cue) {
    return cue.branch().isEmpty() ? cue.request().id() : cue.request().id() + "/" + cue.branch();
  }

  /** Waits until all code rests; who could go on, by their names. None: all have ended, or wait for ever. */
  public List<Waiting> waiting() throws InterruptedException {
    var all = new TreeMap<String, Waiting>();
    for (var cue : cast.rest()) {
      var root = cue.request();
      for (var parent = root.parent(); parent != null; parent = root.parent()) {
        root = parent;
      }
      all.put(
          actor(cue),
          new Waiting(
              actor(cue), root.id(), cue.call().name(), cue.isolation(), held.containsKey(cue)));
    }
    return List.copyOf(all.values());
  }

  private Cue cue(String actor) throws InterruptedException {
    return cast.rest().stream()
        .filter(cue -> actor(cue).equals(actor))
        .findFirst()
        .orElseThrow(() -> new RepriseException(actor + " is at no transaction"));
  }

  /** Takes the snapshot that the next transaction of a branch is to see. */
  public void take(String actor) throws SQLException, InterruptedException {
    held.put(cue(actor), Held.take(database, commits, bodies.areProbed()));
  }

  /** Runs the next transaction of a branch to its end, on its snapshot, or on one of now where none was taken. */
  public Performed end(String actor) throws SQLException, InterruptedException {
    var cue = cue(actor);
    var at = places.of(cue, () -> null);
    var inserts = new ArrayList<Change>();
    for (int number : at.originals()) {
      var transaction = recordedOf(number);
      if (transaction != null) {
        inserts.addAll(transaction.changes());
      }
    }
    var snapshot = held.remove(cue);
    var made =
        bodies.perform(new Bodies.Task(cue, snapshot, inserts, null, null, moment, List.of()));
    var inPlaceOf =
        at.originals().stream().map(number -> plan.calls().get(number).label()).toList();
    var told = made.told(cue, inPlaceOf, commits);
    performed.add(told);
    if (!made.changes().isEmpty()) {
      commits++;
    }
    cast.release(cue, made.row(cue, cue.call().now()));
    return told;
  }

  private @Nullable RecordedTransaction recordedOf(int number) {
    var transaction = plan.calls().get(number).operation().transactionId();
    return transaction == null ? null : plan.recorded().get(transaction);
  }

  /** The transactions so far, in the order in which they ended. */
  public List<Performed> performed() {
    return List.copyOf(performed);
  }

  /** What became of the executions. */
  public List<Redone> executions() {
    var all = new ArrayList<Redone>();
    for (var request : cast.requests()) {
      var original = request.original();
      all.add(new Redone(
          request.id(),
          request.row().function(),
          request.parent() == null
              ? null
              : Objects.requireNonNull(request.parent()).id(),
          Redone.How.RUN,
          request.stopped(),
          original == null ? null : Request.endingOf(original.row()),
          request.ending()));
    }
    return all;
  }

  /** How many executions there are at least. */
  public int size() {
    return scripts.size();
  }

  /** A connection to the database as it is now; to be closed. */
  public java.sql.Connection open() throws SQLException {
    return database.open();
  }

  @Override
  public void close() {
    cast.close();
    held.values().forEach(Held::close);
    held.clear();
    bodies.close();
    if (isOwner) {
      database.close();
    }
  }
}
