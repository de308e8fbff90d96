package dev.reprise.runtime.store;

import dev.reprise.RepriseException;
import dev.reprise.runtime.json.ExceptionCodec;
import dev.reprise.runtime.postgres.Jdbc;
import dev.reprise.runtime.store.Sweep.Capabilities;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Executions that are due and that no living node can run: they are shown as STRANDED, with the reason, instead of waiting
 * silently, and go on when a node comes that can run them. Thread-safe.
 */
final class Strandings {
  /** So many at one beat: each is one statement, and they are not in a hurry. */
  private static final int AT_ONCE = 100;

  /** That no living node can run it, with {@code e} the execution. A node that has not told yet may be able to. */
  static final String NOBODY = """
      not exists (
        select from reprise.nodes n
         where n.state <> 'DEAD'
           and (n.functions is null
                or e.version is null and e.function = any(n.functions)
                or e.version = n.version
                or n.loads_versions and e.version in (select d.version from reprise.deployments d)))""";

  private final DatabaseClock clock;
  private final Dequeue queues;

  Strandings(DatabaseClock clock, Dequeue queues) {
    this.clock = clock;
    this.queues = queues;
  }

  /** Tells the others what the node can run. */
  void announce(Connection connection, UUID node, Capabilities capabilities) throws SQLException {
    var sql = """
        update reprise.nodes set functions = ?, version = ?, loads_versions = ?
         where node = ? and (functions, version, loads_versions) is distinct from (?, ?, ?)
        """;
    Jdbc.update(connection, sql, statement -> {
      var functions = connection.createArrayOf("text", capabilities.unpinned().toArray());
      statement.setArray(1, functions);
      statement.setString(2, capabilities.version());
      statement.setBoolean(3, capabilities.deployments());
      statement.setObject(4, node);
      statement.setArray(5, functions);
      statement.setString(6, capabilities.version());
      statement.setBoolean(7, capabilities.deployments());
    });
  }

  /** Makes due what this node can run and nobody could. */
  void free(Connection connection, Capabilities capabilities) throws SQLException {
    var sql = """
        with lost as materialized (
          select execution from reprise.executions
           where status = 'STRANDED' and wake_at is not null
             and (version is null and function = any(?)
                  or version = ?
                  or ? and version in (select d.version from reprise.deployments d))
             for update skip locked)
        update reprise.executions e set status = 'PENDING', error = null
          from lost where e.execution = lost.execution
        """;
    Jdbc.update(connection, sql, statement -> {
      statement.setArray(
          1, connection.createArrayOf("text", capabilities.unpinned().toArray()));
      statement.setString(2, capabilities.version());
      statement.setBoolean(3, capabilities.deployments());
    });
  }

  /** An execution that nobody can run. */
  record Lost(UUID execution, String function, @Nullable String version) {
    static Lost of(ResultSet row) throws SQLException {
      return new Lost(
          row.getObject("execution", UUID.class),
          row.getString("function"),
          row.getString("version"));
    }
  }

  /**
   * Strands what has been due, or at the head of a queue, for longer than any node may be silent, and that none of the living
   * can run.
   *
   * @param withQueues whether there are any
   */
  void strand(Connection connection, boolean withQueues) throws SQLException {
    var sql = """
        select execution, function, version from reprise.executions e
         where status in ('PENDING', 'WAITING')
           and wake_at < (select clock_timestamp() + ? * interval '1 microsecond' - max(death_timeout)
                            from reprise.nodes where state <> 'DEAD')
           and %s
         order by wake_at limit ?
           for update skip locked
        """.formatted(NOBODY);
    var lost = new ArrayList<>(Jdbc.query(
        connection,
        sql,
        statement -> new Columns(statement).add(clock.offsetMicros()).add(AT_ONCE),
        Lost::of));
    if (withQueues) {
      lost.addAll(queues.unserved(connection));
    }
    for (Lost execution : lost) {
      strand(connection, execution);
    }
  }

  /** It keeps a time at which it was due, also one that stood in a line, so that it goes on by itself. */
  private void strand(Connection connection, Lost execution) throws SQLException {
    var sql = """
        update reprise.executions
           set status = 'STRANDED', error = ?,
               wake_at = coalesce(wake_at, clock_timestamp() + ? * interval '1 microsecond')
         where execution = ?
        """;
    Jdbc.update(connection, sql, statement -> {
      statement.setString(1, ExceptionCodec.encode(new RepriseException(reason(execution))));
      statement.setLong(2, clock.offsetMicros());
      statement.setObject(3, execution.execution());
    });
  }

  private static String reason(Lost execution) {
    var what = execution.version() == null
        ? "has the function " + execution.function()
        : "can run version " + execution.version() + " of " + execution.function();
    return "no living node " + what + ". Start one that does: the execution goes on by itself";
  }
}
