package dev.reprise.runtime.store;

import dev.reprise.runtime.config.Retention;
import dev.reprise.runtime.postgres.Binder;
import dev.reprise.runtime.postgres.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Deletes ended executions whose time is over, with their operations. A family goes as a whole: an execution without a
 * parent, when it and all its descendants have ended and are old enough. Throws {@code DatabaseFailureException}.
 * Thread-safe.
 *
 * <p>They are found without an index of their own, which every call would have to write to: internal ids begin with the
 * time at which they were made, those of children with that of their parents. So what is old stands at the beginning of
 * the primary key.
 */
public final class ExpiredExecutions {
  /** Ids tell the time of the node that made them, which may be ahead. */
  private static final Duration CLOCKS_DIFFER = Duration.ofDays(1);

  /** Before all others. */
  public static final UUID FIRST = new UUID(0, 0);

  private final LogDatabase database;
  private final DatabaseClock clock;
  private final Duration succeeded;
  private final Duration failed;

  /**
   * In that database.
   *
   * @throws java.util.NoSuchElementException where the retention is for ever
   */
  public ExpiredExecutions(LogDatabase database, DatabaseClock clock, Retention retention) {
    this.database = database;
    this.clock = clock;
    this.succeeded = retention.succeeded().orElseThrow();
    this.failed = retention.failed().orElseThrow();
  }

  /**
   * What became of a part.
   *
   * @param deleted how many executions
   * @param last where the next part begins, after this; null where this was the last
   */
  public record Part(int deleted, @Nullable UUID last) {
    private static final Part NOTHING = new Part(0, null);
  }

  /**
   * Looks at the next families and deletes those that may go, as one transaction. Does nothing while another node is at
   * it.
   *
   * @param after where the part before ended; {@link #FIRST} to begin
   * @param atMost so many families
   */
  public Part delete(UUID after, int atMost) {
    return database.housekeeping(connection -> {
      boolean mine = Jdbc.query(
              connection,
              "select pg_try_advisory_xact_lock(hashtextextended('reprise retention', 0))",
              Binder.NOTHING,
              row -> row.getBoolean(1))
          .contains(true);
      return mine ? delete(connection, after, atMost) : Part.NOTHING;
    });
  }

  private Part delete(Connection connection, UUID after, int atMost) throws SQLException {
    var expired = """
        coalesce(%1$s.completed_at < clock_timestamp() - case when %1$s.status = 'SUCCEEDED' then %2$d else %3$d end
                                     * interval '1 microsecond', false)
           and %1$s.status in ('SUCCEEDED', 'FAILED', 'CANCELLED', 'TIMED_OUT')
        """;
    var sql = """
        with recursive
          head as materialized (
            select e.execution from reprise.executions e
             where e.execution > ? and e.execution < ? and %s
               and (e.parent is null or not exists (
                     select from reprise.executions p where p.execution = e.parent))
             order by e.execution limit ?
               for update skip locked),
          family (head, execution) as (
            select execution, execution from head
             union all
            select f.head, c.execution from family f join reprise.executions c on c.parent = f.execution),
          needed as (
            select distinct f.head from family f join reprise.executions m using (execution) where not (%s)),
          doomed as materialized (
            select execution from family where head not in (select head from needed)),
          emptied as (
            delete from reprise.operations o using doomed where o.execution = doomed.execution),
          -- mailbox and events belong to the last of a lineage
          lineages as (
            select distinct coalesce(e.lineage, e.execution) as lineage from doomed join reprise.executions e using (execution)
             where not exists (
                     select from reprise.executions o
                      where (o.execution = coalesce(e.lineage, e.execution) or o.lineage = coalesce(e.lineage, e.execution))
                        and o.execution not in (select execution from doomed))),
          unread as (
            delete from reprise.messages m using lineages l where m.lineage = l.lineage),
          told as (
            delete from reprise.events v using lineages l where v.lineage = l.lineage),
          gone as (
            delete from reprise.executions e using doomed where e.execution = doomed.execution returning 1)
        select (select count(*) from gone) as deleted, (select count(*) from head) as looked,
               (select execution from head order by execution desc limit 1) as last
        """.formatted(expired(expired, "e"), expired(expired, "m"));
    return Jdbc.queryOne(
            connection,
            sql,
            statement -> new Columns(statement).add(after).add(bound()).add(atMost),
            row -> new Part(
                row.getInt("deleted"),
                row.getInt("looked") < atMost ? null : row.getObject("last", UUID.class)))
        .orElseThrow();
  }

  private String expired(String template, String table) {
    long offset = clock.offsetMicros();
    return template.formatted(table, micros(succeeded) - offset, micros(failed) - offset);
  }

  private static long micros(Duration time) {
    return time.toNanos() / 1000;
  }

  /** Ids from it on are of executions that are too young. */
  private UUID bound() {
    var shorter = succeeded.compareTo(failed) < 0 ? succeeded : failed;
    Instant time = clock.now().minus(shorter).plus(CLOCKS_DIFFER);
    return new UUID(Math.max(0, time.toEpochMilli()) << 16, 0);
  }
}
