package dev.reprise.debugger.retro;

import dev.reprise.debugger.history.Change;
import dev.reprise.debugger.history.RecordedTransaction;
import dev.reprise.debugger.replay.Instruments;
import dev.reprise.debugger.replay.Plan;
import dev.reprise.debugger.replay.Schedule.Action;
import dev.reprise.debugger.replay.Script;
import dev.reprise.debugger.replay.TracedCall;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Goes through the schedule of the original run with other code, once. Snapshots are taken where those of the original calls
 * were, and the calls that stand for them run and commit where these did: what was concurrent stays so, and what saw a commit
 * sees it. A call that stands for none runs at once. What nobody runs again is applied from the history at its place.
 *
 * <p>A body that ran before its commit, with its locks held until then, does so again. Who waits for it goes on when it has
 * ended, as the database then lets it. Only what is applied from the history does not wait: who holds it up is undone, and
 * run again at its commit. For one thread.
 */
final class RetroWalk {
  private final Duration patience;
  private final Plan plan;
  private final List<Script> scripts;
  private final Predicate<UUID> isRun;
  private final Predicate<UUID> isLeftOut;
  private final Cast cast;
  private final Bodies bodies;
  private final Foresight foresight;
  private final Held.Opener database;
  private final Foreign foreign;
  private final Places places;
  private final Map<Integer, Held> held = new HashMap<>();
  private final Set<Integer> passed = new HashSet<>();
  private final Map<Cue, Places.Place> known = new HashMap<>();
  private final List<Performed> performed = new ArrayList<>();
  private final Turns turns;
  private final Map<Integer, Cue> early = new HashMap<>();
  private final WalkMoment moment = new WalkMoment();

  /**
   * A walk.
   *
   * @param patience how long those that hold each other up are waited for
   * @param isRun which executions are run again
   * @param isLeftOut which have no effect at all
   */
  RetroWalk( // tidy: the collaborators of a walk, wired once in Retroaction
      Duration patience,
      Plan plan,
      List<Script> scripts,
      Predicate<UUID> isRun,
      Predicate<UUID> isLeftOut,
      Cast cast,
      Bodies bodies,
      Foresight foresight,
      Held.Opener database,
      Instruments instruments) {
    this.patience = patience;
    this.plan = plan;
    this.scripts = scripts;
    this.isRun = isRun;
    this.isLeftOut = isLeftOut;
    this.cast = cast;
    this.bodies = bodies;
    this.foresight = foresight;
    this.database = database;
    this.foreign = new Foreign(database, instruments);
    this.places = new Places(plan.calls());
    this.turns = new Turns(bodies, this::finish);
  }

  /** The transactions, in the order in which they ended. */
  List<Performed> go() throws SQLException, InterruptedException {
    try {
      foreign.passAllSequences(plan.recorded().values());
      for (var action : plan.schedule().actions()) {
        if (action instanceof Action.Take take && isRun(take.call())) {
          take(take.call());
        } else if (action instanceof Action.Try attempt && isRun(attempt.call())) {
          attempt(attempt.call());
        } else if (action instanceof Action.Run run && isRun(run.call())) {
          run(run.call());
        } else if (action instanceof Action.GoOn next && isRun(next.call())) {
          goOn(next.call());
        } else if (action instanceof Action.End end) {
          end(end.call());
        } else if (action instanceof Action.Apply apply) {
          apply(recorded(apply.transaction()));
          moment.committed();
        }
      }
      finish();
      return List.copyOf(performed);
    } finally {
      bodies.close();
      cast.close();
      foreign.close();
      held.values().forEach(Held::close);
    }
  }

  /** What of others' effects could not be had in the same way. */
  List<String> notes() {
    return foreign.notes();
  }

  private boolean isRun(int number) {
    return isRun.test(plan.calls().get(number).execution().execution());
  }

  private RecordedTransaction recorded(long transaction) {
    return Objects.requireNonNull(plan.recorded().get(transaction));
  }

