package dev.reprise.debugger.replay;

import dev.reprise.Isolation;
import dev.reprise.debugger.history.Change;
import dev.reprise.debugger.history.Progress;
import dev.reprise.debugger.history.RecordedTransaction;
import dev.reprise.debugger.rebuild.ChangeApplier;
import dev.reprise.debugger.replay.Actors.Cue;
import dev.reprise.debugger.replay.Schedule.Action;
import dev.reprise.runtime.execution.Rehearsal;
import dev.reprise.runtime.function.Policy;
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
import org.jspecify.annotations.Nullable;

/**
 * Goes through a schedule on a scratch database, once. Whatever differs is reported, and the recorded changes take its
 * place, so that one difference does not bring on others. A body that waits for a lock is left, and the walk goes on; where
 * it holds up what must come first, it is rolled back. Nothing is waited for longer than the patience allows. For one
 * thread.
 */
final class Walk {
  private static final String TELLS_TIME =
      "the time of the transaction, which it wrote, is taken as recorded";
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(40);

  private final Plan plan;
  private final Course course;
  private final Actors actors;
  private final Executor threads;
  private final Duration patience;
  private final Progress progress;
  private final Map<Integer, Session> sessions = new HashMap<>();
  private final Map<Integer, Performance> performances = new HashMap<>();
  private final Map<Integer, String> evicted = new HashMap<>();
  private final Map<Integer, StatementGate> gates = new HashMap<>();
  private final Map<Integer, Verdict> verdicts = new HashMap<>();
  private final Set<Integer> absent = new HashSet<>();
  private final int watched;
  private @Nullable BodyCourse bodyCourse;

  /**
   * A walk.
   *
   * @param watched the number of a call that has to come out as recorded, else the walk ends there; -1 for none
   */
  Walk( // tidy: the collaborators of a walk, wired once in Replay
      Plan plan,
      Course course,
      Actors actors,
      Executor threads,
      Duration patience,
      Progress progress,
      int watched) {
    this.plan = plan;
    this.course = course;
    this.actors = actors;
    this.threads = threads;
    this.patience = patience;
    this.progress = progress;
    this.watched = watched;
  }

  /** A body that has been started, or could not be. */
  private record Performance(
      @Nullable Cue cue,
      @Nullable Future<Made> made,
      @Nullable String notRun) {}

  /** What a body came to, and the changes it made. */
  private record Made(
      Rehearsal.Outcome outcome,
      List<Captured> changes,
      boolean tellsTime,
      @Nullable BodyCourse course) {
    static Made nothing(Rehearsal.Outcome outcome, @Nullable BodyCourse course) {
      return new Made(outcome, List.of(), false, course);
    }
  }

  /** What the statements of the watched body changed; null where that is not known. */
  @Nullable
  BodyCourse bodyCourse() {
    return bodyCourse;
  }

  /** What the transaction of a call changed as recorded, without what defaults gave. */
  List<Captured> changesWithoutGenerated(int number) {
    return changesOf(number).stream()
        .map(Captured::of)
        .map(course.of(number).instruments()::withoutGenerated)
        .toList();
  }

