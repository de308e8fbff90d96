package dev.reprise.runtime.store;

import dev.reprise.ExecutionStatus;
import dev.reprise.runtime.json.Json;
import dev.reprise.runtime.postgres.Jdbc;
import dev.reprise.runtime.store.LogWrite.Birth;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Inserts rows of executions. */
final class Births {
  private Births() {}

  /** Inserts those that do not exist, in the order given; tells which it inserted. */
  static Set<UUID> insert(Connection connection, List<Birth> births, long offsetMicros)
      throws SQLException {
    var sql = """
        insert into reprise.executions (execution, id, principal, function, kind, version, status, input, owner,
               created_at, started_at, completed_at, wake_at, deadline, parent, parent_position, attempts, tags,
               traceparent, queue, priority, partition, deduplication, not_before, queued_at)
        select execution, id, principal, function, kind::reprise.function_kind, version,
               status::reprise.execution_status, input, owner, created_at::timestamptz,
               case when status <> 'PENDING' then created_at::timestamptz end,
               case when status in ('SUCCEEDED', 'FAILED') then clock_timestamp() + ? * interval '1 microsecond' end,
               case when status = 'PENDING' and (queue is null or not_before is not null)
                    then coalesce(not_before, created_at)::timestamptz end,
               deadline::timestamptz, parent, parent_position, case when status = 'PENDING' then 0 else 1 end,
               tags::jsonb, traceparent, queue, priority, partition, deduplication, not_before::timestamptz,
               case when status = 'PENDING' and queue is not null and not_before is null
                    then created_at::timestamptz end
          from unnest(?::uuid[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::text[], ?::uuid[],
                 ?::text[], ?::text[], ?::uuid[], ?::text[], ?::text[], ?::text[], ?::text[], ?::int[], ?::text[],
                 ?::text[], ?::text[]) with ordinality
               as row (execution, id, principal, function, kind, version, status, input, owner, created_at, deadline,
                 parent, parent_position, tags, traceparent, queue, priority, partition, deduplication, not_before,
                 place)
         order by place
        on conflict do nothing
        returning execution
        """;
    return new HashSet<>(Jdbc.query(
        connection,
        sql,
        statement -> new Columns(statement)
            .add(offsetMicros)
            .add("uuid", births, birth -> birth.row().execution())
            .add("text", births, birth -> birth.row().id())
            .add("text", births, birth -> birth.row().principal())
            .add("text", births, birth -> birth.row().function())
            .add("text", births, birth -> birth.row().kind().label())
            .add("text", births, birth -> birth.row().version())
            .add("text", births, Birth::status)
            .add("text", births, birth -> birth.row().input())
            .add("uuid", births, Birth::owner)
            .add("text", births, birth -> birth.row().createdAt())
            .add("text", births, birth -> birth.row().deadline())
            .add("uuid", births, birth -> birth.row().parent())
            .add("text", births, birth -> birth.row().parentPosition())
            .add("text", births, birth -> tags(birth.row()))
            .add("text", births, birth -> birth.row().traceparent())
            .add("text", births, birth -> birth.row().placement().queue())
            .add("int", births, birth -> priority(birth.row().placement()))
            .add("text", births, birth -> birth.row().placement().partition())
            .add("text", births, birth -> birth.row().placement().deduplication())
            .add("text", births, birth -> birth.row().placement().notBefore()),
        row -> row.getObject(1, UUID.class)));
  }

  /** The row that goes with the first commit of a business transaction; a plain INSERT, and only for a writer. */
  static final String WITH_FIRST_COMMIT = """
      insert into reprise.executions (execution, id, principal, function, kind, version, status, input, owner,
             created_at, started_at, completed_at, deadline, attempts, tags, traceparent)
      select ?, ?, ?, ?, ?::reprise.function_kind, ?, ?::reprise.execution_status, ?, ?,
             ?, ?, case when ? then clock_timestamp() + ? * interval '1 microsecond' end, ?, 1, ?::jsonb, ?
       where pg_current_xact_id_if_assigned() is not null;
      """;

  /** Binds {@link #WITH_FIRST_COMMIT}; gives the next index. */
  static int bind(PreparedStatement statement, int from, Birth birth, long offsetMicros)
      throws SQLException {
    int i = from;
    NewExecution row = birth.row();
    statement.setObject(i++, row.execution());
    statement.setString(i++, row.id());
    statement.setString(i++, row.principal());
    statement.setString(i++, row.function());
    statement.setString(i++, row.kind().label());
    statement.setString(i++, row.version());
    statement.setString(i++, birth.status().name());
    statement.setString(i++, row.input());
    statement.setObject(i++, birth.owner(), Types.OTHER);
    setInstant(statement, i++, row.createdAt());
    setInstant(statement, i++, row.createdAt());
    statement.setBoolean(i++, birth.status() == ExecutionStatus.SUCCEEDED);
    statement.setLong(i++, offsetMicros);
    setInstant(statement, i++, row.deadline());
    statement.setString(i++, tags(row));
    statement.setString(i++, row.traceparent());
    return i;
  }

  static void setInstant(PreparedStatement statement, int index, @Nullable Instant instant)
      throws SQLException {
    if (instant == null) {
      statement.setNull(index, Types.TIMESTAMP_WITH_TIMEZONE);
    } else {
      statement.setObject(index, instant.atOffset(java.time.ZoneOffset.UTC));
    }
  }

  private static @Nullable Integer priority(Placement placement) {
    return placement.queue() == null ? null : placement.priority();
  }

  private static @Nullable String tags(NewExecution row) {
    return row.tags().isEmpty() ? null : Json.write(row.tags());
  }
}