  private @Nullable RecordedTransaction recordedOf(int number) {
    var transaction = plan.calls().get(number).operation().transactionId();
    return transaction == null ? null : plan.recorded().get(transaction);
  }

  private void take(int number) throws SQLException, InterruptedException {
    begin(plan.calls().get(number));
    settle();
    if (!passed.contains(number) && !held.containsKey(number)) {
      held.put(number, Held.take(database, moment.commits(), bodies.areProbed()));
    }
  }

  /** Children are begun by their parents. */
  private void begin(TracedCall call) {
    var script = script(call.execution().execution());
    if (script.row().parentExecution() == null || !isRun.test(script.row().parentExecution())) {
      cast.begin(script);
    }
  }

  private Script script(UUID execution) {
    return scripts.stream()
        .filter(script -> script.row().execution().equals(execution))
        .findFirst()
        .orElseThrow();
  }

  /**
   * The original failed, and nobody knows where: where what stands for it fails in the same way, that was its place. Else
   * nothing has happened.
   */
  private void attempt(int number) throws SQLException, InterruptedException {
    if (passed.contains(number)) {
      return;
    }
    begin(plan.calls().get(number));
    settle();
    for (var cue : resting()) {
      var at = placeOf(cue);
      if (at.originals().equals(List.of(number))) {
        var made = bodies.failing(task(cue, at, null));
        if (made != null && made.same()) {
          finish(cue, made);
          passed.add(number);
          settle();
        }
        return;
      }
    }
  }

  /** The body of one that commits later ran here, and held its locks from here on. */
  private void run(int number) throws SQLException, InterruptedException {
    var placed = plan.schedule().placed().get(number);
    if (placed.commit() < 0 || placed.place() == placed.commit() || passed.contains(number)) {
      return; // its end is the next action
    }
    settle();
    var cue = standsFor(number);
    if (cue != null && !turns.isUnderWay(cue)) {
      early.put(number, cue);
      begin(cue, placeOf(cue));
    }
  }

  /** The body stopped between two statements until here. */
  private void goOn(int number) throws SQLException, InterruptedException {
    var cue = early.get(number);
    if (cue != null) {
      turns.goOn(cue);
    }
  }

  /** Who waits to end where that call did; null where nobody does. */
  private @Nullable Cue standsFor(int number) throws SQLException, InterruptedException {
    for (var cue : resting()) {
      var at = placeOf(cue);
      if (!at.isNew() && at.last() == number) {
        return cue;
      }
    }
    return null;
  }

  /** Who waits before a transaction that is not at its end yet, only held up. */
  private List<Cue> resting() throws InterruptedException {
    return cast.rest().stream().filter(cue -> !turns.isDue(cue)).toList();
  }

  private void apply(RecordedTransaction transaction) throws SQLException, InterruptedException {
    if (turns.isEmpty()) {
      foreign.apply(transaction);
      return;
    }
    var work = new FutureTask<>(() -> {
      foreign.apply(transaction);
      return true;
    });
    if (bodies.first(work, foreign.process(), "transaction " + transaction.xid())) {
      moment.disturbed();
    }
    try {
      var unused = work.get();
    } catch (ExecutionException e) {
      throw new SQLException(
          "the recorded changes of transaction " + transaction.xid() + " cannot be applied: "
              + e.getCause(),
          e);
    }
    goOn();
  }

  private void end(int number) throws SQLException, InterruptedException {
    boolean commits = plan.schedule().placed().get(number).commit() >= 0;
    var transaction = recordedOf(number);
    if (passed.contains(number)) {
      return; // where it failed was found before
    }
    if (isRun(number)) {
      settle();
      var cue = standsFor(number);
      if (cue != null) {
        perform(cue, placeOf(cue));
      }
      if (!places.isTaken(number) && transaction != null) {
        moment.disturbed(); // the code does not do it any more
      }
      passed.add(number);
      settle();
      release();
    } else if (!isLeftOut.test(plan.calls().get(number).execution().execution())) {
      if (transaction != null) {
        apply(transaction);
      }
    } else if (transaction != null) {
      moment.disturbed();
    }
    if (commits) {
      moment.committed();
    }
  }

