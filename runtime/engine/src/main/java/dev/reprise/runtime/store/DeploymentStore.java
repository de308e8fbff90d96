package dev.reprise.runtime.store;

import dev.reprise.runtime.postgres.Jdbc;
import java.sql.Array;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** The deployed jars, immutable, named by the hash of their content. Thread-safe. */
public final class DeploymentStore {
  private final LogDatabase database;

  /** On this database. */
  public DeploymentStore(LogDatabase database) {
    this.database = database;
  }

  /**
   * Keeps a jar; without effect where the version is kept already, but for its name.
   *
   * @param name for people, after the file
   */
  public void keep(String version, String name, byte[] jar, List<String> functions) {
    var sql = """
        insert into reprise.deployments as kept (version, name, jar, functions, created_at)
        values (?, ?, ?, ?, clock_timestamp())
        on conflict (version) do update set name = excluded.name where kept.name <> excluded.name
        """;
    database.log(connection -> Jdbc.update(connection, sql, statement -> {
      statement.setString(1, version);
      statement.setString(2, name);
      statement.setBytes(3, jar);
      statement.setArray(4, connection.createArrayOf("text", functions.toArray()));
    }));
  }

  /**
   * A deployment that gave way to another with some of its functions.
   *
   * @param lost those of its functions that the others do not have
   */
  public record Replaced(String version, String name, List<String> lost) {}

  /**
   * Makes the versions those that new calls of their functions go to. What shares a function with one of them is active
   * no longer.
   */
  public List<Replaced> activate(List<String> versions) {
    return database.log(connection -> {
      // of two nodes that activate at once, one comes after the other
      Jdbc.update(
          connection,
          "lock table reprise.deployments in share row exclusive mode",
          statement -> {});
      var replaced = replace(connection, versions);
      var sql = """
          update reprise.deployments set activated_at = clock_timestamp()
           where version = any(?) and activated_at is null
          """;
      Jdbc.update(connection, sql, statement -> statement.setArray(1, texts(connection, versions)));
      return replaced;
    });
  }

  private static List<Replaced> replace(Connection connection, List<String> versions)
      throws SQLException {
    var sql = """
        with given as (
          select version, function from reprise.deployments, unnest(functions) function
           where version = any(?))
        update reprise.deployments other set activated_at = null
         where activated_at is not null
           and not exists (select from given where given.version = other.version)
           and exists (select from given where given.function = any(other.functions))
        returning version, name, array(select function from unnest(other.functions) function
                                       except select function from given order by 1)
        """;
    return Jdbc.query(
        connection,
        sql,
        statement -> statement.setArray(1, texts(connection, versions)),
        row -> new Replaced(row.getString(1), row.getString(2), List.of((String[])
            row.getArray(3).getArray())));
  }

  private static Array texts(Connection connection, List<String> values) throws SQLException {
    return connection.createArrayOf("text", values.toArray());
  }

  /** The jar of a version. */
  public Optional<byte[]> jar(String version) {
    var sql = "select jar from reprise.deployments where version = ?";
    return database.log(connection -> Jdbc.queryOne(
        connection, sql, statement -> statement.setString(1, version), row -> row.getBytes(1)));
  }

  /** The versions that new calls go to, the oldest activation first; no two have a function in common. */
  public List<String> active() {
    var sql = """
        select version from reprise.deployments
         where activated_at is not null order by activated_at, version
        """;
    return database.log(
        connection -> Jdbc.query(connection, sql, statement -> {}, row -> row.getString(1)));
  }
}
