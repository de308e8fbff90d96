package dev.reprise.runtime.store;

import static dev.reprise.runtime.store.ExecutionReader.COLUMNS;
import static dev.reprise.runtime.store.ExecutionReader.JOINS;

import dev.reprise.runtime.postgres.Jdbc;
import dev.reprise.runtime.store.Sweep.Capabilities;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Starts executions of queues whose turn it is, as many as the limits allow: one statement for all queues and a batch of
 * executions.
 *
 * <p>Why the limits hold exactly, at READ COMMITTED: whoever starts executions of a queue holds the lock on its row, from
 * counting to committing. A statement counts what its snapshot shows, which is older than the lock; so each dequeue that
 * started something adds one to "turn", and a row whose newest "turn" is not the one in the snapshot is passed over: after
 * waiting for nobody, PostgreSQL looks at the condition again with the newest version of the locked row and the snapshot's
 * version of everything else. Nothing else adds to what is counted, but for the resumption of parked executions.
 *
 * <p>Why nobody is held up: a row that somebody else has locked is passed over as well, and looked at again shortly after.
 *
 * <p>Why a long line in one partition hides no other: the partitions are walked through from one to the next by the index of
 * the line, and of each only the head is looked at.
 */
final class Dequeue {
  /** Of the line: put into a queue, not delayed any more, not started. With {@code e} the execution. */
  static final String IN_LINE =
      "e.queue is not null and e.queued_at is not null and e.started_at is null and e.status = 'PENDING'";

  /** So many partitions of a queue are looked at in one go; the next goes on behind them. */
  static final int PARTITIONS = 1000;

  private static final int ENTERING_AT_ONCE = 10_000;
  private static final Duration SHORTLY = Duration.ofMillis(10);

  /** How many may be started, of each queue in {@code held}, by the node in {@code given}. */
  static final String ROOM = """
      room as materialized (
        select h.name, h.rate, h.next_partition,
               greatest(0, least(
                 g.places,
                 h.concurrency - (select count(*) from reprise.executions e
                                   where e.queue = h.name and e.started_at is not null and e.completed_at is null
                                     and e.status in ('PENDING', 'RUNNING', 'WAITING')),
                 h.per_node - (select count(*) from reprise.executions e where e.owner = g.node and e.queue = h.name),
                 h.rate - (select coalesce(sum(s.started), 0) from reprise.queue_starts s
                            where s.queue = h.name and s.at > g.now - h.period))) as free
          from held h, given g)""";

  /** Who comes first in each queue of {@code room}: as many as are free, and the head of each partition. */
  static final String HEADS = """
      partitions (name, partition, seen) as (
          select r.name, p.partition, 1 from room r, lateral (
            select e.partition from reprise.executions e
             where e.queue = r.name and e.partition > coalesce(r.next_partition, '') and %1$s
             order by e.partition limit 1) p
           where r.free > 0
        union all
          select p.name, n.partition, p.seen + 1 from partitions p, lateral (
            select e.partition from reprise.executions e
             where e.queue = p.name and e.partition > p.partition and %1$s
             order by e.partition limit 1) n
           where p.seen < %3$d),
      heads as (
          select r.name as queue, h.* from room r, lateral (
            select e.execution, e.priority, e.queued_at from reprise.executions e, given g
             where e.queue = r.name and e.partition is null and e.cancel_requested_at is null and %1$s and %2$s
             order by e.priority desc, e.queued_at, e.execution limit r.free) h
           where r.free > 0
        union all
          select p.name, h.execution, h.priority, h.queued_at from partitions p, lateral (
            select e.* from reprise.executions e
             where e.queue = p.name and e.partition = p.partition and e.cancel_requested_at is null and %1$s
             order by e.priority desc, e.queued_at, e.execution limit 1) h
            join lateral (select from given g, (select h.function, h.version) e where %2$s) able on true
           where not exists (
             select from reprise.executions s
              where s.queue = p.name and s.partition = p.partition and s.completed_at is null
                and (s.started_at is not null or s.status = 'STRANDED')))""";

  private static final String ABLE = """
      (e.version is null and e.function = any(g.functions) or e.version = g.version
       or g.deployments and e.version in (select d.version from reprise.deployments d))""";

  /** The same for any node, with what could be started in order. */
  static final String HEADS_FOR_ANYBODY = HEADS.formatted(IN_LINE, "true", PARTITIONS);

  private static final String TAKE = """
      with recursive
      given as materialized (
        select clock_timestamp() + ? * interval '1 microsecond' as now, ?::uuid as node, ?::int as places,
               ?::text[] as functions, ?::text as version, ?::boolean as deployments),
      waiting as materialized (
        select q.name, q.turn from reprise.queues q
         where exists (select from reprise.executions e where e.queue = q.name and %1$s)),
      held as materialized (
        select q.name, q.concurrency, q.per_node, q.rate, q.period, q.next_partition
          from reprise.queues q join waiting w on w.name = q.name and w.turn = q.turn
         order by q.name
           for update of q skip locked),
      %2$s,
      %3$s,
      ranked as (
        select h.execution, r.free, row_number() over (
                 partition by h.queue order by h.priority desc, h.queued_at, h.execution) as place
          from heads h join room r on r.name = h.queue),
      chosen as (
        select execution from ranked where place <= free order by place limit (select places from given)),
      locked as (
        select e.execution from reprise.executions e join chosen using (execution)
         where e.cancel_requested_at is null and %1$s
           for update of e skip locked),
      started as (
        update reprise.executions e
           set status = 'RUNNING', owner = g.node, attempts = e.attempts + 1, wake_at = null, started_at = g.now,
               deadline = e.deadline + (g.now - e.created_at)
          from locked, given g
            -- only a node that still lives may own anything
         where e.execution = locked.execution
           and exists (select from reprise.nodes n where n.node = g.node and n.state = 'LIVE')
        returning e.*),
      counts as (
        select r.name, r.rate, count(s.execution) as started,
               (select p.partition from partitions p where p.name = r.name and p.seen = %4$d) as next_partition
          from room r left join started s on s.queue = r.name
         group by r.name, r.rate),
      turned as (
        update reprise.queues q
           set turn = q.turn + least(c.started, 1), next_partition = c.next_partition
          from counts c
         where q.name = c.name and (c.started > 0 or q.next_partition is distinct from c.next_partition)),
      logged as (
        insert into reprise.queue_starts (queue, at, started)
        select c.name, g.now, c.started from counts c, given g where c.rate is not null and c.started > 0),
      forgotten as (
        delete from reprise.queue_starts s using held h, given g
         where s.queue = h.name and (h.period is null or s.at <= g.now - h.period))
      select (select count(*) from waiting) > (select count(*) from held) as passed_over,
             exists (select from room where rate is not null) as rated, %5$s
        from (values (1)) always (one)
        left join started e on true
        %6$s
       order by e.priority desc, e.queued_at, e.execution
      """.formatted(
          IN_LINE, ROOM, HEADS.formatted(IN_LINE, ABLE, PARTITIONS), PARTITIONS, COLUMNS, JOINS);

