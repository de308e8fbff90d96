package dev.reprise.runtime.store;

import dev.reprise.ExecutionStatus;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a running execution. Each is a compare-and-set: it happens only while the row is RUNNING and owned by
 * the writer.
 */
public sealed interface Transition {
  /** The state afterwards. */
  ExecutionStatus status();

  /**
   * The end. Success and failure need that no cancellation was accepted.
   *
   * @param outcome the result or exception as JSON, by {@code status}
   * @param recorded whether the outcome stands in operation 1, so that it is not written here
   * @param parentOperation what the parent's log gets at the position that waits for it
   */
  record Ended(
      ExecutionStatus status,
      @Nullable String outcome,
      boolean recorded,
      @Nullable OperationRow parentOperation)
      implements Transition {
    public Ended {
      if (!status.isTerminal()) {
        throw new IllegalArgumentException(status + " is no end");
      }
    }
  }

  /**
   * Goes to sleep, unless more was delivered than the execution has seen.
   *
   * @param wakeAt when to go on at the latest; null for not by time
   * @param topics whose messages wake it
   */
  record Waiting(@Nullable Instant wakeAt, int signalsSeen, Set<String> topics)
      implements Transition {
    public Waiting {
      topics = Set.copyOf(topics);
    }

    @Override
    public ExecutionStatus status() {
      return ExecutionStatus.WAITING;
    }
  }

  /** Stops until somebody resumes it. */
  record Parked(ExecutionStatus status, String cause) implements Transition {
    public Parked {
      if (status != ExecutionStatus.PARKED && status != ExecutionStatus.STRANDED) {
        throw new IllegalArgumentException(status + " is not a parked state");
      }
    }
  }
}
