package dev.reprise.debugger.replay;

import dev.reprise.Isolation;
import dev.reprise.debugger.history.Progress;
import dev.reprise.debugger.history.RecordedTransaction;
import dev.reprise.debugger.rebuild.ChangeApplier;
import dev.reprise.debugger.replay.Actors.Cue;
import dev.reprise.debugger.replay.Body.Made;
import dev.reprise.debugger.replay.Schedule.Action;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Goes through a schedule on a scratch database, once. Whatever differs is reported, and the recorded changes take its
 * place, so that one difference does not bring on others. A body that waits for a lock is left, and the walk goes on; where
 * it holds up what must come first, it is rolled back. Nothing is waited for longer than the patience allows. For one
 * thread.
 */
final class Walk {
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(40);

  private final Plan plan;
  private final Judge judge;
  private final Course course;
  private final Actors actors;
  private final Executor threads;
  private final Duration patience;
  private final Progress progress;
  private final Map<Integer, Session> sessions = new HashMap<>();
  private final Map<Integer, Performance> performances = new HashMap<>();
  private final Map<Integer, String> evicted = new HashMap<>();
  private final Map<Integer, Verdict> verdicts = new HashMap<>();
  private final Set<Integer> absent = new HashSet<>();
  private final Map<Integer, Verdict> known;
  private final int watched;
  private @Nullable BodyCourse bodyCourse;

  /**
   * A walk.
   *
   * @param known verdicts of calls that are not run again, since all up to their ends is as in an earlier walk
   * @param watched the number of a call that has to come out as recorded, else the walk ends there; -1 for none
   */
  Walk( // tidy: the collaborators of a walk, wired once in Replay
      Plan plan,
      Course course,
      Actors actors,
      Executor threads,
      Duration patience,
      Progress progress,
      Map<Integer, Verdict> known,
      int watched) {
    this.plan = plan;
    this.judge = new Judge(plan);
    this.course = course;
    this.actors = actors;
    this.threads = threads;
    this.patience = patience;
    this.progress = progress;
    this.known = known;
    this.watched = watched;
  }

  /** A body that has been started, or could not be. */
  private record Performance(
      @Nullable Cue cue,
      @Nullable Body body,
      @Nullable Future<Made> made,
      @Nullable String notRun) {}

  /** What the statements of the watched body changed; null where that is not known. */
  @Nullable
  BodyCourse bodyCourse() {
    return bodyCourse;
  }

  /** What the transaction of a call changed as recorded, without what defaults gave. */
  List<Captured> changesWithoutGenerated(int number) {
    return judge.changesOf(number).stream()
        .map(Captured::of)
        .map(course.of(number).instruments()::withoutGenerated)
        .toList();
  }

  /** Gives the verdicts by the numbers of the calls; none behind the watched one where that is not as recorded. */
  Map<Integer, Verdict> go() throws SQLException, InterruptedException {
    try (var locks = new Locks(course.first().scratch().open())) {
      for (var action : plan.schedule().actions()) {
        if (action instanceof Action.Apply apply) {
          apply(recorded(apply.transaction()), locks);
        } else if (!isSettled(action, locks)) {
          go(action, locks);
        }
        progress.at(this::state);
        var decisive = verdicts.get(watched);
        if (decisive != null && !decisive.isEqual()) {
          break;
        }
      }
    } finally {
      performances.values().stream()
          .flatMap(performance -> Stream.ofNullable(performance.body()))
          .forEach(body -> body.gate().giveUp());
      sessions.values().forEach(Session::rollBack);
      sessions.values().forEach(Session::close);
    }
    return verdicts;
  }

  private String state() {
    var done = "%d of %d transactions".formatted(verdicts.size(), plan.calls().size());
    return watched < 0
        ? "replayed " + done
        : plan.calls().get(watched).label() + " differs, another order is tried: " + done;
  }

  private void go(Action action, Locks locks) throws SQLException, InterruptedException {
    if (action instanceof Action.Take take) {
      take(take.call());
    } else if (action instanceof Action.Run run) {
      run(run.call(), locks);
    } else if (action instanceof Action.GoOn next) {
      goOn(next.call(), locks);
    } else if (action instanceof Action.Try attempt) {
      attempt(attempt.call(), locks);
    } else if (action instanceof Action.End end) {
      end(end.call(), locks);
    }
  }

