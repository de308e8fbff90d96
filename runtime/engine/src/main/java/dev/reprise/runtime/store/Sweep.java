package dev.reprise.runtime.store;

import static dev.reprise.runtime.store.ExecutionReader.COLUMNS;
import static dev.reprise.runtime.store.ExecutionReader.JOINS;

import dev.reprise.runtime.postgres.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a node does at every beat, as one transaction: shows that it lives, sees who does not, learns what became of its
 * own executions, and takes those that are due and, as far as places are left, those of queues whose turn it is. What goes
 * on comes before what begins: an execution that woke up, or lost its node, has its slot in its queue already. Thread-safe.
 */
public final class Sweep {
  private final LogDatabase database;
  private final DatabaseClock clock;
  private final QueueStore queues;
  private final Dequeue dequeue;
  private final Strandings strandings;

  /** On this database, with the times of {@code clock}; {@code queues} tells whether there are any. */
  public Sweep(LogDatabase database, DatabaseClock clock, QueueStore queues) {
    this.database = database;
    this.clock = clock;
    this.queues = queues;
    this.dequeue = new Dequeue(clock);
    this.strandings = new Strandings(clock, dequeue);
  }

  /**
   * What a node can run.
   *
   * @param unpinned names of functions whose executions carry no version
   * @param version the version of an embedded application; null where there is none
   * @param deployments whether it loads versions from the database
   */
  public record Capabilities(
      List<String> unpinned, @Nullable String version, boolean deployments) {}

  /**
   * An execution that the node owns according to the database.
   *
   * @param signals how much was delivered to it
   */
  public record Owned(UUID execution, boolean cancelRequested, int signals) {}

  /**
   * What a beat found.
   *
   * @param at the database's time, without the offset of tests; null where the node was declared dead
   * @param dead nodes to recover from
   * @param owned what the node owns
   * @param claimed executions that are the node's now
   * @param nextDue when there may be something to claim again, within the horizon; null for not by time
   */
  public record Beat(
      @Nullable Instant at,
      List<UUID> dead,
      List<Owned> owned,
      List<ExecutionRow> claimed,
      @Nullable Instant nextDue) {
    private static final Beat DECLARED_DEAD = new Beat(null, List.of(), List.of(), List.of(), null);
  }

  /**
   * One beat; takes at most {@code places} executions, none of them where it is zero.
   *
   * @param judge whether silent nodes are declared dead
   */
  public Beat beat(
      UUID node, Capabilities capabilities, int places, Duration horizon, boolean judge) {
    return database.housekeeping(connection -> {
      Optional<Instant> at = NodeStore.heartbeat(connection, node);
      if (at.isEmpty()) {
        return Beat.DECLARED_DEAD;
      }
      var dead = NodeStore.declareDead(connection, node, judge);
      queues.refresh(connection);
      strandings.announce(connection, node, capabilities);
      strandings.free(connection, capabilities);
      if (judge) {
        strandings.strand(connection, queues.any());
      }
      var owned = owned(connection, node);
      var taken = take(connection, node, capabilities, places, horizon);
      return new Beat(at.get(), dead, owned, taken.claimed, taken.nextDue);
    });
  }

  /** Tells the others what the node can run, before its first beat. */
  public void announce(UUID node, Capabilities capabilities) {
    database.housekeeping(connection -> {
      strandings.announce(connection, node, capabilities);
      return node;
    });
  }

  /** Only the claim, for a node that knows that something is due. */
  public Beat claim(UUID node, Capabilities capabilities, int places, Duration horizon) {
    return database.housekeeping(connection -> {
      var taken = take(connection, node, capabilities, places, horizon);
      return new Beat(null, List.of(), List.of(), taken.claimed, taken.nextDue);
    });
  }

  private record Taken(List<ExecutionRow> claimed, @Nullable Instant nextDue) {}

