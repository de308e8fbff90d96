package dev.reprise.runtime.execution;

import dev.reprise.NonDeterminismException;
import dev.reprise.SizeLimitException;
import dev.reprise.runtime.function.Application;
import dev.reprise.runtime.function.FunctionDefinition;
import dev.reprise.runtime.json.ExceptionCodec;
import dev.reprise.runtime.postgres.DatabaseFailureException;
import dev.reprise.runtime.store.ExecutionRow;
import dev.reprise.runtime.store.JointWrite;
import dev.reprise.runtime.store.LogWrite;
import dev.reprise.runtime.store.LogWrite.Birth;
import dev.reprise.runtime.store.LogWrite.Result;
import dev.reprise.runtime.store.NewExecution;
import dev.reprise.runtime.store.OperationRow;
import dev.reprise.runtime.store.Position;
import dev.reprise.runtime.store.Transition;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One attempt to bring an execution to its end: what its branches share. A run that is suspended or lost a race is thrown
 * away with all its stacks; the next run begins from the log. Thread-safe: branches, the ticker and the heartbeat use it.
 */
final class Run { // tidy: the one state that branches, ticker and heartbeat share
  private static final Logger LOG = LoggerFactory.getLogger(Run.class);
  private static final int REFUSALS_BEFORE_PARKING = 1000;
  private static final Duration BIRTH_AT_THE_LATEST = Duration.ofSeconds(1);

  private final RunServices services;
  private final Application application;
  private final FunctionDefinition function;
  private final NewExecution identity;
  private final UUID owner;
  private final Rehearsal.@Nullable Stage stage;
  private final BirthGate birth;
  private final WaitRoom waits;
  private final long beganNanos = System.nanoTime();
  private final ConcurrentSkipListMap<Position, OperationRow> recorded =
      new ConcurrentSkipListMap<>();
  private final List<WorkflowSaga> sagas = new CopyOnWriteArrayList<>();
  private final List<Fork<?, ?>> forks = new CopyOnWriteArrayList<>();
  private final AtomicInteger refusals = new AtomicInteger();
  private final AtomicInteger operations = new AtomicInteger();
  private volatile @Nullable Unwinding halted;
  private volatile @Nullable String parkedCause;
  private volatile @Nullable Closing closing;
  private volatile boolean closingForks;
  private volatile boolean compensating;
  private volatile boolean endedByCommit;
  private volatile boolean commitUnknown;
  private volatile int signals;
  private final Mailbox mailbox = new Mailbox(this);
  private volatile boolean conversing;
  private volatile @Nullable Suspension suspension;
  private volatile Continuing.@Nullable Next next;

  Run(
      RunServices services,
      Application application,
      FunctionDefinition function,
      NewExecution identity,
      UUID owner,
      boolean born,
      Rehearsal.@Nullable Stage stage) {
    this.stage = stage;
    this.services = services;
    this.application = application;
    this.function = function;
    this.identity = identity;
    this.owner = owner;
    this.birth = new BirthGate(born);
    this.waits = new WaitRoom(services.clock(), this::requireGoing, this::suspend);
  }

  RunServices services() {
    return services;
  }

  Application application() {
    return application;
  }

  FunctionDefinition function() {
    return function;
  }

  NewExecution identity() {
    return identity;
  }

  UUID owner() {
    return owner;
  }

  /** Where recorded transactions are run again; null in all but a rehearsal, which changes nothing. */
  Rehearsal.@Nullable Stage stage() {
    return stage;
  }

  /** In a rehearsal: whether it may go another way than its log. */
  boolean goesOn() {
    return stage != null && stage.goesOn();
  }

  /** In a rehearsal: what stands for a call that the log does not have. */
  OperationRow beyond(Rehearsal.NewCall call) {
    var row = stage == null ? null : stage.beyond(call);
    if (row == null) {
      throw halt(
          Unwinding.Reason.ABANDONED,
          "the log ends before position " + call.position() + ", where the code calls "
              + BranchLog.described(call.kind(), call.name()));
    }
    return row;
  }

