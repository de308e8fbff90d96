package dev.reprise.debugger.retro;

import dev.reprise.ExecutionStatus;
import dev.reprise.RepriseException;
import dev.reprise.debugger.replay.Script;
import dev.reprise.runtime.execution.Rehearsal;
import dev.reprise.runtime.json.Json;
import dev.reprise.runtime.store.ExecutionRow;
import dev.reprise.runtime.store.NewExecution;
import dev.reprise.runtime.store.OperationKind;
import dev.reprise.runtime.store.OperationRow;
import dev.reprise.runtime.store.Position;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The executions that are run again, on threads of their own, which stop at every transaction until they are given its
 * outcome. Other calls are answered at once: steps as recorded or as the {@link Steps} say, sleeps are over, children
 * become executions of this cast. Thread-safe; one thread directs.
 */
final class Cast implements AutoCloseable { // tidy: who waits for whom is under one lock
  private static final long LOOK_AGAIN = TimeUnit.MILLISECONDS.toNanos(1);

  private final Rehearsal rehearsal;
  private final Executor threads;
  private final Duration patience;
  private final Steps steps;
  private final NewCode code;
  private final Map<UUID, Script> originals = new LinkedHashMap<>();
  private final Map<UUID, Request> requests = new LinkedHashMap<>();
  private final List<Cue> waiting = new ArrayList<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private boolean closed;

  /**
   * Nobody yet.
   *
   * @param originals the recorded executions, children too
   */
  Cast(
      Rehearsal rehearsal,
      Executor threads,
      Duration patience,
      Steps steps,
      NewCode code,
      List<Script> originals) {
    this.rehearsal = rehearsal;
    this.threads = threads;
    this.patience = patience;
    this.steps = steps;
    this.code = code;
    originals.forEach(script -> this.originals.put(script.row().execution(), script));
  }

  /** Begins an execution that nobody calls, unless it has begun. */
  void begin(Script script) {
    lock.lock();
    try {
      if (!requests.containsKey(script.row().execution())) {
        begin(script.row(), script, null);
      }
    } finally {
      lock.unlock();
    }
  }

  private Request begin(ExecutionRow row, @Nullable Script original, @Nullable Request parent) {
    var request = new Request(row, code.of(row), original, parent);
    requests.put(row.execution(), request);
    request.begin();
    threads.execute(() -> run(request));
    return request;
  }

