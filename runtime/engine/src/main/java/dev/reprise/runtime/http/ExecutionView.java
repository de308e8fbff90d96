package dev.reprise.runtime.http;

import dev.reprise.runtime.json.JsonObject;
import dev.reprise.runtime.store.ExecutionRow;
import dev.reprise.runtime.store.OperationRow;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Executions and operations as clients see them. The names are part of the contract; what is not known yet is null. */
final class ExecutionView {
  private ExecutionView() {}

  /**
   * An execution: {@code output} is there once it has succeeded, {@code error} where there is one, {@code forkedFrom} and
   * {@code forkedAt} of a fork, {@code recoveries} where it has lost a node.
   */
  static JsonObject of(ExecutionRow row) {
    var view = new JsonObject()
        .put("id", row.id())
        .put("function", row.function())
        .put("version", row.version())
        .put("status", row.status().name())
        .putRaw("input", row.input())
        .putRawIfPresent("output", row.output());
    var placement = row.placement();
    if (placement.queue() != null) {
      view.put("queue", placement.queue())
          .put("priority", placement.priority())
          .put("partition", placement.partition())
          .put("deduplicate", placement.deduplication());
    }
    var lineage = row.lineage();
    int recoveries = row.lifecycle().recoveries();
    return withError(view, row.error())
        .put("parent", row.parent())
        .putIfPresent("forkedFrom", lineage == null ? null : lineage.forked().id())
        .putIfPresent(
            "forkedAt", lineage == null ? null : lineage.forked().until().toString())
        .put("createdAt", row.createdAt())
        .put("startedAt", row.startedAt())
        .put("completedAt", row.completedAt())
        .put("wakeAt", row.wakeAt())
        .put("attempts", row.attempts())
        .putIfPresent("recoveries", recoveries == 0 ? null : recoveries)
        .put("tags", row.tags());
  }

  /** The id and the state. */
  static JsonObject brief(String id, String status) {
    return new JsonObject().put("id", id).put("status", status);
  }

  /** An operation. The transaction id has 64 bits, more than the numbers of JavaScript keep: it is a string. */
  static JsonObject of(OperationRow row) {
    var transactionId = row.transactionId();
    var view = new JsonObject()
        .put("position", row.position().toString())
        .put("function", row.function())
        .put("kind", row.kind().label())
        .putRawIfPresent("output", row.output());
    return withError(view, row.error())
        .put("attempt", row.attempt())
        .put("transactionId", transactionId == null ? null : Long.toUnsignedString(transactionId))
        .put("snapshot", row.snapshot())
        .put("isolation", row.isolation())
        .put("startedAt", row.startedAt())
        .put("completedAt", row.completedAt());
  }

  /** A list. */
  static Answer list(List<JsonObject> items, @Nullable String next) {
    return Answer.json(
        200, new JsonObject().put("items", items).put("next", next).toString());
  }

  private static JsonObject withError(JsonObject view, @Nullable String recorded) {
    var error = PublicError.of(recorded);
    return error == null ? view : view.put("error", error.view());
  }
}
