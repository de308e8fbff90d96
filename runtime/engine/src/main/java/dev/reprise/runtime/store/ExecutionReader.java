package dev.reprise.runtime.store;

import dev.reprise.ExecutionStatus;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads rows of executions and operations; the columns stand beside the reading. */
final class ExecutionReader {
  /** With {@code e} the execution, {@code p} its parent and {@code o} its operation 1. */
  static final String COLUMNS = """
      e.execution, e.id, e.principal, e.function, e.kind, e.version, e.status, e.input,
      coalesce(e.output, o.output) as output, coalesce(e.error, o.error) as error, p.id as parent_id, e.owner,
      e.created_at, e.started_at, e.completed_at, e.wake_at, e.deadline, e.cancel_requested_at, e.attempts,
      (select array_agg(array[key, value]) from jsonb_each_text(e.tags)) as tags, e.signals, e.parent,
      e.parent_position, e.traceparent, e.recoveries, e.ancestry, e.queue, e.priority, e.partition, e.deduplication,
      e.not_before""";

  /** The outcome of a transaction function called directly stands in its operation. */
  static final String JOINS = """
      left join reprise.executions p on p.execution = e.parent
      left join reprise.operations o on e.kind = 'transaction' and e.status in ('SUCCEEDED', 'FAILED')
        and o.execution = e.execution and o.position = '1'""";

  private ExecutionReader() {}

  static ExecutionRow read(ResultSet row) throws SQLException {
    return new ExecutionRow(
        row.getObject("execution", UUID.class),
        row.getString("id"),
        row.getString("principal"),
        row.getString("function"),
        FunctionKind.ofLabel(row.getString("kind")),
        row.getString("version"),
        ExecutionStatus.valueOf(row.getString("status")),
        row.getString("input"),
        row.getString("output"),
        row.getString("error"),
        row.getString("parent_id"),
        row.getObject("owner", UUID.class),
        instant(row, "created_at"),
        nullableInstant(row, "started_at"),
        nullableInstant(row, "completed_at"),
        nullableInstant(row, "wake_at"),
        nullableInstant(row, "deadline"),
        nullableInstant(row, "cancel_requested_at"),
        row.getInt("attempts"),
        tags(row),
        row.getInt("signals"),
        row.getObject("parent", UUID.class),
        row.getString("parent_position"),
        row.getString("traceparent"),
        placement(row),
        lifecycle(row));
  }

  private static Lifecycle lifecycle(ResultSet row) throws SQLException {
    int recoveries = row.getInt("recoveries");
    var lineage = row.getString("ancestry");
    return recoveries == 0 && lineage == null
        ? Lifecycle.PLAIN
        : new Lifecycle(recoveries, Lineage.parse(lineage));
  }

  static OperationRow readOperation(ResultSet row) throws SQLException {
    var transactionId = row.getString("transaction_id");
    return new OperationRow(
        Position.parse(row.getString("position")),
        OperationKind.ofLabel(row.getString("kind")),
        row.getString("function"),
        row.getLong("arguments"),
        row.getString("output"),
        row.getString("error"),
        row.getInt("attempt"),
        transactionId == null ? null : Long.parseUnsignedLong(transactionId),
        row.getString("snapshot"),
        row.getString("isolation"),
        nullableInstant(row, "started_at"),
        instant(row, "completed_at"));
  }

  private static Placement placement(ResultSet row) throws SQLException {
    var queue = row.getString("queue");
    var notBefore = nullableInstant(row, "not_before");
    return queue == null && notBefore == null
        ? Placement.NONE
        : new Placement(
            queue,
            row.getInt("priority"),
            row.getString("partition"),
            row.getString("deduplication"),
            notBefore);
  }

  static Instant instant(ResultSet row, String column) throws SQLException {
    return row.getTimestamp(column).toInstant();
  }

  static @Nullable Instant nullableInstant(ResultSet row, String column) throws SQLException {
    Timestamp timestamp = row.getTimestamp(column);
    return timestamp == null ? null : timestamp.toInstant();
  }

  private static Map<String, String> tags(ResultSet row) throws SQLException {
    var array = row.getArray("tags");
    if (array == null) {
      return Map.of();
    }
    var tags = new TreeMap<String, String>();
    for (Object pair : (Object[]) array.getArray()) {
      var strings = (String[]) pair;
      tags.put(strings[0], strings[1]);
    }
    return tags;
  }
}