  /** A snapshot is kept as long as somebody may come who is to see it. */
  private void release() {
    for (int number : List.copyOf(held.keySet())) {
      boolean awaited = known.values().stream().anyMatch(at -> at.originals().contains(number));
      if (passed.contains(number) && !awaited) {
        Objects.requireNonNull(held.remove(number)).close();
      }
    }
  }

  /** Runs what is to run at once, until everybody waits for a later place. */
  private void settle() throws SQLException, InterruptedException {
    boolean moved = true;
    while (moved) {
      moved = false;
      for (var cue : resting()) {
        var at = placeOf(cue);
        if (at.isNew() || passed.contains(at.last())) {
          perform(cue, at);
          moved = true;
          break; // others may have come meanwhile
        }
      }
    }
  }

  private Places.Place placeOf(Cue cue) throws SQLException, InterruptedException {
    var at = known.get(cue);
    if (at == null) {
      at = places.of(cue, () -> next(cue));
      known.put(cue, at);
    }
    return at;
  }

  private Foresight.@Nullable Next next(Cue cue) {
    try {
      return foresight.next(
          cue,
          bodies.tentative(new Bodies.Task(cue, null, List.of(), null, null, moment, List.of())));
    } catch (SQLException e) {
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
  }

  /** When the schedule is through, whoever still has something to do does it. */
  private void finish() throws SQLException, InterruptedException {
    for (var script : scripts) {
      var parent = script.row().parentExecution();
      if (isRun.test(script.row().execution()) && (parent == null || !isRun.test(parent))) {
        cast.begin(script);
      }
    }
    long end = System.nanoTime() + patience.toNanos();
    while (true) {
      var cues = resting();
      if (!cues.isEmpty()) {
        perform(cues.get(0), placeOf(cues.get(0)));
      } else if (!turns.areDue()) {
        return;
      } else if (turns.goOn()) {
        end = System.nanoTime() + patience.toNanos();
      } else if (System.nanoTime() > end) {
        turns.abortOne();
      }
    }
  }

  private void begin(Cue cue, Places.Place at) throws SQLException, InterruptedException {
    turns.begin(cue, task(cue, at, at.isNew() ? null : held.remove(at.first())));
  }

  /** Its place has come: it ends, unless somebody holds it up. */
  private void perform(Cue cue, Places.Place at) throws SQLException, InterruptedException {
    if (!turns.isUnderWay(cue)) {
      begin(cue, at);
    }
    if (turns.end(cue)) {
      goOn();
    } else {
      moment.disturbed();
    }
  }

  private void goOn() throws SQLException, InterruptedException {
    if (turns.goOn()) {
      moment.disturbed();
    }
  }

  private Bodies.Task task(Cue cue, Places.Place at, @Nullable Held snapshot) {
    var inserts = new ArrayList<Change>();
    for (int number : at.originals()) {
      var transaction = recordedOf(number);
      if (transaction != null) {
        inserts.addAll(transaction.changes());
      }
    }
    boolean one = at.originals().size() == 1;
    return new Bodies.Task(
        cue,
        snapshot,
        inserts,
        one ? plan.calls().get(at.first()) : null,
        one ? recordedOf(at.first()) : null,
        moment,
        one ? plan.schedule().stopsOf(at.first()) : List.of());
  }

  private void finish(Cue cue, Made made) {
    var at = Objects.requireNonNull(known.get(cue));
    if (!made.same()) {
      moment.disturbed();
    }
    performed.add(made.told(
        cue,
        at.originals().stream().map(number -> plan.calls().get(number).label()).toList(),
        moment.commits()));
    known.remove(cue);
    var ended =
        at.isNew() ? cue.call().now() : plan.calls().get(at.last()).operation().completedAt();
    cast.release(cue, made.row(cue, ended));
  }
}
