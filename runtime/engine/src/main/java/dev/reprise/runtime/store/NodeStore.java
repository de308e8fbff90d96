package dev.reprise.runtime.store;

import dev.reprise.RepriseException;
import dev.reprise.runtime.json.ExceptionCodec;
import dev.reprise.runtime.postgres.Jdbc;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The nodes of the cluster, their heartbeats and their backends. Thread-safe. */
public final class NodeStore {
  private final LogDatabase database;
  private final DatabaseClock clock;
  private final int maxRecoveries;

  /**
   * On this database, with the times of {@code clock}.
   *
   * @param maxRecoveries how often an execution may go on after the death of its node before it is parked
   */
  public NodeStore(LogDatabase database, DatabaseClock clock, int maxRecoveries) {
    this.database = database;
    this.clock = clock;
    this.maxRecoveries = maxRecoveries;
  }

  /**
   * What a dead node left.
   *
   * @param due how many executions became due
   * @param parked the ids of those that have lost too many nodes
   */
  public record Recovered(int due, List<String> parked) {}

  /**
   * A process that runs executions.
   *
   * @param host where process ids are comparable: host name, boot and process namespace
   * @param deathTimeout how old its heartbeat may get
   */
  public record Node(
      UUID node,
      String name,
      String host,
      long pid,
      Instant processStartedAt,
      Duration deathTimeout) {}

  /** Enters a node that lives. */
  public static void register(Connection connection, Node node) throws SQLException {
    var sql = """
        insert into reprise.nodes (node, name, host, pid, process_started_at, started_at, heartbeat_at, death_timeout,
               state)
        values (?, ?, ?, ?, ?, clock_timestamp(), clock_timestamp(), ? * interval '1 millisecond', 'LIVE')
        """;
    Jdbc.update(connection, sql, statement -> {
      statement.setObject(1, node.node());
      statement.setString(2, node.name());
      statement.setString(3, node.host());
      statement.setLong(4, node.pid());
      Births.setInstant(statement, 5, node.processStartedAt());
      statement.setLong(6, node.deathTimeout().toMillis());
    });
  }

  /** Notes the backend of a new connection; false where the node is dead or gone and must not have one. */
  public static boolean registerBackend(Connection connection, UUID node) throws SQLException {
    var sql = """
        insert into reprise.backends (node, pid, backend_start)
        select n.node, a.pid, a.backend_start
          from reprise.nodes n, pg_stat_activity a
         where n.node = ? and n.state <> 'DEAD' and a.pid = pg_backend_pid()
        """;
    return Jdbc.update(connection, sql, statement -> statement.setObject(1, node)) == 1;
  }

  /** Notes that the node lives; the database's time, or empty where it was declared dead. */
  public static Optional<Instant> heartbeat(Connection connection, UUID node) throws SQLException {
    var sql = """
        update reprise.nodes set heartbeat_at = clock_timestamp() where node = ? and state <> 'DEAD'
        returning heartbeat_at
        """;
    return Jdbc.queryOne(
        connection,
        sql,
        statement -> statement.setObject(1, node),
        row -> ExecutionReader.instant(row, "heartbeat_at"));
  }

  /**
   * Declares dead whose heartbeat is too old; gives all that are dead and not yet recovered from. Waits for nobody: a
   * process that was stopped while it changed its row would else keep all others from their heartbeats. Its backends
   * are ended, and the next beat finds the row free.
   */
  static List<UUID> declareDead(Connection connection, UUID self, boolean judge)
      throws SQLException {
    if (judge) {
      terminateSilent(connection, self);
    }
    var sql = """
        with silent as (
          select node from reprise.nodes
           where ? and node <> ? and state <> 'DEAD' and heartbeat_at < clock_timestamp() - death_timeout
             for update skip locked),
        declared as (
          update reprise.nodes n set state = 'DEAD' from silent where n.node = silent.node
          returning n.node)
        select node from declared
        union
        select node from reprise.nodes where state = 'DEAD' and node <> ?
        """;
    return Jdbc.query(
        connection,
        sql,
        statement -> {
          statement.setBoolean(1, judge);
          statement.setObject(2, self);
          statement.setObject(3, self);
        },
        row -> row.getObject(1, UUID.class));
  }

  private static void terminateSilent(Connection connection, UUID self) throws SQLException {
    var sql = """
        select pg_terminate_backend(a.pid)
          from reprise.nodes n
          join reprise.backends b on b.node = n.node
          join pg_stat_activity a on a.pid = b.pid and a.backend_start = b.backend_start
         where n.node <> ? and n.state <> 'DEAD' and n.heartbeat_at < clock_timestamp() - n.death_timeout
        """;
    Jdbc.query(
        connection, sql, statement -> statement.setObject(1, self), row -> row.getBoolean(1));
  }

  /** The living nodes that run where process ids are comparable with ours. */
  public static List<Node> onHost(Connection connection, String host) throws SQLException {
    var sql = """
        select node, name, host, pid, process_started_at, extract(epoch from death_timeout) * 1000 as millis
          from reprise.nodes where host = ? and state <> 'DEAD'
        """;
    return Jdbc.query(
        connection,
        sql,
        statement -> statement.setString(1, host),
        row -> new Node(
            row.getObject("node", UUID.class),
            row.getString("name"),
            row.getString("host"),
            row.getLong("pid"),
            ExecutionReader.instant(row, "process_started_at"),
            Duration.ofMillis(row.getLong("millis"))));
  }