  WaitRoom waits() {
    return waits;
  }

  BirthGate birth() {
    return birth;
  }

  /** In the order of the log, which does not depend on threads. */
  List<WorkflowSaga> sagas() {
    return sagas.stream().sorted().toList();
  }

  void add(WorkflowSaga saga) {
    sagas.add(saga);
  }

  List<Fork<?, ?>> forks() {
    return forks;
  }

  int signals() {
    return signals;
  }

  @Nullable
  String parkedCause() {
    return parkedCause;
  }

  /**
   * What was known when everything waited.
   *
   * @param until when to go on at the latest; null for not by time
   * @param signals how much had been delivered
   * @param topics whose messages are waited for
   */
  record Suspension(@Nullable Instant until, int signals, Set<String> topics) {}

  Suspension suspension() {
    var known = suspension;
    if (known == null) {
      throw new IllegalStateException("the run was not suspended");
    }
    return known;
  }

  Mailbox mailbox() {
    return mailbox;
  }

  /** It sends or receives messages in this run: the next may come within a moment. */
  void converse() {
    conversing = true;
  }

  boolean isConversing() {
    return conversing;
  }

  /** How the execution goes on as a new one; null where it does not. */
  Continuing.@Nullable Next next() {
    return next;
  }

  /** This was the last call of the run. Gives what is to be thrown. */
  Unwinding continueWith(Continuing.Next how) {
    next = how;
    return halt(
        Unwinding.Reason.CONTINUED, "the execution goes on as a new one; let this error pass");
  }

  /** Takes over what the database has: the log, and what was asked of the execution. */
  void absorb(ExecutionRow row, List<OperationRow> operations) {
    absorb(operations);
    if (row.cancelRequestedAt() != null) {
      requestClose(Closing.CANCELLED);
    }
    waits.signal(() -> signals = Math.max(signals, row.signals()));
  }

  /** The log alone. */
  void absorb(List<OperationRow> rows) {
    for (OperationRow operation : rows) {
      if (recorded.putIfAbsent(operation.position(), operation) == null) {
        operations.incrementAndGet();
      }
    }
  }

  /** Reads the log again because something was delivered. */
  void refresh() {
    services
        .store()
        .load(identity.execution())
        .ifPresent(loaded -> absorb(loaded.row(), loaded.operations()));
  }

  @Nullable
  OperationRow recorded(Position position) {
    return recorded.get(position);
  }

  boolean isRecordedBelow(Position position) {
    Position next = recorded.higherKey(position);
    return next != null && next.isBelow(position);
  }

  void remember(OperationRow operation) {
    if (recorded.put(operation.position(), operation) == null) {
      operations.incrementAndGet();
    }
  }

  // --- limits
  // ---------------------------------------------------------------------------------------------------

  /** Gives the JSON, which is to be recorded, or refuses it as too large. */
  String fitting(String json, String what) {
    int most = services.limits().maxValue();
    if (json.length() > most / 3 && json.getBytes(StandardCharsets.UTF_8).length > most) {
      throw new SizeLimitException(
          what + " has more than " + most
              + " bytes of JSON (max-value). Keep what is large in a table or a store of its own, and pass its key");
    }
    return json;
  }

  /** A call that the log does not have makes it longer: compensations may, other calls up to the limit. */
  void requireRoom() {
    int most = services.limits().maxOperations();
    if (operations.get() >= most && !compensating && !isClosing()) {
      throw park(
          new SizeLimitException(
              "the log of execution " + identity.id() + " has " + most
                  + " operations, as many as it may (max-operations): every wake-up goes through all of them."
                  + " Do the work in portions, each a workflow of its own (a loop goes on with"
                  + " Durable.continueAsNew). Cancel the execution, or resume it where the limit is higher"));
    }
  }

  // --- stopping
  // -------------------------------------------------------------------------------------------------