  /** Whether nothing is to be done: the call has its verdict. */
  private boolean isSettled(Action action, Locks locks) throws SQLException, InterruptedException {
    int number = action.call();
    var verdict = known.get(number);
    if (verdict == null || isCommittedElsewhere(number)) {
      return verdicts.containsKey(number);
    }
    if (action instanceof Action.End) {
      if (plan.schedule().placed().get(number).commit() >= 0) {
        apply(recorded(transactionOf(number)), locks);
      }
      try {
        actors.await(plan.calls().get(number)).release();
      } catch (Actors.DidNotCome e) {
        // it did not come in the earlier walk either, as the verdict says
      }
      verdicts.put(number, verdict);
    }
    return true;
  }

  private void take(int number) throws SQLException {
    sessions.put(
        number,
        Session.begin(course.of(number).scratch(), plan.calls().get(number).isolation()));
  }

  private Session session(int number) {
    return java.util.Objects.requireNonNull(sessions.get(number));
  }

  private RecordedTransaction recorded(long transaction) {
    return java.util.Objects.requireNonNull(plan.recorded().get(transaction));
  }

  private void run(int number, Locks locks) throws SQLException, InterruptedException {
    var session = session(number);
    try {
      var cue = actors.await(plan.calls().get(number));
      var body = Body.of(
          plan.calls().get(number),
          session,
          cue.transaction(),
          course.of(number).instruments(),
          judge.changesOf(number),
          plan.schedule().stopsOf(number),
          number == watched);
      var made = cue.submit(body);
      performances.put(number, new Performance(cue, body, made, null));
      waitUntilDoneOrBlocked(made, body.gate(), session.process(), locks);
    } catch (Actors.DidNotCome e) {
      performances.put(number, new Performance(null, null, null, String.valueOf(e.getMessage())));
    }
  }

  /** Lets a body that stopped go on. */
  private void goOn(int number, Locks locks) throws SQLException, InterruptedException {
    var performance = performances.get(number);
    if (performance != null && performance.body() != null && performance.made() != null) {
      var gate = performance.body().gate();
      gate.open();
      waitUntilDoneOrBlocked(performance.made(), gate, session(number).process(), locks);
    }
  }

  /** Runs a body that failed. Where it fails as it did, it has its verdict; else nothing has happened. */
  private void attempt(int number, Locks locks) throws SQLException, InterruptedException {
    if (absent.contains(number)) {
      return;
    }
    take(number);
    run(number, locks);
    var session = session(number);
    var performance = java.util.Objects.requireNonNull(performances.remove(number));
    var differences = new ArrayList<Difference>();
    var notes = new ArrayList<String>();
    var made = performance.made();
    if (made == null) {
      absent.add(number);
    } else {
      if (!made.isDone()) {
        locks.cancel(session.process());
      }
      while (!Actors.isInTime(made, BETWEEN_LOOKS)) {
        locks.cancel(session.process());
      }
      judge.compare(number, made, differences, notes);
    }
    session.rollBack();
    session.close();
    sessions.remove(number);
    if (made != null && performance.cue() != null && differences.isEmpty()) {
      performance.cue().release();
      verdicts.put(number, judge.verdict(number, differences, List.of(), notes));
    }
  }

