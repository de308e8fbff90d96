package dev.reprise.runtime.execution;

import dev.reprise.Branch;
import dev.reprise.Call;
import dev.reprise.Execution;
import dev.reprise.Invocation;
import dev.reprise.Options;
import dev.reprise.Request;
import dev.reprise.Saga;
import dev.reprise.runtime.function.FunctionDefinition;
import dev.reprise.runtime.function.Interceptor.Body;
import dev.reprise.runtime.function.Policy;
import dev.reprise.runtime.json.ExceptionCodec;
import dev.reprise.runtime.json.JsonCodec;
import dev.reprise.runtime.store.NewExecution;
import dev.reprise.runtime.store.OperationKind;
import dev.reprise.runtime.store.OperationRow;
import dev.reprise.runtime.store.Position;
import dev.reprise.spi.ExecutionScope;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One branch of a running workflow: it answers the durable calls that are recorded from the log and has the others done.
 * Used by the thread of its branch; after that has ended, by the one that joins or closes it.
 *
 * <p>Outcomes of calls that changed nothing (reads, failures) are buffered: they ride in the branch's next commit, so that
 * they cost none of their own. Everything that happens after them carries them, so no effect can exist without the reads
 * it may depend on.
 */
final class WorkflowScope implements ExecutionScope { // tidy: one method for each durable call
  private final Run run;
  private final BranchLog log;
  private final Patches patches;
  private Derivation derived;
  private UUID derivedFrom;
  private Instant lastTime;
  private @Nullable String undoKey;
  private boolean undoing;

  /** The main branch. */
  WorkflowScope(Run run, Instant begun) {
    this(run, null, begun, Map.of());
  }

  private WorkflowScope(
      Run run, @Nullable Position prefix, Instant begun, Map<String, Boolean> patches) {
    this.run = run;
    this.log = new BranchLog(run, prefix);
    this.lastTime = begun;
    this.derivedFrom = run.identity().executionAt(log.nextPosition());
    this.derived = new Derivation(derivedFrom, prefix);
    this.patches = new Patches(this, patches);
  }

  Run run() {
    return run;
  }

  BranchLog log() {
    return log;
  }

  // --- functions
  // --------------------------------------------------------------------------------------------------

  /** A durable call of a function. */
  @Nullable
  Object invoke(FunctionDefinition function, @Nullable Object[] arguments, Body body)
      throws Throwable {
    var input = run.application()
        .codec()
        .encodeArguments(java.util.Arrays.asList(arguments), function.parameterTypes());
    long hash = JsonCodec.hash(input);
    var type = function.method().getGenericReturnType();
    TransactionBody.Body called = () -> body.run(arguments);
    Doing doing = position -> {
      if (function.policy() instanceof Policy.OfTransaction policy) {
        return new TransactionCall(this, position, function, policy, hash).run(called);
      }
      if (function.policy() instanceof Policy.OfStep policy) {
        return new StepCall(this, position, function.name(), hash, policy, type).run(called::run);
      }
      return new ChildCall(this).run(position, function, input, hash);
    };
    return call(
        kindOf(function),
        function.name(),
        hash,
        type,
        run.stage() == null
            ? doing
            : new RehearsedDoing(this, doing, function, input, hash, called));
  }

  @Override
  @SuppressWarnings({"unchecked", "NullAway"}) // T says itself whether it may be null
  public <T extends @Nullable Object, X extends Exception> T step(
      String name, Type type, Call<T, X> call) throws X {
    try {
      return (T) call(
          OperationKind.STEP,
          name,
          0,
          type,
          position ->
              new StepCall(this, position, name, 0, Policy.OfStep.DEFAULT, type).run(call::run));
    } catch (Throwable e) {
      throw Sneaky.raise(e);
    }
  }

  private static OperationKind kindOf(FunctionDefinition function) {
    return switch (function.kind()) {
      case TRANSACTION -> OperationKind.TRANSACTION;
      case STEP -> OperationKind.STEP;
      case WORKFLOW -> OperationKind.WORKFLOW;
    };
  }

