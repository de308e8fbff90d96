package dev.reprise.debugger.trace;

import dev.reprise.runtime.json.JsonObject;
import dev.reprise.runtime.store.ExecutionRow;
import dev.reprise.runtime.store.OperationRow;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Rows of the log as JSON objects with the names of its columns. */
final class LogRows {
  private LogRows() {}

  /** Without its owner, which is a node of production, and without the telemetry it belonged to. */
  static String execution(ExecutionRow row, Masking masking) {
    // the outcome of a transaction called directly stands in its operation
    return new JsonObject()
        .put("execution", row.execution())
        .put("id", masking.text(row.id()))
        .put("created_at", row.createdAt())
        .putIfPresent("started_at", row.startedAt())
        .putIfPresent("completed_at", row.completedAt())
        .putIfPresent("wake_at", row.wakeAt())
        .putIfPresent("deadline", row.deadline())
        .putIfPresent("cancel_requested_at", row.cancelRequestedAt())
        .putIfPresent("parent", row.parentExecution())
        .put("attempts", row.attempts())
        .put("signals", row.signals())
        .put("kind", row.kind().name().toLowerCase(Locale.ROOT))
        .put("status", row.status().name())
        .put("function", row.function())
        .putIfPresent("version", row.version())
        .putIfPresent("parent_position", row.parentPosition())
        .put("principal", masking.text(row.principal()))
        .put("input", masking.json(row.input()))
        .putIfPresent("output", nullable(row.output(), masking))
        .putIfPresent("error", error(row.error(), masking))
        .put("tags", masking.values(row.tags()))
        .putIfPresent("ancestry", ancestry(row, masking))
        .toString();
  }

  static String operation(UUID execution, OperationRow row, Masking masking) {
    return new JsonObject()
        .put("execution", execution)
        .put("position", row.position().toString())
        .put("kind", row.kind().label())
        .put("function", row.function())
        .put("arguments", row.arguments())
        .putIfPresent("output", nullable(row.output(), masking))
        .putIfPresent("error", error(row.error(), masking))
        .put("attempt", row.attempt())
        .putIfPresent(
            "transaction_id",
            row.transactionId() == null ? null : Long.toUnsignedString(row.transactionId()))
        .putIfPresent("snapshot", row.snapshot())
        .putIfPresent("isolation", row.isolation())
        .putIfPresent("started_at", row.startedAt())
        .put("completed_at", row.completedAt())
        .toString();
  }

  private static @Nullable String ancestry(ExecutionRow row, Masking masking) {
    var lineage = row.lineage();
    return lineage == null ? null : lineage.withIds(masking::text).json();
  }

  private static @Nullable String nullable(@Nullable String json, Masking masking) {
    return json == null ? null : masking.json(json);
  }

  private static @Nullable String error(@Nullable String json, Masking masking) {
    return json == null ? null : masking.error(json);
  }
}
