package dev.reprise.runtime.execution;

import dev.reprise.ExecutionStatus;
import dev.reprise.NonDeterminismException;
import dev.reprise.RepriseException;
import dev.reprise.runtime.json.ExceptionCodec;
import dev.reprise.runtime.postgres.DatabaseFailureException;
import dev.reprise.runtime.store.FunctionKind;
import dev.reprise.runtime.store.LogWrite;
import dev.reprise.runtime.store.LogWrite.Birth;
import dev.reprise.runtime.store.LogWrite.Result;
import dev.reprise.runtime.store.OperationRow;
import dev.reprise.runtime.store.Position;
import dev.reprise.runtime.store.Transition;
import dev.reprise.spi.CurrentExecution;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of one run: the function's code, then, where it did not end well, its compensations, then the record of the
 * end. Confined to the thread of the main branch.
 *
 * <p>The order matters where an execution ends other than by its code: a closing row goes to the next position of every
 * open branch, and only then are compensations run. A paused runner elsewhere would otherwise commit its call after the
 * compensation; with the row in place its insert fails.
 */
final class RunAttempt {
  private static final Logger LOG = LoggerFactory.getLogger(RunAttempt.class);

  private final Run run;
  private final WorkflowScope main;

  RunAttempt(Run run) {
    this.run = run;
    this.main = new WorkflowScope(run, run.identity().begunAt());
  }

  /** How the run ended for the one who drives it. */
  sealed interface Ending {
    /** The execution is settled, durably. */
    record Settled(ExecutionStatus status, @Nullable String outcome) implements Ending {}

    /** It goes on as a new execution, durably. */
    record Continued(UUID successor) implements Ending {}

    /** It waits; somebody will claim it. */
    record Suspended() implements Ending {}

    /** What was done is worth nothing: look into the log. */
    record LookAgain() implements Ending {}

    /** This node gives it up. */
    record Abandoned() implements Ending {}
  }

  /** What the function's code came to. */
  private record Came(@Nullable String output, @Nullable Throwable thrown) {}

  Ending go() {
    var before = CurrentExecution.set(main);
    try {
      var result = runCode();
      awaitForks(result.thrown != null || main.log().isClosed());
      if (run.halted() != null) {
        return stopped();
      }
      return conclude(result);
    } catch (Unwinding e) {
      awaitForks(true);
      return stopped();
    } catch (DatabaseFailureException e) {
      run.halt(Unwinding.Reason.ABANDONED, "the log cannot be reached: " + e.getMessage());
      awaitForks(true);
      return new Ending.Abandoned();
    } finally {
      CurrentExecution.set(before);
    }
  }

  private Came runCode() {
    try {
      var function = run.function();
      var arguments = run.application()
          .codec()
          .decodeArguments(run.identity().input(), function.parameterTypes())
          .toArray();
      Object result = function.kind() == FunctionKind.WORKFLOW
          ? run.application().invoke(function, arguments)
          : main.invoke(function, arguments, given -> run.application().invoke(function, given));
      joinForks();
      main.log().passClosingRow();
      if (function.kind() == FunctionKind.WORKFLOW
          && main.log().isLonger()
          && !run.goesOn()
          && run.halted() == null
          && !main.log().isClosed()) {
        throw run.park(new NonDeterminismException("execution " + run.identity().id() + " of "
            + run.identity().function() + ": the code ended before position "
            + main.log().nextPosition()
            + ", where the log goes on. Run it with the code it began on and resume it"));
      }
      return new Came(
          function.method().getReturnType() == void.class
              ? null
              : run.fitting(
                  run.application()
                      .codec()
                      .encode(result, function.method().getGenericReturnType()),
                  "the result of " + function.name()),
          null);
    } catch (Throwable e) {
      // closed from outside after the last call that is recorded: what the code made of that does
      // not count
      main.log().passClosingRow();
      return new Came(null, e);
    }
  }

