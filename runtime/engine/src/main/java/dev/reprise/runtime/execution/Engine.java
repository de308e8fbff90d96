package dev.reprise.runtime.execution;

import dev.reprise.runtime.function.FunctionDefinition;
import dev.reprise.runtime.store.ExecutionFilter;
import dev.reprise.runtime.store.ExecutionRow;
import dev.reprise.runtime.store.OperationRow;
import dev.reprise.runtime.store.QueueStore;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** What a node does for its callers, over HTTP or in process. Thread-safe. */
public interface Engine {
  /**
   * Accepts a call. An asynchronous one is durable when this returns. A synchronous one runs; its future tells the end.
   * A key that was used before gives the execution of that time.
   *
   * @throws dev.reprise.IdempotencyConflictException the key was used with another function or other arguments
   * @throws dev.reprise.UnknownQueueException it is to wait in a queue that is not declared
   * @throws dev.reprise.OverloadedException the node has as much as it may; nothing was begun
   * @throws dev.reprise.runtime.postgres.DatabaseUnavailableException the database cannot be reached; nothing was begun
   */
  Submission submit(CallRequest request);

  /** The execution of that id. */
  Optional<ExecutionRow> find(String id);

  /** Executions, the newest first. */
  List<ExecutionRow> list(ExecutionFilter filter);

  /** The log of an execution in the order of positions; empty where there is no such execution. */
  Optional<List<OperationRow>> operations(String id);

  /**
   * Completes with the execution once it is terminal, parked or stranded; holds no thread and no connection. Cancelling
   * the future ends the wait.
   *
   * @throws dev.reprise.ExecutionNotFoundException there is no such execution
   */
  CompletableFuture<ExecutionRow> whenSettled(String id);

  /**
   * Asks for cancellation, of the children too; durable when this returns. Without effect on a cancelled execution.
   *
   * @throws dev.reprise.ExecutionNotFoundException there is no such execution
   * @throws dev.reprise.ExecutionEndedException it has ended otherwise
   */
  void cancel(String id);

  /**
   * Lets a parked or stranded execution go on. Without effect on one that is alive.
   *
   * @throws dev.reprise.ExecutionNotFoundException there is no such execution
   * @throws dev.reprise.ExecutionEndedException it has ended
   */
  void resume(String id);

  /**
   * Begins another execution of a workflow with the operations before a position; it is durable when this returns.
   *
   * @param from the first position that is done again, dotted; null for all of them
   * @param version of the code to run; null for the one that new calls reach
   * @return the id of the new execution
   * @throws dev.reprise.ExecutionNotFoundException there is no such execution
   * @throws ForkRefusedException it cannot be forked so; the message names what can be asked
   */
  String fork(String id, @Nullable String from, @Nullable String version);

  /** Messages to executions, events and answers of them. */
  Post post();

  /** The function that new calls of this name reach. */
  Optional<FunctionDefinition> function(String name);

  /** All functions that can be called, by name. */
  List<FunctionDefinition> functions();

  /** The queues of the cluster, by name. */
  List<QueueStore.Queue> queues();

  /**
   * Sets the limits of a queue.
   *
   * @throws dev.reprise.UnknownQueueException there is no such queue
   */
  void changeQueue(String name, QueueStore.Limits limits);
}