  private void run(Request request) {
    Rehearsal.Result came;
    try {
      came = rehearsal.run(
          request.application(), request.row(), request.closings(), new Part(request));
    } catch (RuntimeException | Error e) {
      came = new Rehearsal.Result.EndOfLog(
          e instanceof RepriseException ? String.valueOf(e.getMessage()) : String.valueOf(e));
    }
    lock.lock();
    try {
      request.ended(came);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** The request of an execution; null where it has not begun. */
  @Nullable
  Request find(UUID execution) {
    lock.lock();
    try {
      return requests.get(execution);
    } finally {
      lock.unlock();
    }
  }

  /** All that have begun, in the order in which they did. */
  List<Request> requests() {
    lock.lock();
    try {
      return List.copyOf(requests.values());
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until nothing moves.
   *
   * @return who waits before a transaction, in an order that does not depend on threads
   * @throws RepriseException the code of an execution does not come to rest
   */
  List<Cue> rest() throws InterruptedException {
    lock.lock();
    try {
      long end = System.nanoTime() + patience.toNanos();
      while (!requests.values().stream().allMatch(Request::rests)) {
        var unused = changed.awaitNanos(LOOK_AGAIN);
        if (System.nanoTime() > end) {
          var busy = requests.values().stream()
              .filter(r -> !r.rests())
              .map(Request::id)
              .toList();
          throw new RepriseException("the code of " + String.join(", ", busy)
              + " came neither to a call nor to its end within " + patience
              + "; a workflow must not wait for anything but durable calls");
        }
      }
      return waiting.stream()
          .sorted(Comparator.comparing((Cue cue) -> cue.request().row().createdAt())
              .thenComparing(cue -> cue.request().id())
              .thenComparing(cue -> cue.call().position()))
          .toList();
    } finally {
      lock.unlock();
    }
  }

  /** Gives a waiting thread its outcome. */
  void release(Cue cue, @Nullable OperationRow outcome) {
    lock.lock();
    try {
      waiting.remove(cue);
      cue.request().keep(-1);
      if (outcome != null) {
        cue.request().add(outcome);
      }
      cue.release(outcome);
    } finally {
      lock.unlock();
    }
  }

  /** Ends what still runs. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      List.copyOf(waiting).forEach(cue -> release(cue, null));
    } finally {
      lock.unlock();
    }
  }

  /** What an execution's code meets. */
  private final class Part implements Rehearsal.Stage {
    private final Request request;

    Part(Request request) {
      this.request = request;
    }

    @Override
    public void reached(OperationRow recorded, Rehearsal.Transaction transaction) {
      throw new IllegalStateException("there is no recorded transaction in this log");
    }

    @Override
    public boolean goesOn() {
      return true;
    }

    @Override
    public void begun(Rehearsal.Progress progress) {
      lock.lock();
      try {
        request.progress(progress);
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void forked(Position position) {
      lock.lock();
      try {
        request.branches().begin(position);
      } finally {
        lock.unlock();
      }
    }

    @Override
    public @Nullable OperationRow beyond(Rehearsal.NewCall call) {
      return switch (call.kind()) {
        case TRANSACTION -> transaction(call);
        case WORKFLOW -> call.awaited() == null ? child(call) : awaited(call, call.awaited());
        case START -> started(call);
        case STEP, SLEEP -> noted(step(call));
        case RECEIVE -> noted(received(call));
        case SEND, PUBLISH, REPLY -> noted(unsent(call));
        case PATCH -> noted(patched(call));
        case CONTINUE -> continued(call);
        case AWAIT, BRANCH, CLOSED -> null;
      };
    }

    private @Nullable OperationRow transaction(Rehearsal.NewCall call) {
      var cue = new Cue(request, call, Objects.requireNonNull(call.transaction()));
      lock.lock();
      try {
        if (closed) {
          return null;
        }
        waiting.add(cue);
        request.keep(1);
        changed.signalAll();
      } finally {
        lock.unlock();
      }
      return cue.serve();
    }

    private @Nullable OperationRow noted(@Nullable OperationRow row) {
      if (row != null) {
        lock.lock();
        try {
          request.add(row);
        } finally {
          lock.unlock();
        }
      }
      return row;
    }

    private @Nullable OperationRow step(Rehearsal.NewCall call) {
      if (call.kind() == OperationKind.SLEEP) {
        return live(call);
      }
      if (!steps.isStub(call.name())) {
        var recorded = taken(call);
        if (recorded != null) {
          steps.answered(request.id(), call, Steps.How.RECORDED);
          return at(call, recorded.output(), recorded.error());
        }
        if (!steps.live()) {
          stop("the step " + call.name() + " at position " + call.position()
              + " has no recorded outcome with these arguments; give --steps live or --stub");
          return null;
        }
      }
      steps.answered(
          request.id(), call, steps.isStub(call.name()) ? Steps.How.STUB : Steps.How.LIVE);
      return live(call);
    }

    /** The next incarnation begins with what the code gives it now, in the place of the original's next where there is one. */
    private OperationRow continued(Rehearsal.NewCall call) {
      lock.lock();
      try {
        var next = nextOf(request);
        var row = next == null ? Incarnations.unrecorded(request.row()) : next.row();
        var input = Objects.requireNonNull(call.input());
        if (!closed && !requests.containsKey(row.execution())) {
          request.continueAs(begin(Incarnations.withInput(row, input), next, request.parent()));
        }
      } finally {
        lock.unlock();
      }
      return Objects.requireNonNull(noted(at(call, null, null)));
    }

    private @Nullable Script nextOf(Request of) {
      if (of.original() == null || Incarnations.isLast(of.id())) {
        return null;
      }
      var next = Incarnations.next(of.id());
      var last = Incarnations.base(of.id());
      return originals.values().stream()
          .filter(script -> script.row().id().equals(next))
          .findFirst()
          .or(() -> originals.values().stream()
              .filter(script -> script.row().id().equals(last))
              .findFirst())
          .orElse(null);
    }

    /** The messages of the original, by topic and in order, whenever the code asks; after them none comes in time. */
    private OperationRow received(Rehearsal.NewCall call) {
      lock.lock();
      try {
        return at(call, request.takeMessage(call.name()), null);
      } finally {
        lock.unlock();
      }
    }

    /** Nobody else is told anything: what went out as in the original had its effect there, anything else has none. */
    private OperationRow unsent(Rehearsal.NewCall call) {
      var recorded = taken(call);
      steps.answered(
          request.id(), call, recorded == null ? Steps.How.LEFT_OUT : Steps.How.RECORDED);
      return recorded == null
          ? at(call, "null", null)
          : at(call, recorded.output(), recorded.error());
    }

    /** As the original was asked; an execution that there was not begins with the new code. */
    private OperationRow patched(Rehearsal.NewCall call) {
      boolean marked = taken(call) != null;
      return at(call, String.valueOf(marked || request.original() == null), null);
    }

    private void stop(String why) {
      lock.lock();
      try {
        request.stop(why);
      } finally {
        lock.unlock();
      }
    }

    private @Nullable OperationRow taken(Rehearsal.NewCall call) {
      lock.lock();
      try {
        return request.takeAnswer(call);
      } finally {
        lock.unlock();
      }
    }

    private @Nullable OperationRow live(Rehearsal.NewCall call) {
      try {
        return call.live().run();
      } catch (RuntimeException | Error e) {
        throw e;
      } catch (Throwable e) {
        stop(call.name() + " could not be done: " + e);
        return null;
      }
    }

    private @Nullable OperationRow child(Rehearsal.NewCall call) {
      var child = begun(call);
      return child == null ? null : noted(outcome(call, child));
    }

    /** What the end of another execution looks like here; waits for it. */
    private @Nullable OperationRow outcome(Rehearsal.NewCall call, Request first) {
      var child = first;
      awaitEnd(child);
      for (var next = child.next(); next != null; next = child.next()) {
        child = next;
        awaitEnd(child);
      }
      var row = child.end().join();
      if (!row.status().isTerminal()) {
        stop("it waits for " + row.id() + ", which did not come to its end");
        return null;
      }
      boolean success = row.status() == ExecutionStatus.SUCCEEDED;
      return at(call, success ? row.output() : null, success ? null : row.error());
    }

    private void awaitEnd(Request child) {
      lock.lock();
      try {
        if (!child.hasEnded()) {
          request.keep(1);
          child.end().whenComplete((row, failure) -> request.keep(-1));
        }
      } finally {
        lock.unlock();
      }
      var unused = child.end().join();
    }

    private @Nullable OperationRow started(Rehearsal.NewCall call) {
      var child = begun(call);
      return child == null
          ? null
          : noted(at(call, Json.quote(Incarnations.base(child.id())), null));
    }

    private @Nullable Request begun(Rehearsal.NewCall call) {
      var asked = Objects.requireNonNull(call.child());
      lock.lock();
      try {
        if (closed) {
          return null;
        }
        var recorded = request.takeAnswer(call);
        var original = recorded == null ? null : childOf(recorded);
        return original == null
            ? begin(asked.asRow(ExecutionStatus.RUNNING, null), null, request)
            : begin(withInput(original.row(), asked), original, request);
      } finally {
        lock.unlock();
      }
    }

    private @Nullable Script childOf(OperationRow recorded) {
      var position = recorded.position().toString();
      for (var script : originals.values()) {
        var row = script.row();
        boolean called = recorded.kind() == OperationKind.WORKFLOW
            ? position.equals(row.parentPosition())
            : Json.quote(Incarnations.base(row.id())).equals(recorded.output());
        if (called
            && request.row().execution().equals(row.parentExecution())
            && !requests.containsKey(row.execution())) {
          return script;
        }
      }
      return null;
    }

    private @Nullable OperationRow awaited(Rehearsal.NewCall call, String id) {
      var other = byId(id);
      if (other != null) {
        return noted(outcome(call, other));
      }
      var recorded = taken(call);
      if (recorded == null) {
        stop("it waits for " + id + ", which takes no part in this run");
        return null;
      }
      return noted(at(call, recorded.output(), recorded.error()));
    }

    private @Nullable Request byId(String id) {
      lock.lock();
      try {
        return requests.values().stream()
            .filter(other -> Incarnations.base(other.id()).equals(id) && other.next() == null)
            .findFirst()
            .orElse(null);
      } finally {
        lock.unlock();
      }
    }

    @Override
    public @Nullable ExecutionRow find(String id) {
      var other = byId(id);
      if (other == null) {
        return null;
      }
      return other.hasEnded() ? other.end().join() : other.row();
    }
  }

  /** The original row with what the code gives it now. */
  private static ExecutionRow withInput(ExecutionRow row, NewExecution asked) {
    var now = asked.asRow(ExecutionStatus.RUNNING, null);
    return new ExecutionRow(
        row.execution(),
        row.id(),
        row.principal(),
        now.function(),
        now.kind(),
        row.version(),
        ExecutionStatus.RUNNING,
        now.input(),
        null,
        null,
        row.parent(),
        null,
        row.createdAt(),
        row.startedAt(),
        null,
        null,
        row.deadline(),
        null,
        row.attempts(),
        row.tags(),
        0,
        row.parentExecution(),
        row.parentPosition(),
        row.traceparent(),
        row.placement(),
        row.lifecycle());
  }

  /** A row that stands for a call and has no transaction. */
  static OperationRow at(Rehearsal.NewCall call, @Nullable String output, @Nullable String error) {
    return new OperationRow(
        call.position(),
        call.kind(),
        call.name(),
        call.arguments(),
        output,
        error,
        1,
        null,
        null,
        null,
        call.now(),
        call.now());
  }
}