  /** A branch that nobody waited for is waited for at the end, so that its failure is not lost. */
  private void joinForks() throws Exception {
    for (Fork<?, ?> fork : run.forks().stream().sorted().toList()) {
      if (!fork.isAdopted()) {
        fork.get();
      }
    }
  }

  private void awaitForks(boolean close) {
    if (close && run.halted() == null) {
      run.requestCloseOfForks();
    }
    run.waits().awaitOthers(() -> run.forks().stream().allMatch(Fork::hasEnded));
  }

  private Ending conclude(Came came) {
    var closing = run.closing();
    keepEndedForks();
    boolean closed = main.log().isClosed()
        || came.thrown instanceof Unwinding
        || (closing == Closing.CANCELLED && run.function().kind() == FunctionKind.WORKFLOW);
    if (closed && closing != null) {
      return end(closing);
    }
    if (came.thrown instanceof Unwinding) {
      return new Ending.LookAgain(); // nothing asked for it: another runner wrote a closing row
    }
    if (came.thrown != null) {
      if (closeForks()) {
        new ChildrenEnd(run, main).await(true);
      }
      compensate();
      return complete(ExecutionStatus.FAILED, ExceptionCodec.encode(came.thrown));
    }
    return complete(ExecutionStatus.SUCCEEDED, came.output);
  }

  private Ending stopped() {
    var halted = run.halted();
    if (halted == null) {
      return new Ending.LookAgain();
    }
    return switch (halted.reason()) {
      case SUSPENDED -> suspend();
      case CONTINUED ->
        run.stage() == null
            ? new Continuing(main)
                .finish()
                .<Ending>map(Ending.Continued::new)
                .orElseGet(Ending.LookAgain::new)
            : new Ending.Settled(ExecutionStatus.SUCCEEDED, null);
      case LOST_RACE, CLOSED -> new Ending.LookAgain();
      case ABANDONED -> new Ending.Abandoned();
      case PARKED -> park();
    };
  }

  // --- ends
  // -------------------------------------------------------------------------------------------------------

  /** Ends it other than by its code: closing rows, then children, then compensations. */
  private Ending end(Closing reason) {
    closeEverything(reason);
    new ChildrenEnd(run, main).await(false);
    compensate();
    var error = reason == Closing.CANCELLED
        ? Outcomes.cancelled(run.identity().id())
        : Outcomes.timedOut(run.identity().id());
    return complete(reason.status(), error);
  }

  private void closeEverything(Closing reason) {
    var open = new ArrayList<WorkflowScope>(openForks());
    open.forEach(fork -> fork.log().passClosingRow());
    main.log().passClosingRow();
    if (main.log().isClosedInLog()
        || !main.log().isLonger()) { // else compensations had begun without one
      open.add(main);
    }
    close(open, reason);
    main.log().reopenForCompensation();
    run.beginCompensation();
  }

  /** What branches that nobody joined have not recorded yet goes with the end. */
  private void keepEndedForks() {
    var ended = run.forks().stream().filter(Fork::isComplete).sorted();
    ended.forEach(fork -> main.log().adopt(fork.scope().log()));
  }

  /** Whether there was one to close. */
  private boolean closeForks() {
    var open = openForks();
    open.forEach(fork -> fork.log().passClosingRow());
    if (!open.isEmpty()) {
      close(open, Closing.FAILED);
    }
    run.beginCompensation();
    return !open.isEmpty();
  }

  private List<WorkflowScope> openForks() {
    return run.forks().stream()
        .filter(fork -> !fork.isComplete())
        .map(Fork::scope)
        .toList();
  }

  private void close(List<WorkflowScope> scopes, Closing reason) {
    var unclosed = scopes.stream().filter(scope -> !scope.log().isClosedInLog()).toList();
    run.record(run.closingOperations(scopes, reason), List.of());
    unclosed.forEach(scope -> scope.log().closedAtNextPosition());
  }