  private final DatabaseClock clock;

  Dequeue(DatabaseClock clock) {
    this.clock = clock;
  }

  /**
   * What a dequeue came to.
   *
   * @param started the node's now
   * @param again when it is worth while to look again; null for not before something changes
   */
  record Taken(List<ExecutionRow> started, @Nullable Duration again) {}

  /** Starts at most {@code places} executions on the node. */
  Taken take(Connection connection, UUID node, Capabilities capabilities, int places)
      throws SQLException {
    var rows = Jdbc.query(
        connection,
        TAKE,
        statement -> bind(statement, node, capabilities, places),
        row -> new Row(
            row.getBoolean("passed_over"),
            row.getBoolean("rated"),
            row.getObject("execution") == null ? null : ExecutionReader.read(row)));
    var started = new ArrayList<ExecutionRow>();
    for (Row row : rows) {
      if (row.started != null) {
        started.add(row.started);
      }
    }
    var first = rows.get(0);
    if (first.passedOver) {
      return new Taken(started, SHORTLY);
    }
    return new Taken(started, first.rated ? untilRate(connection) : null);
  }

  private record Row(
      boolean passedOver, boolean rated, @Nullable ExecutionRow started) {}

  private void bind(PreparedStatement statement, UUID node, Capabilities capabilities, int places)
      throws SQLException {
    new Columns(statement)
        .add(clock.offsetMicros())
        .add(node)
        .add(places)
        .add("text", capabilities.unpinned(), name -> name);
    statement.setString(5, capabilities.version());
    statement.setBoolean(6, capabilities.deployments());
  }

  /** How long until a rate allows what it forbids now. */
  private @Nullable Duration untilRate(Connection connection) throws SQLException {
    var sql = """
        select (extract(epoch from min(at) - %s) * 1000000)::bigint
          from (select min(s.at + q.period) as at
                  from reprise.queues q
                  join reprise.queue_starts s on s.queue = q.name
                 where s.at + q.period > %1$s
                   and exists (select from reprise.executions e where e.queue = q.name and %2$s)
                 group by q.name
                having sum(s.started) >= min(q.rate)) free
        """.formatted("(clock_timestamp() + ? * interval '1 microsecond')", IN_LINE);
    return Jdbc.queryOne(
            connection,
            sql,
            statement -> new Columns(statement).add(clock.offsetMicros()).add(clock.offsetMicros()),
            row -> {
              long micros = row.getLong(1);
              return row.wasNull() ? Duration.ZERO : Duration.ofNanos(Math.max(1, micros) * 1000);
            })
        .filter(pause -> !pause.isZero())
        .orElse(null);
  }

  /**
   * Puts those into the line whose delay is over.
   *
   * @return whether there may be more
   */
  boolean enterLine(Connection connection) throws SQLException {
    var sql = """
        -- chosen once: as a condition of the update it could be looked for again for every row of the table
        with due as materialized (
          select execution from reprise.executions
           where queue is not null and started_at is null and status = 'PENDING' and cancel_requested_at is null
             and wake_at <= (select clock_timestamp() + ? * interval '1 microsecond')
           order by wake_at limit ?
             for update skip locked)
        update reprise.executions e
           set wake_at = null, queued_at = coalesce(queued_at, not_before, created_at)
          from due where e.execution = due.execution
        """;
    return Jdbc.update(
            connection,
            sql,
            statement -> new Columns(statement).add(clock.offsetMicros()).add(ENTERING_AT_ONCE))
        == ENTERING_AT_ONCE;
  }

  /** Those at the head of a line for longer than any node may be silent, and that none of the living can run; locked. */
  List<Strandings.Lost> unserved(Connection connection) throws SQLException {
    var sql = """
        with recursive
        given as (select),
        room as materialized (
          select q.name, 100 as free, q.next_partition from reprise.queues q
           where exists (select from reprise.executions e where e.queue = q.name and %s)),
        %s
        select e.execution, e.function, e.version from reprise.executions e join heads using (execution)
         where e.queued_at < clock_timestamp() + ? * interval '1 microsecond'
                             - (select max(death_timeout) from reprise.nodes where state <> 'DEAD')
           and %s
           for update of e skip locked
        """.formatted(IN_LINE, HEADS_FOR_ANYBODY, Strandings.NOBODY);
    return Jdbc.query(
        connection,
        sql,
        statement -> new Columns(statement).add(clock.offsetMicros()),
        Strandings.Lost::of);
  }
}