  /** Does what is to be done at a position that the log does not have, and gives the row that stands for it. */
  interface Doing {
    OperationRow at(Position position) throws Throwable;

    /** The log has it. */
    default void again(OperationRow recorded) {}

    /** In a rehearsal: what a stage is told of it. */
    default Rehearsal.NewCall describe(
        WorkflowScope scope, OperationKind kind, String name, long hash) {
      return scope.newCall(
          kind, name, hash, null, null, null, null, () -> at(scope.log.position()));
    }
  }

  /** A durable call: answered from the log, or done. What it gives or throws is decoded from its recorded form. */
  @Nullable
  Object call(OperationKind kind, String name, long hash, Type type, Doing doing) throws Throwable {
    var row = log.enter(kind, name, hash);
    if (row == null) {
      var position = log.position();
      try {
        row = run.stage() == null
            ? doing.at(position)
            : run.beyond(doing.describe(this, kind, name, hash));
      } catch (Unwinding e) {
        throw log.unwind(e, position);
      }
      settle(kind, row);
    } else {
      doing.again(row);
    }
    passedTo(row.completedAt());
    log.trace().returned(row.error() == null);
    if (row.error() != null) {
      throw ExceptionCodec.decode(row.error(), run.application().loader());
    }
    return type == void.class
        ? null
        : run.application().codec().decode(String.valueOf(row.output()), type);
  }

  /** In a rehearsal: a call at the position that was taken last. */
  Rehearsal.NewCall newCall( // tidy: one parameter for each thing to know
      OperationKind kind,
      String name,
      long hash,
      @Nullable String input,
      Rehearsal.@Nullable Transaction transaction,
      @Nullable NewExecution child,
      @Nullable String awaited,
      Rehearsal.NewCall.Live live) {
    return new Rehearsal.NewCall(
        log.position(), kind, name, hash, input, lastTime, transaction, child, awaited, live);
  }

  /** A row without an effect of its own is not durable yet: it waits for the branch's next commit. */
  private void settle(OperationKind kind, OperationRow row) {
    if (undoing && row.error() != null && kind != OperationKind.WORKFLOW) {
      return; // a compensation that failed is tried again at the same position
    }
    keep(row);
  }

  /** What has no effect of its own, and is not in the log yet, goes with the branch's next commit. */
  void keep(OperationRow row) {
    if (run.recorded(row.position()) == null) {
      log.buffer(row);
    }
  }

  /** The time of a new operation: the branch's time never goes back. */
  Instant timeNow() {
    return later(run.services().clock().now(), lastTime);
  }

  /** The durable time of the branch. */
  Instant lastTime() {
    return lastTime;
  }

  /** The time of an operation that is done. */
  void passedTo(Instant time) {
    lastTime = later(lastTime, time);
  }

  /** Makes everything so far durable, the execution included. */
  void persist() {
    run.record(log.takeBuffer(), List.of());
  }

  /** Goes on after a branch that was joined, with what it has not recorded. */
  void adopt(WorkflowScope joined) {
    log.adopt(joined.log);
    lastTime = later(lastTime, joined.lastTime);
  }

  void waitFor(WaitRoom.Wait wait) {
    try {
      run.waits().await(wait);
    } catch (Unwinding e) {
      if (e.reason() == Unwinding.Reason.CLOSED) {
        log.closedBy(e);
      }
      throw e;
    }
  }

  /** Runs a compensation: failures are not recorded, and steps have the key of the one that is undone. */
  void undo(@Nullable String key, Call<Boolean, Exception> compensation) throws Exception {
    boolean undoingBefore = undoing;
    var keyBefore = undoKey;
    int mark = log.mark();
    undoing = true;
    undoKey = key;
    try {
      compensation.run();
    } catch (Exception e) {
      log.returnTo(mark);
      throw e;
    } finally {
      undoing = undoingBefore;
      undoKey = keyBefore;
    }
  }

  /** Whether a compensation runs. */
  boolean isUndoing() {
    return undoing;
  }

