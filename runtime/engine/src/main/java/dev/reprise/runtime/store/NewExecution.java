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
 */
public record NewExecution(
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
        placement);
  }
}