  private Taken take(
      Connection connection, UUID node, Capabilities capabilities, int places, Duration horizon)
      throws SQLException {
    boolean moreEnter = queues.any() && dequeue.enterLine(connection);
    var claimed = new ArrayList<ExecutionRow>();
    if (places > 0) {
      claimed.addAll(claim(connection, node, capabilities, places));
    }
    var nextDue = nextDue(connection, horizon);
    int left = places - claimed.size();
    if (queues.any() && left > 0) {
      var begun = dequeue.take(connection, node, capabilities, left);
      claimed.addAll(begun.started());
      if (begun.again() != null) {
        var again = clock.now().plus(begun.again());
        nextDue = nextDue == null || again.isBefore(nextDue) ? again : nextDue;
      }
    }
    return new Taken(claimed, moreEnter ? clock.now() : nextDue);
  }

  /** Executions that the node owns and runs no more: it begins with them again. */
  public List<ExecutionRow> reclaim(UUID node, List<UUID> executions) {
    var sql = """
        with mine as (
          update reprise.executions set attempts = attempts + 1
           where execution = any(?) and owner = ? and status = 'RUNNING'
          returning *)
        select %s from mine e %s
        """.formatted(COLUMNS, JOINS);
    return database.housekeeping(connection -> Jdbc.query(
        connection,
        sql,
        statement -> new Columns(statement)
            .add("uuid", executions, execution -> execution)
            .add(node),
        ExecutionReader::read));
  }

  private static List<Owned> owned(Connection connection, UUID node) throws SQLException {
    return Jdbc.query(
        connection,
        "select execution, cancel_requested_at is not null, signals from reprise.executions where owner = ?",
        statement -> statement.setObject(1, node),
        row -> new Owned(row.getObject(1, UUID.class), row.getBoolean(2), row.getInt(3)));
  }

  private List<ExecutionRow> claim(
      Connection connection, UUID node, Capabilities capabilities, int places) throws SQLException {
    var sql = """
        with due as (
            select execution from reprise.executions e
             where status in ('PENDING', 'WAITING')
               -- asked once, and so a bound of the index: a volatile function would be asked of every sleeper
               and wake_at <= (select clock_timestamp() + ? * interval '1 microsecond')
               and (version is null and function = any(?)
                    or version = ?
                    or ? and version in (select d.version from reprise.deployments d))
               -- what is to stand in a line first; a cancelled one only ends
               and (queue is null or started_at is not null or cancel_requested_at is not null)
             order by wake_at
             limit ?
               for update skip locked),
          claimed as (
            update reprise.executions e
               set status = 'RUNNING', owner = ?, attempts = attempts + 1, wake_at = null,
                   started_at = coalesce(started_at, now),
                   -- the time of a timeout begins with the start, where that was to be later
                   deadline = case when not_before is null or started_at is not null then deadline
                              else deadline + (now - created_at) end
              from due, (select clock_timestamp() + ? * interval '1 microsecond' as now offset 0) clock
              -- only a node that still lives may own anything
             where e.execution = due.execution
               and exists (select from reprise.nodes n where n.node = ? and n.state = 'LIVE')
            returning e.*)
        select %s from claimed e %s
        """.formatted(COLUMNS, JOINS);
    return Jdbc.query(
        connection,
        sql,
        statement -> {
          long offset = clock.offsetMicros();
          var columns =
              new Columns(statement).add(offset).add("text", capabilities.unpinned(), name -> name);
          statement.setString(3, capabilities.version());
          statement.setBoolean(4, capabilities.deployments());
          columns.skip(2).add(places).add(node).add(offset).add(node);
        },
        ExecutionReader::read);
  }

  private @Nullable Instant nextDue(Connection connection, Duration horizon) throws SQLException {
    var sql = """
        select wake_at from reprise.executions
         where status in ('PENDING', 'WAITING')
           and wake_at > (select clock_timestamp() + ? * interval '1 microsecond')
           and wake_at <= (select clock_timestamp() + ? * interval '1 microsecond')
         order by wake_at limit 1
        """;
    long offset = clock.offsetMicros();
    return Jdbc.queryOne(
            connection,
            sql,
            statement -> new Columns(statement).add(offset).add(offset + horizon.toNanos() / 1000),
            row -> ExecutionReader.instant(row, "wake_at"))
        .orElse(null);
  }
}