  /** Throws where a wait may not go on in this run any more. */
  private void requireGoing(WaitRoom.Wait wait) {
    Unwinding halt = halted;
    if (halt != null) {
      throw halt;
    }
    if (isClosing() && !wait.evenClosing()) {
      throw new Unwinding(Unwinding.Reason.CLOSED, "the execution is being ended");
    }
  }

  /** The same for a durable call, which code that swallows the error could repeat for ever. */
  void requireGoingForCall() {
    Unwinding halt = halted;
    if (halt != null) {
      if (refusals.incrementAndGet() == REFUSALS_BEFORE_PARKING) {
        parkAtOnce();
      }
      throw halt;
    }
  }

  boolean isClosing() {
    return (closing != null || closingForks) && !compensating;
  }

  @Nullable
  Closing closing() {
    return closing;
  }

  @Nullable
  Unwinding halted() {
    return halted;
  }

  /** Ends the execution other than by its code: the branches are unwound at their next new call. */
  void requestClose(Closing reason) {
    synchronized (this) {
      if (closing == null) {
        closing = reason;
      }
    }
    waits.signal();
  }

  /** The log tells why it was closed, which counts more than what was asked since. */
  void closedAs(Closing reason) {
    closing = reason;
  }

  /** The workflow threw: branches still at work are unwound. */
  void requestCloseOfForks() {
    closingForks = true;
    waits.signal();
  }

  /** The first commit was also the last: the row says how it ended. */
  void markEndedByCommit() {
    endedByCommit = true;
  }

  boolean isEndedByCommit() {
    return endedByCommit;
  }

  /** A connection was lost while it committed: what this run knows may not be what the log has. */
  void markCommitUnknown() {
    commitUnknown = true;
  }

  boolean isCommitUnknown() {
    return commitUnknown;
  }

  /** From here on compensations run: durable calls proceed again. */
  void beginCompensation() {
    compensating = true;
  }

  boolean isCompensating() {
    return compensating;
  }

  /** Stops the run; the first reason holds. Gives what is to be thrown. */
  Unwinding halt(Unwinding.Reason reason, String message) {
    synchronized (this) {
      if (halted == null) {
        halted = new Unwinding(reason, message);
      }
    }
    waits.signal();
    var halt = halted;
    return halt == null ? new Unwinding(reason, message) : halt;
  }

  /** Stops the run so that somebody looks at it. */
  Unwinding park(Throwable cause) {
    synchronized (this) {
      if (halted == null) {
        parkedCause = ExceptionCodec.encode(cause);
      }
    }
    if (stage == null) {
      LOG.warn("execution {} ({}) is parked", identity.id(), identity.function(), cause);
    }
    return halt(Unwinding.Reason.PARKED, "parked: " + cause.getMessage());
  }

  private void suspend() {
    suspension = new Suspension(waits.earliest(), signals, waits.topics());
    halt(Unwinding.Reason.SUSPENDED, "the execution waits; let this error pass");
  }

  private void parkAtOnce() {
    var cause = new NonDeterminismException(
        "execution " + identity.id() + " (" + identity.function()
            + ") goes on after it was stopped: " + REFUSALS_BEFORE_PARKING
            + " durable calls were refused. Let errors pass through catch blocks, and end loops when a call fails");
    var error = ExceptionCodec.encode(cause);
    LOG.warn("execution {} is parked", identity.id(), cause);
    services
        .writer()
        .submit(new LogWrite(
            identity.execution(),
            owner,
            null,
            List.of(),
            List.of(),
            new Transition.Parked(dev.reprise.ExecutionStatus.PARKED, error)));
  }

  // --- recording
  // ------------------------------------------------------------------------------------------------

  /** Whether the caller gave a key. */
  boolean isKeyed() {
    return !identity.id().equals(identity.execution().toString());
  }

  /** The execution's own row as it is inserted while it runs. */
  Birth newborn() {
    return new Birth(identity, dev.reprise.ExecutionStatus.RUNNING, owner);
  }

