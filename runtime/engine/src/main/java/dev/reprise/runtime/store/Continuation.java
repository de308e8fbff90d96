package dev.reprise.runtime.store;

import dev.reprise.runtime.json.JsonCodec;
import dev.reprise.runtime.postgres.Jdbc;
import dev.reprise.runtime.store.JointWrite.Reason;
import dev.reprise.runtime.store.JointWrite.Refused;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.UUID;

/**
 * Lets an execution go on as a new one: the old row becomes terminal under the id {@code id~N}, by compare-and-set like
 * every end, and a new row takes its place. Mailbox and events are keyed by lineage and stay where they are.
 */
public final class Continuation {
  private final DatabaseClock clock;

  /** With the times of {@code clock}. */
  public Continuation(DatabaseClock clock) {
    this.clock = clock;
  }

  /**
   * Continues a running execution of that owner.
   *
   * @param successor the internal id of the new one
   * @return its internal id
   * @throws Refused it is not in the state for it, or is to be cancelled
   */
  public UUID apply(Connection connection, UUID execution, UUID owner, UUID successor, String input)
      throws SQLException {
    lockChildren(connection, execution);
    if (end(connection, execution, owner, successor) != 1) {
      throw new Refused(Reason.LOST_RACE);
    }
    begin(connection, execution, successor, input);
    adopt(connection, execution, successor);
    forget(connection, successor);
    return successor;
  }

  /** Children before their parent, as their own ends do. */
  private static void lockChildren(Connection connection, UUID execution) throws SQLException {
    var sql = """
        select execution from reprise.executions
         where parent = ? and completed_at is null order by execution for no key update
        """;
    var unused = Jdbc.query(
        connection,
        sql,
        statement -> statement.setObject(1, execution),
        row -> row.getObject(1, UUID.class));
  }

  private int end(Connection connection, UUID execution, UUID owner, UUID successor)
      throws SQLException {
    var sql = """
        update reprise.executions e
           set id = e.id || '~' || (e.continued + 1)::text,
               status = 'SUCCEEDED', owner = null, wake_at = null, receives = null, successor = ?,
               completed_at = clock_timestamp() + ? * interval '1 microsecond'
         where e.execution = ? and e.owner = ? and e.status = 'RUNNING' and e.cancel_requested_at is null
        """;
    return Jdbc.update(
        connection,
        sql,
        statement -> new Columns(statement)
            .add(successor)
            .add(clock.offsetMicros())
            .add(execution)
            .add(owner));
  }

  private void begin(Connection connection, UUID execution, UUID successor, String input)
      throws SQLException {
    var first = Jdbc.queryOne(
            connection,
            "select begun_with, input from reprise.executions where execution = ?",
            statement -> statement.setObject(1, execution),
            row -> {
              long hash = row.getLong(1);
              return row.wasNull() ? JsonCodec.hash(row.getString(2)) : hash;
            })
        .orElseThrow();
    var sql = """
        insert into reprise.executions (execution, id, principal, function, kind, version, status, input, created_at,
               wake_at, deadline, parent, parent_position, attempts, tags, traceparent, signals, told, continued,
               lineage, begun_with, queue, priority, partition, deduplication, queued_at, started_at)
        select ?, left(e.id, strpos(e.id, '~') - 1), e.principal, e.function, e.kind, e.version, 'PENDING', ?,
               e.completed_at, e.completed_at, e.deadline, e.parent, e.parent_position, 0, e.tags, e.traceparent,
               e.signals, e.told, e.continued + 1, coalesce(e.lineage, e.execution), ?,
               -- it keeps its slot in a queue: with a start it is claimed like any other
               e.queue, e.priority, e.partition, e.deduplication, e.queued_at,
               case when e.queue is not null then e.started_at end
          from reprise.executions e where e.execution = ?
        """;
    var unused = Jdbc.update(
        connection,
        sql,
        statement -> new Columns(statement).add(successor).add(input).add(first).add(execution));
  }

  /** Children that nobody waited for are the new one's, so that a cancellation reaches them. */
  private static void adopt(Connection connection, UUID execution, UUID successor)
      throws SQLException {
    var sql = "update reprise.executions set parent = ? where parent = ? and completed_at is null";
    var unused = Jdbc.update(
        connection, sql, statement -> new Columns(statement).add(successor).add(execution));
  }

  /** A lineage without end would keep the receipts of all its messages: the keys of a day are enough. */
  private void forget(Connection connection, UUID successor) throws SQLException {
    var sql = """
        delete from reprise.messages m using reprise.executions e
         where e.execution = ? and m.lineage = e.lineage
           and m.consumed_at < clock_timestamp() + ? * interval '1 microsecond' - interval '1 day'
        """;
    var unused = Jdbc.update(
        connection,
        sql,
        statement -> new Columns(statement).add(successor).add(clock.offsetMicros()));
  }
}
