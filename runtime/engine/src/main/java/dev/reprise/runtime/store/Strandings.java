package dev.reprise.runtime.store;

import dev.reprise.RepriseException;
import dev.reprise.runtime.json.ExceptionCodec;
import dev.reprise.runtime.postgres.Jdbc;
import dev.reprise.runtime.store.Sweep.Capabilities;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Executions that are due and that no living node can run: they are shown as STRANDED, with the reason, instead of waiting
 * silently, and go on when a node comes that can run them. Thread-safe.
 */
final class Strandings {
  /** So many at one beat: each is one statement, and they are not in a hurry. */
  private static final int AT_ONCE = 100;

  private final DatabaseClock clock;

  Strandings(DatabaseClock clock) {
    this.clock = clock;
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
        update reprise.executions set status = 'PENDING', error = null
         where execution in (
           select execution from reprise.executions
            where status = 'STRANDED' and wake_at is not null
              and (version is null and function = any(?)
                   or version = ?
                   or ? and version in (select d.version from reprise.deployments d))
              for update skip locked)
        """;
    Jdbc.update(connection, sql, statement -> {
      statement.setArray(
          1, connection.createArrayOf("text", capabilities.unpinned().toArray()));
      statement.setString(2, capabilities.version());
      statement.setBoolean(3, capabilities.deployments());
    });
  }

  private record Lost(
      UUID execution, String function, @Nullable String version) {}

  /** Strands what has been due for longer than any node may be silent, and that none of the living can run. */
  void strand(Connection connection) throws SQLException {
    var sql = """
        select execution, function, version from reprise.executions e
         where status in ('PENDING', 'WAITING')
           and wake_at < (select clock_timestamp() + ? * interval '1 microsecond' - max(death_timeout)
                            from reprise.nodes where state <> 'DEAD')
           and not exists (
             select from reprise.nodes n
              where n.state <> 'DEAD'
                and (n.functions is null
                     or e.version is null and e.function = any(n.functions)
                     or e.version = n.version
                     or n.loads_versions and e.version in (select d.version from reprise.deployments d)))
         order by wake_at limit ?
           for update skip locked
        """;
    var lost = Jdbc.query(
        connection,
        sql,
        statement -> new Columns(statement).add(clock.offsetMicros()).add(AT_ONCE),
        row -> new Lost(
            row.getObject("execution", UUID.class),
            row.getString("function"),
            row.getString("version")));
    for (Lost execution : lost) {
      Jdbc.update(
          connection,
          "update reprise.executions set status = 'STRANDED', error = ? where execution = ?",
          statement -> {
            statement.setString(1, ExceptionCodec.encode(new RepriseException(reason(execution))));
            statement.setObject(2, execution.execution());
          });
    }
  }

  private static String reason(Lost execution) {
    var what = execution.version() == null
        ? "has the function " + execution.function()
        : "can run version " + execution.version() + " of " + execution.function();
    return "no living node " + what + ". Start one that does: the execution goes on by itself";
  }
}
