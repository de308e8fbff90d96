package dev.reprise.runtime.execution;

import dev.reprise.ExecutionCancelledException;
import dev.reprise.ExecutionParkedException;
import dev.reprise.ExecutionStatus;
import dev.reprise.ExecutionTimedOutException;
import dev.reprise.NonDeterminismException;
import dev.reprise.runtime.function.Application;
import dev.reprise.runtime.function.FunctionDefinition;
import dev.reprise.runtime.json.ExceptionCodec;
import dev.reprise.runtime.json.JsonCodec;
import dev.reprise.runtime.store.ExecutionRow;
import dev.reprise.runtime.store.OperationKind;
import dev.reprise.runtime.store.OperationRow;
import dev.reprise.runtime.store.Position;
import org.jspecify.annotations.Nullable;

/** What a settled execution means to whoever waited for it. */
public final class Outcomes {
  private Outcomes() {}

  /**
   * Gives the result, or throws what the function threw or why there is no result.
   *
   * @param row settled
   */
  public static @Nullable Object of(
      ExecutionRow row, Application application, FunctionDefinition function) throws Throwable {
    return switch (row.status()) {
      case SUCCEEDED ->
        row.output() == null
            ? null
            : application.codec().decode(row.output(), function.method().getGenericReturnType());
      case FAILED -> throw ExceptionCodec.decode(errorOf(row), application.loader());
      case CANCELLED, TIMED_OUT ->
        throw ExceptionCodec.decode(errorOf(row), Outcomes.class.getClassLoader());
      case PARKED, STRANDED -> throw parked(row);
      case PENDING, RUNNING, WAITING ->
        throw new IllegalStateException("execution " + row.id() + " is still " + row.status());
    };
  }

  /** The recorded exception, or the one that stands for a cancellation or a timeout. */
  static String errorOf(ExecutionRow row) {
    return switch (row.status()) {
      case CANCELLED -> cancelled(row.id());
      case TIMED_OUT -> timedOut(row.id());
      default -> {
        if (row.error() == null) {
          throw new IllegalStateException(
              "execution " + row.id() + " is " + row.status() + " without an error");
        }
        yield row.error();
      }
    };
  }

  static String cancelled(String id) {
    return ExceptionCodec.encode(
        new ExecutionCancelledException("execution " + id + " was cancelled"));
  }

  static String timedOut(String id) {
    return ExceptionCodec.encode(
        new ExecutionTimedOutException("execution " + id + " ran into its timeout"));
  }

  /** What the log of its parent gets where a child ends; null where nobody waits for it there. */
  static @Nullable OperationRow forParent(
      Run run, ExecutionStatus status, @Nullable String outcome) {
    var identity = run.identity();
    Position position = identity.parentPosition();
    if (position == null) {
      return null;
    }
    boolean success = status == ExecutionStatus.SUCCEEDED;
    return new OperationRow(
        position,
        OperationKind.WORKFLOW,
        identity.function(),
        JsonCodec.hash(identity.input()),
        success ? outcome : null,
        success ? null : outcome,
        1,
        null,
        null,
        null,
        identity.createdAt(),
        run.services().clock().now());
  }

  private static ExecutionParkedException parked(ExecutionRow row) {
    var cause = row.error() == null
        ? null
        : ExceptionCodec.decode(row.error(), Outcomes.class.getClassLoader());
    if (cause instanceof NonDeterminismException nonDeterminism) {
      return nonDeterminism;
    }
    var message = "execution " + row.id() + " is " + row.status() + ": "
        + (cause == null ? "" : cause.getMessage());
    var parked = new ExecutionParkedException(message);
    if (cause != null) {
      parked.initCause(cause);
    }
    return parked;
  }
}
