package dev.reprise.runtime.store;

import dev.reprise.runtime.postgres.Jdbc;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What is under way and what comes next, for tests, which move the clock. Thread-safe. */
public final class Agenda {
  private final LogDatabase database;
  private final DatabaseClock clock;

  /** Of this database, with the times of {@code clock}. */
  public Agenda(LogDatabase database, DatabaseClock clock) {
    this.database = database;
    this.clock = clock;
  }

  /**
   * The agenda of one moment.
   *
   * @param busy executions that run or are due, or whose turn it is, and something for each schedule that is due
   * @param next how long until the next one is due, or a rate allows a start; null where none waits for a time
   */
  public record Outlook(List<UUID> busy, @Nullable Duration next) {}

  /** The agenda now. */
  public Outlook outlook() {
    // one statement: an execution that goes from one state to the next is seen in one of them
    var sql = """
        with recursive
        given as materialized (
          select clock_timestamp() + ? * interval '1 microsecond' as now, null::uuid as node, 1000000 as places),
        held as materialized (
          select q.* from reprise.queues q where exists (select from reprise.executions e where e.queue = q.name and %s)),
        %s,
        %s,
        full_rates as (
          select min(s.at + h.period) as at from held h, given g, reprise.queue_starts s
           where s.queue = h.name and s.at + h.period > g.now
           group by h.name, h.rate having sum(s.started) >= h.rate),
        waiting as (
          select execution, status = 'RUNNING' or execution in (select h.execution from heads h) as running, wake_at
            from reprise.executions where status in ('PENDING', 'RUNNING', 'WAITING')
          union all
          select md5(s.name)::uuid, false, s.next_at from reprise.schedules s where s.paused_at is null and %s)
        select coalesce(array_agg(execution) filter (where running or wake_at <= now), '{}'),
               (extract(epoch from least((select min(at) from full_rates), min(wake_at) filter (where wake_at > now))
                                   - min(now)) * 1000000)::bigint
          from waiting, given
        """.formatted(
            Dequeue.IN_LINE, Dequeue.ROOM, Dequeue.HEADS_FOR_ANYBODY, ScheduleStore.DEPLOYED);
    return database.log(connection -> Jdbc.queryOne(
            connection, sql, statement -> new Columns(statement).add(clock.offsetMicros()), row -> {
              var busy = Stream.of((Object[]) row.getArray(1).getArray())
                  .map(UUID.class::cast)
                  .toList();
              long micros = row.getLong(2);
              return new Outlook(busy, row.wasNull() ? null : Duration.ofNanos(micros * 1000));
            })
        .orElseThrow());
  }
}
