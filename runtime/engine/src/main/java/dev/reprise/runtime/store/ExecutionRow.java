package dev.reprise.runtime.store;

import dev.reprise.ExecutionStatus;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One execution as the database holds it.
 *
 * @param execution the internal id, one per incarnation of {@code id}
 * @param id the public id, the idempotency key where one was given
 * @param principal who started it; empty where nobody had to say
 * @param kind of the function it runs
 * @param version the deployment it is pinned to; null where it is not pinned
 * @param input the arguments, a JSON array in the order of the parameters
 * @param output the result as JSON; null where there is none yet or the execution did not succeed
 * @param error the exception or the cause of parking as JSON: {@code {"type", "message", "causes"}}
 * @param parent the id of the parent execution
 * @param deadline when the workflow's timeout strikes
 * @param attempts how many runs have been begun
 * @param signals how much has been delivered from outside
 * @param parentExecution the internal id of the parent
 * @param parentPosition where the outcome goes in the parent's log; null where the parent asks for it itself
 * @param traceparent of the W3C trace it belongs to
 * @param placement where it waits, or waited, before it is started
 * @param lifecycle what became of it besides its outcome
 */
public record ExecutionRow( // tidy: the columns of the table
    UUID execution,
    String id,
    String principal,
    String function,
    FunctionKind kind,
    @Nullable String version,
    ExecutionStatus status,
    String input,
    @Nullable String output,
    @Nullable String error,
    @Nullable String parent,
    @Nullable UUID owner,
    Instant createdAt,
    @Nullable Instant startedAt,
    @Nullable Instant completedAt,
    @Nullable Instant wakeAt,
    @Nullable Instant deadline,
    @Nullable Instant cancelRequestedAt,
    int attempts,
    Map<String, String> tags,
    int signals,
    @Nullable UUID parentExecution,
    @Nullable String parentPosition,
    @Nullable String traceparent,
    Placement placement,
    Lifecycle lifecycle) {

  /** An execution that is no fork and never lost its node. */
  public ExecutionRow( // tidy: the columns of the table
      UUID execution,
      String id,
      String principal,
      String function,
      FunctionKind kind,
      @Nullable String version,
      ExecutionStatus status,
      String input,
      @Nullable String output,
      @Nullable String error,
      @Nullable String parent,
      @Nullable UUID owner,
      Instant createdAt,
      @Nullable Instant startedAt,
      @Nullable Instant completedAt,
      @Nullable Instant wakeAt,
      @Nullable Instant deadline,
      @Nullable Instant cancelRequestedAt,
      int attempts,
      Map<String, String> tags,
      int signals,
      @Nullable UUID parentExecution,
      @Nullable String parentPosition,
      @Nullable String traceparent,
      Placement placement) {
    this(
        execution,
        id,
        principal,
        function,
        kind,
        version,
        status,
        input,
        output,
        error,
        parent,
        owner,
        createdAt,
        startedAt,
        completedAt,
        wakeAt,
        deadline,
        cancelRequestedAt,
        attempts,
        tags,
        signals,
        parentExecution,
        parentPosition,
        traceparent,
        placement,
        Lifecycle.PLAIN);
  }

  /** Where the first operations of a fork come from; null for an execution that is none. */
  public @Nullable Lineage lineage() {
    return lifecycle.lineage();
  }

  /** Whether the operation at the position was made by the execution that this one was forked from. */
  public boolean isCopied(Position position) {
    var lineage = lineage();
    return lineage != null && lineage.of(position) != null;
  }

  /** Whether it has ended, or waits for somebody's help. */
  public boolean isSettled() {
    return status.isTerminal()
        || status == ExecutionStatus.PARKED
        || status == ExecutionStatus.STRANDED;
  }

  /** Whether it went on as a new execution, which has its id now. */
  public boolean isContinued() {
    return id.indexOf('~') >= 0;
  }

  /** The row after it has settled, with its result or its error as JSON. */
  public ExecutionRow settled(ExecutionStatus newStatus, @Nullable String outcome, Instant at) {
    boolean success = newStatus == ExecutionStatus.SUCCEEDED;
    return new ExecutionRow(
        execution,
        id,
        principal,
        function,
        kind,
        version,
        newStatus,
        input,
        success ? outcome : null,
        success ? null : outcome,
        parent,
        null,
        createdAt,
        startedAt,
        newStatus.isTerminal() ? at : null,
        null,
        deadline,
        cancelRequestedAt,
        attempts,
        tags,
        signals,
        parentExecution,
        parentPosition,
        traceparent,
        placement,
        lifecycle);
  }
}