  /** Gives the verdicts by the numbers of the calls; none behind the watched one where that is not as recorded. */
  Map<Integer, Verdict> go() throws SQLException, InterruptedException {
    try (var locks = new Locks(course.first().scratch().open())) {
      for (var action : plan.schedule().actions()) {
        if (action instanceof Action.Take take && !verdicts.containsKey(take.call())) {
          take(take.call());
        } else if (action instanceof Action.Run run && !verdicts.containsKey(run.call())) {
          run(run.call(), locks);
        } else if (action instanceof Action.GoOn next && !verdicts.containsKey(next.call())) {
          goOn(next.call(), locks);
        } else if (action instanceof Action.Try attempt && !verdicts.containsKey(attempt.call())) {
          attempt(attempt.call(), locks);
        } else if (action instanceof Action.End end && !verdicts.containsKey(end.call())) {
          end(end.call(), locks);
        } else if (action instanceof Action.Apply apply) {
          apply(recorded(apply.transaction()), locks);
        }
        progress.at(() -> "replayed %d of %d transactions"
            .formatted(verdicts.size(), plan.calls().size()));
        var decisive = verdicts.get(watched);
        if (decisive != null && !decisive.isEqual()) {
          break;
        }
      }
    } finally {
      gates.values().forEach(StatementGate::giveUp);
      sessions.values().forEach(Session::rollBack);
      sessions.values().forEach(Session::close);
    }
    return verdicts;
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

  /** What the call's transaction changed, as recorded; empty where it committed nothing. */
  private List<Change> changesOf(int number) {
    var transaction = plan.calls().get(number).operation().transactionId();
    var found = transaction == null ? null : plan.recorded().get(transaction);
    return found == null ? List.of() : found.changes();
  }

  private void run(int number, Locks locks) throws SQLException, InterruptedException {
    var session = session(number);
    try {
      var cue = actors.await(plan.calls().get(number));
      var log = number == watched ? new BodyCourse.Log(course.of(number).instruments()) : null;
      var gate = new StatementGate(
          plan.schedule().stopsOf(number), log == null ? StatementGate.Watcher.NONE : log);
      gates.put(number, gate);
      var made = cue.submit(() -> perform(session, gate, log, cue.transaction(), number));
      performances.put(number, new Performance(cue, made, null));
      waitUntilDoneOrBlocked(made, gate, session.process(), locks);
    } catch (Actors.DidNotCome e) {
      performances.put(number, new Performance(null, null, String.valueOf(e.getMessage())));
    }
  }

  /** Lets a body that stopped go on. */
  private void goOn(int number, Locks locks) throws SQLException, InterruptedException {
    var gate = gates.get(number);
    var performance = performances.get(number);
    if (gate != null && performance != null && performance.made() != null) {
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
      compare(number, made, differences, notes);
    }
    session.rollBack();
    session.close();
    sessions.remove(number);
    if (made != null && performance.cue() != null && differences.isEmpty()) {
      performance.cue().release();
      verdicts.put(number, verdict(number, differences, List.of(), notes));
    }
  }

  /** On the thread of the author's code. */
  private Made perform(
      Session session,
      StatementGate gate,
      BodyCourse.@Nullable Log log,
      Rehearsal.Transaction transaction,
      int number)
      throws SQLException {
    var connection = session.connection();
    var time =
        TransactionTime.of(connection, plan.calls().get(number).operation().startedAt());
    var instruments = course.of(number).instruments();
    Captured.expect(connection, instruments, changesOf(number));
    var outcome = transaction.run(gate.over(connection));
    boolean readOnly =
        transaction.function().policy() instanceof Policy.OfTransaction policy && policy.readOnly();
    if (outcome.error() != null || readOnly) {
      return Made.nothing(outcome, log == null || readOnly ? null : log.broken());
    }
    try (var statement = connection.createStatement()) {
      statement.execute("set constraints all immediate");
    } catch (SQLException e) {
      return Made.nothing(transaction.failedAtCommit(e), log == null ? null : log.broken());
    }
    var whole = log == null ? null : log.whole(Captured.behind(connection, instruments, 0));
    var changes = Captured.take(connection, instruments);
    var asRecorded = time.asRecorded(changes);
    return new Made(outcome, asRecorded, !asRecorded.equals(changes), whole);
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
            && performance.made() != null
            && !performance.made().isDone()) {
          gateOf(entry.getKey()).giveUp();
          locks.cancel(holder);
        } else {
          entry.getValue().rollBack();
        }
      }
    }
  }

  private StatementGate gateOf(int number) {
    return java.util.Objects.requireNonNull(gates.get(number));
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
    if (made == null) {
      differences.add(new Difference.NotRun(String.valueOf(performance.notRun())));
    } else {
      gateOf(number).openAll();
      waitUntilDone(made, session.process(), call.label(), locks);
      if (number == watched) {
        bodyCourse = courseOf(made);
      }
      var why = evicted.get(number);
      if (why != null) {
        differences.add(new Difference.NotRun(why));
      } else {
        changes = compare(number, made, differences, notes);
      }
    }
    boolean applied = commitOrRollBack(number, session, differences, notes.contains(TELLS_TIME));
    sessions.remove(number);
    session.close();
    if (!applied || isCommittedElsewhere(number)) {
      apply(recorded(transactionOf(number)), locks);
    }
    if (performance.cue() != null) {
      performance.cue().release();
    }
    verdicts.put(number, verdict(number, differences, changes, notes));
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

  /** What a body made, where it is known. */
  private List<Captured> compare(
      int number, Future<Made> future, List<Difference> differences, List<String> notes)
      throws InterruptedException {
    try {
      var made = future.get();
      var operation = plan.calls().get(number).operation();
      var outcome =
          Comparison.outcome(operation, made.outcome().output(), made.outcome().error());
      if (outcome != null) {
        differences.add(outcome);
      }
      var recorded = changesOf(number).stream().map(Captured::of).toList();
      if (made.outcome().error() == null && operation.error() == null) {
        var rows = Comparison.rows(recorded, made.changes());
        differences.addAll(rows.differences());
        if (rows.differences().isEmpty() && !rows.sameOrder()) {
          notes.add("the same changes were made in another order");
        }
        if (made.tellsTime()) {
          notes.add(TELLS_TIME);
        }
      }
      return made.changes();
    } catch (ExecutionException e) {
      differences.add(new Difference.NotRun("it could not be run: " + e.getCause()));
      return List.of();
    }
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

  private Verdict verdict(
      int number, List<Difference> differences, List<Captured> changes, List<String> notes) {
    var call = plan.calls().get(number);
    boolean readCommitted = call.isolation() == Isolation.READ_COMMITTED;
    if (readCommitted) {
      notes.add("READ COMMITTED: each statement saw a state of its own, which is not recorded");
    }
    if (plan.schedule().placed().get(number).call().snapshot() == null) {
      notes.add("its snapshot is not recorded: it was run where clocks tell that it ended");
    }
    var kind = !differences.isEmpty()
        ? Verdict.Kind.DIVERGED
        : readCommitted ? Verdict.Kind.UNGUARANTEED : Verdict.Kind.FAITHFUL;
    return new Verdict(
        call,
        kind,
        List.copyOf(differences),
        changes.stream().map(Captured::text).toList(),
        List.copyOf(notes));
  }
}