  /**
   * Records operations, and the execution itself where it has no row yet; returns once they are durable. Nothing to
   * record costs nothing.
   */
  void record(List<OperationRow> operations, List<Birth> children) {
    boolean bearing = beginBirth();
    if (!bearing && operations.isEmpty() && children.isEmpty()) {
      return;
    }
    boolean written = false;
    try {
      var write = new LogWrite(
          identity.execution(),
          owner,
          bearing ? newborn() : null,
          List.copyOf(operations),
          children,
          null);
      written = write(write) == Result.WRITTEN;
    } finally {
      if (bearing) {
        birth.end(written);
      }
    }
    if (!written) {
      throw halt(Unwinding.Reason.LOST_RACE, "another runner recorded first");
    }
    operations.forEach(this::remember);
  }

  /** The same together with an effect on other rows; gives what the effect gave. Throws what the effect refuses with. */
  <T> T recordWith(List<OperationRow> operations, JointWrite.Effect<T> effect) {
    boolean bearing = beginBirth();
    Optional<T> given = Optional.empty();
    try {
      var write = new LogWrite(
          identity.execution(),
          owner,
          bearing ? newborn() : null,
          List.copyOf(operations),
          List.of(),
          null);
      given = ask(() -> services.joint().write(write, effect));
    } catch (JointWrite.Refused e) {
      if (e.reason() == JointWrite.Reason.LOST_RACE) {
        throw halt(Unwinding.Reason.LOST_RACE, "another runner was first");
      }
      throw e;
    } finally {
      if (bearing) {
        birth.end(given.isPresent());
      }
    }
    var won =
        given.orElseThrow(() -> halt(Unwinding.Reason.LOST_RACE, "another runner recorded first"));
    operations.forEach(this::remember);
    return won;
  }

  private Result write(LogWrite write) {
    return ask(() -> services.writer().write(write));
  }

  /** Asks the database for a durable call; an outage ends the run here instead of reaching the author's code. */
  <T> T ask(Supplier<T> question) {
    try {
      return question.get();
    } catch (DatabaseFailureException e) {
      LOG.warn("execution {} is given up here: its log cannot be reached", identity.id(), e);
      throw halt(Unwinding.Reason.ABANDONED, "the log cannot be reached");
    }
  }

  /** Waits for a birth under way; true where the caller bears it. */
  boolean beginBirth() {
    return birth.begin();
  }

  /** Gives the execution its row now, where it has none; returns once that is durable, or another runner was first. */
  void bear() {
    if (halted != null || !beginBirth()) {
      return;
    }
    boolean written = false;
    try {
      written =
          write(new LogWrite(identity.execution(), owner, newborn(), List.of(), List.of(), null))
              == Result.WRITTEN;
    } finally {
      birth.end(written);
    }
    if (!written) {
      halt(Unwinding.Reason.LOST_RACE, "an execution of this id exists");
    }
  }

  /** What time brings: the deadline, and the row of an execution that has run for a second without a commit. */
  void tick(Instant now) {
    if (identity.deadline() != null && !now.isBefore(identity.deadline())) {
      requestClose(Closing.TIMED_OUT);
    }
    if (System.nanoTime() - beganNanos > BIRTH_AT_THE_LATEST.toNanos()
        && halted == null
        && birth.tryBegin()) {
      var write = new LogWrite(identity.execution(), owner, newborn(), List.of(), List.of(), null);
      services.writer().submit(write).whenComplete((result, failure) -> {
        birth.end(result == Result.WRITTEN);
        if (result == Result.LOST_RACE) {
          halt(Unwinding.Reason.LOST_RACE, "an execution of this id exists");
        }
      });
    }
  }

  /** The operations that close every branch that is still open, each at its next position. */
  List<OperationRow> closingOperations(List<WorkflowScope> scopes, Closing reason) {
    var rows = new ArrayList<OperationRow>();
    for (WorkflowScope scope : scopes) {
      rows.addAll(scope.log().takeBuffer());
      if (!scope.log().isClosedInLog()) {
        rows.add(reason.operation(scope.log().nextPosition(), services.clock().now()));
      }
    }
    return rows;
  }
}