  /** Declares one node dead that is known to be. */
  public static void declareDead(Connection connection, Node node) throws SQLException {
    Jdbc.update(
        connection,
        "update reprise.nodes set state = 'DEAD' where node = ?",
        statement -> statement.setObject(1, node.node()));
  }

  /**
   * Ends the backends of a dead node, waits until they are gone, and makes its executions due. A stopped process inside
   * a transaction would hold its row locks for ever, and could still commit.
   *
   * <p>An execution that loses one node after the other may be what ends them: after so many times it is parked.
   *
   * @return what was released; empty where backends live on or another node is at it
   */
  public Optional<Recovered> recover(UUID deadNode) {
    return database.log(connection -> {
      var locked = Jdbc.queryOne(
          connection,
          "select node from reprise.nodes where node = ? and state = 'DEAD' for update skip locked",
          statement -> statement.setObject(1, deadNode),
          row -> row.getObject(1, UUID.class));
      if (locked.isEmpty() || !terminateBackends(connection, deadNode)) {
        return Optional.empty();
      }
      var parked = park(connection, deadNode, null);
      int due = release(connection, deadNode, null, clock.offsetMicros());
      return Optional.of(new Recovered(due, parked));
    });
  }

  /** Gives back what the node owns and removes it from the cluster; its transactions must have ended. */
  public static int leave(Connection connection, UUID node, long offsetMicros) throws SQLException {
    return release(connection, node, List.of(), offsetMicros);
  }

  /**
   * The same for a node on which executions did not let go when it ended: they may be what ended it, or keep it from ending.
   *
   * @return how many executions go on elsewhere
   */
  public int leave(Connection connection, UUID node, Collection<UUID> stuck) throws SQLException {
    var unused = park(connection, node, stuck);
    return release(connection, node, stuck, clock.offsetMicros());
  }

  /**
   * Tells all to end and waits shortly for each: our own heart has to beat meanwhile, and the next beat comes back to those
   * that are still there. The start of another user's session may be hidden: such a session counts as alive.
   */
  private static boolean terminateBackends(Connection connection, UUID node) throws SQLException {
    var alive = """
          from reprise.backends b
          join pg_stat_activity a
            on a.pid = b.pid and coalesce(a.backend_start, b.backend_start) = b.backend_start
         where b.node = ? and a.pid <> pg_backend_pid()
        """;
    Jdbc.query(
        connection,
        "select pg_terminate_backend(a.pid)" + alive,
        statement -> statement.setObject(1, node),
        row -> row.getBoolean(1));
    return Jdbc.queryOne(
            connection,
            "select coalesce(bool_and(pg_terminate_backend(a.pid, 100)), true)" + alive,
            statement -> statement.setObject(1, node),
            row -> row.getBoolean(1))
        .orElse(false);
  }

  /** Parks what has lost too many nodes; {@code stuck} are those that count, null for all. */
  private List<String> park(Connection connection, UUID node, @Nullable Collection<UUID> stuck)
      throws SQLException {
    var sql = """
        update reprise.executions set status = 'PARKED', owner = null, wake_at = null, error = ?
         where owner = ? and status = 'RUNNING' and recoveries >= ? and (? or execution = any(?))
        returning id
        """;
    var cause = new RepriseException("it has lost " + (maxRecoveries + 1L)
        + " nodes in a row, each while it ran there, and may be"
        + " what ended them: by its memory, by System.exit, or by a loop without an end. It went on"
        + " " + maxRecoveries + " times (max-recoveries). Mend the code, or cancel it; resume lets"
        + " it begin to count anew");
    return Jdbc.query(
        connection,
        sql,
        statement -> {
          statement.setString(1, ExceptionCodec.encode(cause));
          statement.setObject(2, node);
          statement.setInt(3, maxRecoveries);
          bindStuck(connection, statement, 4, stuck);
        },
        row -> row.getString(1));
  }

  private static void bindStuck(
      Connection connection,
      PreparedStatement statement,
      int index,
      @Nullable Collection<UUID> stuck)
      throws SQLException {
    var some = stuck == null ? List.<UUID>of() : stuck;
    statement.setBoolean(index, stuck == null);
    statement.setArray(index + 1, connection.createArrayOf("uuid", some.toArray()));
  }

  private static int release(
      Connection connection, UUID node, @Nullable Collection<UUID> stuck, long offsetMicros)
      throws SQLException {
    var sql = """
        update reprise.executions
           set status = 'PENDING', owner = null, wake_at = clock_timestamp() + ? * interval '1 microsecond',
               recoveries = case when ? or execution = any(?) then coalesce(recoveries, 0) + 1 else recoveries end
         where owner = ? and status = 'RUNNING'
        """;
    int released = Jdbc.update(connection, sql, statement -> {
      statement.setLong(1, offsetMicros);
      bindStuck(connection, statement, 2, stuck);
      statement.setObject(4, node);
    });
    Jdbc.update(
        connection,
        "delete from reprise.backends where node = ?",
        statement -> statement.setObject(1, node));
    Jdbc.update(
        connection,
        "delete from reprise.nodes where node = ?",
        statement -> statement.setObject(1, node));
    return released;
  }
}