  private void waitUntilDoneOrBlocked(Future<?> work, StatementGate gate, int process, Locks locks)
      throws SQLException, InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    while (!Actors.isInTime(work, BETWEEN_LOOKS)) {
      if (gate.isHolding() || !locks.holdersFor(process).isEmpty()) {
        return;
      }
      if (System.nanoTime() > end) {
        locks.cancel(process);
        return;
      }
    }
  }

  /** Waits for what must be done now; who holds it up comes later and is rolled back. */
  private void waitUntilDone(Future<?> work, int process, String what, Locks locks)
      throws SQLException, InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    while (!Actors.isInTime(work, BETWEEN_LOOKS)) {
      for (int holder : locks.holdersFor(process)) {
        evict(holder, what, locks);
      }
      if (System.nanoTime() > end) {
        locks.cancel(process);
        end = System.nanoTime() + patience.toNanos();
      }
    }
  }

  private void evict(int holder, String what, Locks locks) throws SQLException {
    for (var entry : Map.copyOf(sessions).entrySet()) {
      if (entry.getValue().process() == holder) {
        evicted.putIfAbsent(
            entry.getKey(), "in this order its locks hold up " + what + ", which came before it");
        var performance = performances.get(entry.getKey());
        if (performance != null
            && performance.body() != null
            && performance.made() != null
            && !performance.made().isDone()) {
          performance.body().gate().giveUp();
          locks.cancel(holder);
        } else {
          entry.getValue().rollBack();
        }
      }
    }
  }

  private void apply(RecordedTransaction transaction, Locks locks)
      throws SQLException, InterruptedException {
    var stage = course.applying(transaction.xid());
    if (stage == null) {
      return;
    }
    var session = Session.begin(stage.scratch(), Isolation.READ_COMMITTED);
    try {
      var work = new FutureTask<>(() -> {
        new ChangeApplier(session.connection()).apply(transaction);
        stage.instruments().passSequences(session.connection(), transaction);
        session.connection().commit();
        return true;
      });
      threads.execute(work);
      waitUntilDone(work, session.process(), "transaction " + transaction.xid(), locks);
      var unused = work.get();
    } catch (ExecutionException e) {
      throw new SQLException(
          "the recorded changes of transaction " + transaction.xid() + " cannot be applied: "
              + e.getCause(),
          e);
    } finally {
      session.rollBack();
      session.close();
    }
  }

  // --- the end of a call
  // ------------------------------------------------------------------------------------------

  private void end(int number, Locks locks) throws SQLException, InterruptedException {
    var call = plan.calls().get(number);
    var session = session(number);
    var performance = java.util.Objects.requireNonNull(performances.get(number));
    var differences = new ArrayList<Difference>();
    var notes = new ArrayList<String>();
    List<Captured> changes = List.of();
    var made = performance.made();
    if (made == null || performance.body() == null) {
      differences.add(new Difference.NotRun(String.valueOf(performance.notRun())));
    } else {
      performance.body().gate().openAll();
      waitUntilDone(made, session.process(), call.label(), locks);
      if (number == watched) {
        bodyCourse = courseOf(made);
      }
      var why = evicted.get(number);
      if (why != null) {
        differences.add(new Difference.NotRun(why));
      } else {
        changes = judge.compare(number, made, differences, notes);
      }
    }
    boolean applied =
        commitOrRollBack(number, session, differences, notes.contains(Judge.TELLS_TIME));
    sessions.remove(number);
    session.close();
    if (!applied || isCommittedElsewhere(number)) {
      apply(recorded(transactionOf(number)), locks);
    }
    if (performance.cue() != null) {
      performance.cue().release();
    }
    verdicts.put(number, judge.verdict(number, differences, changes, notes));
  }

  private static @Nullable BodyCourse courseOf(Future<Made> made) throws InterruptedException {
    try {
      return made.get().course();
    } catch (ExecutionException e) {
      return null; // the verdict says why
    }
  }

  private boolean isCommittedElsewhere(int number) {
    return plan.schedule().placed().get(number).commit() >= 0
        && course.isCommittedElsewhere(number, transactionOf(number));
  }

  private long transactionOf(int number) {
    return java.util.Objects.requireNonNull(plan.calls().get(number).operation().transactionId());
  }

  /** False where the recorded changes are still to be applied. */
  private boolean commitOrRollBack(
      int number, Session session, List<Difference> differences, boolean tellsTime) {
    if (plan.schedule().placed().get(number).commit() < 0) {
      session.rollBack();
      return true;
    }
    boolean rowsDiffer = differences.stream()
        .anyMatch(
            difference -> !(difference instanceof Difference.OfOutcome outcome) || outcome.threw());
    if (!rowsDiffer && !tellsTime) {
      try {
        session.connection().commit();
        return true;
      } catch (SQLException e) {
        differences.add(new Difference.NotRun("its commit failed: " + e.getMessage()));
      }
    }
    session.rollBack();
    return false;
  }
}
