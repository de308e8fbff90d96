package dev.reprise.runtime.execution;

import dev.reprise.ExecutionStatus;
import dev.reprise.RepriseException;
import dev.reprise.runtime.config.Limits;
import dev.reprise.runtime.execution.RunAttempt.Ending;
import dev.reprise.runtime.function.Application;
import dev.reprise.runtime.function.FunctionDefinition;
import dev.reprise.runtime.json.ExceptionCodec;
import dev.reprise.runtime.postgres.Database;
import dev.reprise.runtime.store.BusinessCommit;
import dev.reprise.runtime.store.DatabaseClock;
import dev.reprise.runtime.store.EventStore;
import dev.reprise.runtime.store.ExecutionRow;
import dev.reprise.runtime.store.ExecutionStore;
import dev.reprise.runtime.store.GroupWrite;
import dev.reprise.runtime.store.JointWrite;
import dev.reprise.runtime.store.LogDatabase;
import dev.reprise.runtime.store.LogWrite;
import dev.reprise.runtime.store.MessageStore;
import dev.reprise.runtime.store.NewExecution;
import dev.reprise.runtime.store.OperationKind;
import dev.reprise.runtime.store.OperationRow;
import dev.reprise.runtime.store.Position;
import dev.reprise.runtime.store.QueueStore;
import dev.reprise.runtime.telemetry.Metrics;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Runs the code of recorded executions against their logs, and changes nothing by it: every call is answered as it was
 * recorded, steps and children are not run again, and nothing is written. The bodies of transaction functions alone can be
 * run once more, on whatever connection a {@link Stage} has for them; the code is given the recorded outcome all the same.
 * Thread-safe.
 */
public final class Rehearsal {
  /** Sleeps that production has not slept to their end are over, too. */
  private static final Duration PAST_ALL_SLEEPS = Duration.ofDays(36_500);

  private static final UUID NOBODY = new UUID(0, 0);

  private final RunServices services;
  private final boolean comparesArguments;

  /**
   * For executions of one database.
   *
   * @param recorded where children are looked up; it is only read
   * @param threads starts the threads of parallel branches
   */
  public Rehearsal(Database recorded, Executor threads) {
    this(recorded, threads, true);
  }

  /**
   * The same.
   *
   * @param comparesArguments false where values were replaced since: the log has the hashes of the original arguments
   */
  public Rehearsal(Database recorded, Executor threads, boolean comparesArguments) {
    this.comparesArguments = comparesArguments;
    var clock = new DatabaseClock();
    clock.advance(PAST_ALL_SLEEPS);
    var log = new LogDatabase(recorded);
    var nowhere = new Post(
        new MessageStore(log, clock),
        new EventStore(log, clock),
        new Watches(),
        new ActiveRuns(1, threads),
        time -> {});
    this.services = new RunServices(
        recorded,
        new ExecutionStore(log, clock),
        new QueueStore(log),
        Rehearsal::forget,
        new JointWrite(log, new GroupWrite(clock)),
        nowhere,
        new BusinessCommit(clock),
        clock,
        new NodeMembership(NOBODY, Duration.ofDays(1)),
        threads,
        time -> {},
        Metrics.OFF,
        Limits.NONE);
  }

  /** Where recorded transactions are run again. Called by several branches at once. */
  @FunctionalInterface
  public interface Stage {
    /** Runs no body. */
    Stage NONE = (recorded, transaction) -> {};

    /**
     * The code has come to a transaction function that is in the log. The call may block for as long as it likes, and may
     * run the body, on the calling thread; when it returns, the code is given the recorded outcome.
     */
    void reached(OperationRow recorded, Transaction transaction);

    /** Whether calls must have the arguments of the log, which has their hashes. */
    default boolean comparesArguments() {
      return true;
    }

    /** The run begins; told before any of its calls. */
    default void begun(Progress progress) {}

    /** A parallel branch begins at the position. */
    default void forked(Position position) {}

    /**
     * The code has come to a call that the log does not have. The call may block for as long as it likes.
     *
     * @return what stands for the call from here on, as if it were recorded; null where the run ends here, as it does
     *     without such a stage
     */
    default @Nullable OperationRow beyond(NewCall call) {
      return null;
    }

    /** An execution that the code has a handle of; null where the log of the source tells. */
    default @Nullable ExecutionRow find(String id) {
      return null;
    }