  String keyAt(Position position) {
    return undoKey != null ? undoKey : run.identity().idAt(position) + ":" + position;
  }

  private static Instant later(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }

  // --- Durable
  // ------------------------------------------------------------------------------------------------------

  @Override
  public <T extends @Nullable Object, X extends Exception> Branch<T, X> async(Call<T, X> call) {
    var unused = log.enter(
        OperationKind.BRANCH,
        "async",
        0); // only a row of another kind can be there, which is refused
    persist();
    var stage = run.stage();
    if (stage != null) {
      stage.forked(log.position());
    }
    var fork = new Fork<>(new WorkflowScope(run, log.position(), lastTime, patches.known()), call);
    fork.start();
    return fork;
  }

  @Override
  public <T extends @Nullable Object> List<T> all(List<? extends Branch<T, ?>> branches) {
    var results = new ArrayList<T>();
    for (Branch<T, ?> branch : branches) {
      try {
        results.add(branch.get());
      } catch (Exception e) {
        throw Sneaky.raise(e);
      }
    }
    return results;
  }

  @Override
  public void sleep(Duration duration) {
    new Sleep(this).last(duration);
  }

  @Override
  public <T> Optional<T> receive(String topic, Type type, Duration timeout) {
    return message(new Messaging(this).receive(topic, timeout, false), type);
  }

  @Override
  public <M> Optional<Request<M>> receiveRequest(String topic, Type type, Duration timeout) {
    var row = new Messaging(this).receive(topic, timeout, true);
    return this.<M>message(row, type)
        .map(message -> new ReceivedRequest<>(run, topic, row.position(), message));
  }

  @SuppressWarnings("unchecked")
  private <T> Optional<T> message(OperationRow row, Type type) {
    return row.output() == null
        ? Optional.empty()
        : Optional.ofNullable((T) run.application().codec().decode(row.output(), type));
  }

  @Override
  public void send(String executionId, String topic, Object message, Duration delay) {
    new Messaging(this).send(executionId, topic, message, delay);
  }

  @Override
  public void publish(String key, Object value) {
    new Messaging(this).publish(key, value);
  }

  @Override
  public boolean patched(String changeId) {
    return patches.isPatched(changeId);
  }

  @Override
  public void continueAsNew(@Nullable Object... arguments) {
    new Continuing(this).with(arguments);
  }

  @Override
  public Instant now() {
    run.requireGoingForCall();
    return lastTime;
  }

  @Override
  public UUID uuid() {
    return derived().uuid();
  }

  @Override
  public Random random() {
    return derived().random();
  }

  /** Before the position of a fork, what was derived from the original: the copied calls have it in their arguments. */
  private Derivation derived() {
    var execution = run.identity().executionAt(log.nextPosition());
    if (!execution.equals(derivedFrom)) {
      derivedFrom = execution;
      derived = new Derivation(execution, log.prefix());
    }
    return derived;
  }

  @Override
  public String idempotencyKey() {
    if (undoKey == null) {
      throw new IllegalStateException(
          "Durable.idempotencyKey is for steps and compensations: call it inside a @Step,"
              + " inside Durable.step(..) or in the undo of a saga");
    }
    return undoKey;
  }

  @Override
  public String executionId() {
    return run.identity().idAt(log.nextPosition());
  }

  @Override
  public Saga saga() {
    var saga = new WorkflowSaga(this);
    run.add(saga);
    return saga;
  }

  @Override
  public <A, T extends @Nullable Object> Execution<T> start(
      Class<A> functions, Invocation<A, T> call, Options options) {
    return new ChildCall(this).start(Captured.of(run.application(), functions, call), options);
  }

  /** Takes a position for the start of a child; null row where it is new. */
  @Nullable
  OperationRow enterStart(String function, long hash) {
    return log.enter(OperationKind.START, function, hash);
  }

  @Override
  public Logger logger(Class<?> type) {
    return ReplaySilentLogger.of(
        LoggerFactory.getLogger(type), () -> run.recorded(log.nextPosition()) != null);
  }
}