  private void compensate() {
    try {
      var sagas = run.sagas();
      for (int i = sagas.size() - 1; i >= 0; i--) {
        sagas.get(i).compensate(main);
      }
    } catch (Unwinding e) {
      throw e;
    } catch (RuntimeException | Error e) {
      throw run.park(new RepriseException("a compensation failed, see the cause", e));
    }
  }

  // --- records ----------------------------------------------------------------------------------

  private Ending complete(ExecutionStatus status, @Nullable String outcome) {
    var buffer = main.log().takeBuffer();
    boolean whole = run.function().kind() == FunctionKind.TRANSACTION
        && (status == ExecutionStatus.SUCCEEDED // arguments that do not fit fail before the call
            || status == ExecutionStatus.FAILED && run.recorded(Position.of(1)) != null);
    boolean bearing = run.beginBirth();
    if (run.isEndedByCommit()) {
      return new Ending.Settled(status, outcome);
    }
    LogWrite write;
    if (bearing && whole) {
      write = write(new Birth(run.identity(), status, null), buffer, null);
    } else {
      var ended =
          new Transition.Ended(status, outcome, whole, Outcomes.forParent(run, status, outcome));
      write = write(bearing ? run.newborn() : null, buffer, ended);
    }
    if (bearing
        && whole
        && status == ExecutionStatus.SUCCEEDED
        && !run.isKeyed()
        && !run.isCommitUnknown()) { // else an earlier attempt may have written, and answered
      // differently
      return recordReadLater(write, outcome);
    }
    Result result = null;
    try {
      result = run.services().writer().write(write);
    } finally {
      if (bearing) {
        run.birth().end(result == Result.WRITTEN);
      }
    }
    if (result == Result.WRITTEN) {
      return new Ending.Settled(status, outcome);
    }
    return new Ending.LookAgain();
  }

  /** A read without a key: its record may be lost in a crash, an effect cannot. */
  private Ending recordReadLater(LogWrite write, @Nullable String outcome) {
    run.birth().end(true);
    run.services().writer().submit(write).whenComplete((result, failure) -> {
      if (failure != null) {
        LOG.info("the record of the read {} is lost", run.identity().id(), failure);
      }
    });
    return new Ending.Settled(ExecutionStatus.SUCCEEDED, outcome);
  }

  private LogWrite write(
      @Nullable Birth birth, List<OperationRow> operations, @Nullable Transition transition) {
    return new LogWrite(
        run.identity().execution(), run.owner(), birth, operations, List.of(), transition);
  }

  private Ending suspend() {
    var deadline = run.identity().deadline();
    var suspension = run.suspension();
    var until = suspension.until();
    if (deadline != null && (until == null || deadline.isBefore(until)) && !run.isCompensating()) {
      until = deadline;
    }
    var buffers = new ArrayList<>(main.log().takeBuffer());
    run.forks().forEach(fork -> buffers.addAll(fork.scope().log().takeBuffer()));
    var result = run.services()
        .writer()
        .write(write(
            null,
            buffers,
            new Transition.Waiting(until, suspension.signals(), suspension.topics())));
    if (result != Result.WRITTEN) {
      return new Ending.LookAgain();
    }
    if (until != null) {
      run.services().due().at(until);
    }
    return new Ending.Suspended();
  }

  private Ending park() {
    var cause = run.parkedCause();
    if (cause == null) {
      throw new IllegalStateException("parked without a cause");
    }
    boolean bearing = run.beginBirth();
    Result result = null;
    try {
      result = run.services()
          .writer()
          .write(write(
              bearing ? run.newborn() : null,
              List.of(),
              new Transition.Parked(ExecutionStatus.PARKED, cause)));
    } finally {
      if (bearing) {
        run.birth().end(result == Result.WRITTEN);
      }
    }
    return result == Result.WRITTEN
        ? new Ending.Settled(ExecutionStatus.PARKED, cause)
        : new Ending.LookAgain();
  }
}