    /** Whether the run may go another way than the log, which then holds no more than closing rows. */
    default boolean goesOn() {
      return false;
    }
  }

  /** What a run is doing. Thread-safe. */
  public interface Progress {
    /** Whether nothing of it moves but for so many threads, which a stage keeps. */
    boolean restsBut(int kept);
  }

  /**
   * A call that is not in the log.
   *
   * @param position that it has taken
   * @param arguments the hash of its arguments, as logs have it
   * @param input the arguments as JSON; null for what has none, like a sleep
   * @param now the durable time of the branch
   * @param transaction of a transaction function: its body, to be run; null for all others
   * @param child of a child: whom the code begins; null for all others
   * @param awaited the id of the execution whose end the code waits for by a handle; null for all others
   * @param live does it as a server would, where it is a step
   */
  public record NewCall( // tidy: what there is to know of a call
      Position position,
      OperationKind kind,
      String name,
      long arguments,
      @Nullable String input,
      Instant now,
      @Nullable Transaction transaction,
      @Nullable NewExecution child,
      @Nullable String awaited,
      Live live) {
    /** Does a call. */
    @FunctionalInterface
    public interface Live {
      /** Gives the row that stands for it. */
      OperationRow run() throws Throwable;
    }
  }

  /** A recorded call of a transaction function whose body can be run again. For the thread that was given it. */
  public interface Transaction {
    /** Which function. */
    FunctionDefinition function();

    /**
     * Runs the body in the transaction that is open on the connection, which it neither commits nor rolls back. A function
     * that is read-only makes the transaction read-only; roles are not set.
     */
    Outcome run(Connection connection);

    /** The same, but a read-only function's transaction is not made read-only, by which it would lose its predicate locks. */
    Outcome runTracked(Connection connection);

    /** What the record of the call says where its commit fails. */
    Outcome failedAtCommit(SQLException failure);
  }

  /**
   * What a body came to.
   *
   * @param output the result as JSON; null for none, and where it failed
   * @param error the exception as JSON; null where it succeeded
   * @param cause of a failure
   */
  public record Outcome(
      @Nullable String output,
      @Nullable String error,
      @Nullable Throwable cause) {
    static Outcome failed(Throwable cause) {
      return new Outcome(null, ExceptionCodec.encode(cause), cause);
    }
  }

  /** How far the code came. */
  public sealed interface Result {
    /** To its end, with the result or the exception as JSON. */
    record Ended(ExecutionStatus status, @Nullable String outcome) implements Result {}

    /** To a call that the log does not have. */
    record EndOfLog(String why) implements Result {}

    /** To a call that differs from the log's; the cause as JSON. */
    record Differs(String cause) implements Result {}
  }

  /**
   * Runs an execution's code from its start as far as its log goes, on the calling thread.
   *
   * @throws RepriseException where the application does not have the function
   */
  public Result run(
      Application application, ExecutionRow row, List<OperationRow> log, Stage stage) {
    var function = application
        .find(row.function())
        .orElseThrow(() -> new RepriseException("the code has no function " + row.function()
            + ", which execution " + row.id() + " ran; give the jar that has it"));
    var run = new Run(
        services, application, function, RunLoop.identityOf(row), NOBODY, true, told(stage));
    run.absorb(log);
    stage.begun(run.waits()::restsBut);
    var ending = new RunAttempt(run).go();
    if (ending instanceof Ending.Settled settled && settled.status() != ExecutionStatus.PARKED) {
      return new Result.Ended(settled.status(), settled.outcome());
    }
    var parked = run.parkedCause();
    if (parked != null) {
      return new Result.Differs(parked);
    }
    var halted = run.halted();
    return new Result.EndOfLog(
        halted == null ? "the log ends here" : String.valueOf(halted.getMessage()));
  }

  private Stage told(Stage stage) {
    if (comparesArguments) {
      return stage;
    }
    return new Stage() {
      @Override
      public void reached(OperationRow recorded, Transaction transaction) {
        stage.reached(recorded, transaction);
      }

      @Override
      public boolean comparesArguments() {
        return false;
      }
    };
  }

  private static CompletableFuture<LogWrite.Result> forget(LogWrite write) {
    return CompletableFuture.completedFuture(LogWrite.Result.WRITTEN);
  }
}
