package dev.reprise.runtime.store;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One operation of an execution's log.
 *
 * @param position dotted, {@code 3.1.2}
 * @param arguments a hash of the canonical arguments, to notice code that calls with others
 * @param output the result as JSON, null where it failed
 * @param error the exception as JSON, null where it succeeded
 * @param attempt which attempt gave the outcome, from 1
 * @param transactionId the 64-bit transaction id of a writing transaction function
 * @param snapshot the {@code pg_snapshot} it ran on
 * @param isolation the isolation level, as in the annotation
 */
public record OperationRow(
    Position position,
    OperationKind kind,
    String function,
    long arguments,
    @Nullable String output,
    @Nullable String error,
    int attempt,
    @Nullable Long transactionId,
    @Nullable String snapshot,
    @Nullable String isolation,
    @Nullable Instant startedAt,
    Instant completedAt) {

  /** The same with another hash of its arguments. */
  OperationRow withArguments(long hash) {
    return new OperationRow(
        position,
        kind,
        function,
        hash,
        output,
        error,
        attempt,
        transactionId,
        snapshot,
        isolation,
        startedAt,
        completedAt);
  }
}
