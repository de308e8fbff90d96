package dev.reprise;

import org.jspecify.annotations.Nullable;

/**
 * A handle of an execution, alive or ended, on this node or another. Thread-safe.
 *
 * @param <T> the type of its result
 */
public interface Execution<T extends @Nullable Object> {
  /** The execution's id: the idempotency key where one was given. */
  String id();

  /** The state, read from the database. */
  ExecutionStatus status();

  /**
   * Waits for the end. Inside a workflow the wait is durable and holds no thread.
   *
   * @return the result
   * @throws Exception what the function threw, as the same type with the same message; or
   *     {@link ExecutionCancelledException}, {@link ExecutionTimedOutException}, {@link ExecutionParkedException}
   */
  T result() throws Exception;

  /**
   * Asks for cancellation, of its children too; returns once the request is durable. Without effect on a cancelled
   * execution.
   *
   * @throws ExecutionEndedException where it has ended otherwise
   */
  void cancel();
}
