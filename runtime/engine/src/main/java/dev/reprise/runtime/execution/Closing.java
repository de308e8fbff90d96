package dev.reprise.runtime.execution;

import dev.reprise.ExecutionStatus;
import dev.reprise.runtime.store.OperationKind;
import dev.reprise.runtime.store.OperationRow;
import dev.reprise.runtime.store.Position;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/** Why an execution, or a branch of it, is ended other than by its code. */
enum Closing {
  CANCELLED(ExecutionStatus.CANCELLED),
  TIMED_OUT(ExecutionStatus.TIMED_OUT),
  /** The workflow threw while other branches were at work. */
  FAILED(ExecutionStatus.FAILED);

  private final ExecutionStatus status;

  Closing(ExecutionStatus status) {
    this.status = status;
  }

  ExecutionStatus status() {
    return status;
  }

  /** The row that keeps every runner, also a paused one that wakes up later, from recording at this position. */
  OperationRow operation(Position position, Instant now) {
    return new OperationRow(
        position,
        OperationKind.CLOSED,
        name().toLowerCase(Locale.ROOT),
        0,
        null,
        null,
        1,
        null,
        null,
        null,
        null,
        now);
  }

  /** The reason that a recorded row names. */
  static Closing of(OperationRow row) {
    return valueOf(row.function().toUpperCase(Locale.ROOT));
  }

  static List<Closing> all() {
    return List.of(values());
  }
}
