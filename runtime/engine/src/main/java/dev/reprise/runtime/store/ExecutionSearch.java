package dev.reprise.runtime.store;

import static dev.reprise.runtime.store.ExecutionReader.COLUMNS;
import static dev.reprise.runtime.store.ExecutionReader.JOINS;

import dev.reprise.ExecutionStatus;
import dev.reprise.runtime.json.Json;
import dev.reprise.runtime.postgres.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Finds executions for lists without an index that a plain call would have to write to.
 *
 * <p>Internal ids begin with the time at which they were made, so the primary key has the newest at its end, and a time is a
 * bound in it. The ids of children begin with the time of their oldest ancestor: children of parents from before a time come
 * after all others in a list, and are looked for apart. States that few executions are in have an index of their own.
 */
final class ExecutionSearch {
  /** Ids tell the time of the node that made them, which may be off. */
  private static final Duration CLOCKS_DIFFER = Duration.ofDays(1);

  private static final UUID FIRST = new UUID(0, 0);
  private static final UUID LAST = new UUID(-1, -1);
  private static final Comparator<ExecutionRow> BY_ID =
      Comparator.comparing(row -> row.execution().toString());

  private ExecutionSearch() {}

  /** Those that fit the filter, the newest first. */
  static List<ExecutionRow> list(Connection connection, ExecutionFilter filter, Duration testOffset)
      throws SQLException {
    var upper = filter.to() == null ? LAST : idAt(filter.to().plus(CLOCKS_DIFFER));
    if (filter.after() != null && filter.after().toString().compareTo(upper.toString()) < 0) {
      upper = filter.after();
    }
    var from = filter.from();
    var lower = from == null ? FIRST : idAt(from.minus(CLOCKS_DIFFER).minus(testOffset));
    var found = page(connection, filter, lower, upper, false);
    if (from != null && found.size() < filter.limit()) {
      var end = upper.toString().compareTo(lower.toString()) < 0 ? upper : lower;
      found.addAll(page(connection, filter, FIRST, end, true));
    }
    return found.size() <= filter.limit() ? found : List.copyOf(found.subList(0, filter.limit()));
  }

  private static UUID idAt(Instant time) {
    return new UUID(Math.max(0, time.toEpochMilli()) << 16, 0);
  }

  /** One query for each state, which reads no more of its index than it gives. */
  private static List<ExecutionRow> page(
      Connection connection, ExecutionFilter filter, UUID lower, UUID upper, boolean children)
      throws SQLException {
    if (filter.statuses().isEmpty()) {
      return page(connection, filter, lower, upper, children, "true");
    }
    // one that goes from one state to another meanwhile may be found in both
    var found = new LinkedHashMap<UUID, ExecutionRow>();
    for (ExecutionStatus status : filter.statuses()) {
      var condition = "e.status = '%s'%s"
          .formatted(status, status == ExecutionStatus.RUNNING ? " and e.owner is not null" : "");
      page(connection, filter, lower, upper, children, condition)
          .forEach(row -> found.put(row.execution(), row));
    }
    var sorted = new ArrayList<>(found.values());
    sorted.sort(BY_ID.reversed());
    return sorted;
  }

  private static List<ExecutionRow> page(
      Connection connection,
      ExecutionFilter filter,
      UUID lower,
      UUID upper,
      boolean children,
      String state)
      throws SQLException {
    var sql = """
        select %s from reprise.executions e %s
         where e.execution >= ? and e.execution < ? and %s and %s
           and (?::text is null or e.function = ?)
           and (?::jsonb is null or e.tags @> ?::jsonb)
           and (?::timestamptz is null or e.created_at >= ?)
           and (?::timestamptz is null or e.created_at < ?)
         order by e.execution desc
         limit ?
        """.formatted(COLUMNS, JOINS, children ? "e.parent is not null" : "true", state);
    @Nullable String tags = filter.tags().isEmpty() ? null : Json.write(filter.tags());
    return new ArrayList<>(Jdbc.query(
        connection,
        sql,
        statement -> {
          statement.setObject(1, lower);
          statement.setObject(2, upper);
          statement.setString(3, filter.function());
          statement.setString(4, filter.function());
          statement.setString(5, tags);
          statement.setString(6, tags);
          Births.setInstant(statement, 7, filter.from());
          Births.setInstant(statement, 8, filter.from());
          Births.setInstant(statement, 9, filter.to());
          Births.setInstant(statement, 10, filter.to());
          statement.setInt(11, filter.limit());
        },
        ExecutionReader::read));
  }
}
