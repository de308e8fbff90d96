package dev.reprise.runtime.store;

import dev.reprise.ExecutionStatus;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An execution that has no row yet.
 *
 * @param execution the internal id
 * @param id the public id
 * @param createdAt also its start as {@code Durable.now()} tells it before the first operation
 * @param deadline when its timeout strikes; null for never
 * @param parent the internal id of the parent; null for a call from outside
 * @param parentPosition where its outcome goes in the parent's log; null where the parent asks for it itself
 * @param placement where it waits before it is started
 * @param lineage where the first operations of a fork come from; null for an execution that is none
 */
public record NewExecution( // tidy: the columns of the table
    UUID execution,
    String id,
    String principal,
    String function,
    FunctionKind kind,
    @Nullable String version,
    String input,
    Instant createdAt,
    @Nullable Instant deadline,
    @Nullable UUID parent,
    @Nullable Position parentPosition,
    Map<String, String> tags,
    @Nullable String traceparent,
    Placement placement,
    @Nullable Lineage lineage) {

  /** An execution that is no fork. */
  public NewExecution( // tidy: the columns of the table
      UUID execution,
      String id,
      String principal,
      String function,
      FunctionKind kind,
      @Nullable String version,
      String input,
      Instant createdAt,
      @Nullable Instant deadline,
      @Nullable UUID parent,
      @Nullable Position parentPosition,
      Map<String, String> tags,
      @Nullable String traceparent,
      Placement placement) {
    this(
        execution,
        id,
        principal,
        function,
        kind,
        version,
        input,
        createdAt,
        deadline,
        parent,
        parentPosition,
        tags,
        traceparent,
        placement,
        null);
  }

  /** The same as a fork. */
  public NewExecution withLineage(@Nullable Lineage from) {
    return new NewExecution(
        execution,
        id,
        principal,
        function,
        kind,
        version,
        input,
        createdAt,
        deadline,
        parent,
        parentPosition,
        tags,
        traceparent,
        placement,
        from);
  }

  /** The public id of the execution that makes the operation at the position, or made it before it was forked. */
  public String idAt(Position position) {
    var origin = lineage == null ? null : lineage.of(position);
    return origin == null ? id : origin.id();
  }

  /** The same with the internal id. */
  public UUID executionAt(Position position) {
    var origin = lineage == null ? null : lineage.of(position);
    return origin == null ? execution : origin.execution();
  }

  /** The start as its code was told: that of the execution whose first operation it has. */
  public Instant begunAt() {
    var origin = lineage == null ? null : lineage.of(Position.of(1));
    return origin == null ? createdAt : origin.createdAt();
  }

  /** The row as it is once inserted in this state; the same that a read would give. */
  public ExecutionRow asRow(ExecutionStatus status, @Nullable UUID owner) {
    return new ExecutionRow(
        execution,
        id,
        principal,
        function,
        kind,
        version,
        status,
        input,
        null,
        null,
        null,
        owner,
        createdAt,
        status == ExecutionStatus.PENDING ? null : createdAt,
        null,
        null,
        deadline,
        null,
        status == ExecutionStatus.PENDING ? 0 : 1,
        tags,
        0,
        parent,
        parentPosition == null ? null : parentPosition.toString(),
        traceparent,
        placement,
        lineage == null ? Lifecycle.PLAIN : new Lifecycle(0, lineage));
  }
}
