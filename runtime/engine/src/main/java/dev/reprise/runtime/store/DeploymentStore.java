package dev.reprise.runtime.store;

import dev.reprise.runtime.postgres.Jdbc;
import java.util.List;
import java.util.Optional;

/** The deployed jars, immutable, named by the hash of their content. Thread-safe. */
public final class DeploymentStore {
  private final LogDatabase database;

  /** On this database. */
  public DeploymentStore(LogDatabase database) {
    this.database = database;
  }

  /** Keeps a jar; without effect where the version is kept already. */
  public void keep(String version, String name, byte[] jar, List<String> functions) {
    var sql = """
        insert into reprise.deployments (version, name, jar, functions, created_at)
        values (?, ?, ?, ?, clock_timestamp())
        on conflict do nothing
        """;
    database.log(connection -> Jdbc.update(connection, sql, statement -> {
      statement.setString(1, version);
      statement.setString(2, name);
      statement.setBytes(3, jar);
      statement.setArray(4, connection.createArrayOf("text", functions.toArray()));
    }));
  }

  /** Makes the version the one that new calls of its functions go to. */
  public void activate(String version) {
    var sql = "update reprise.deployments set activated_at = clock_timestamp() where version = ?";
    database.log(
        connection -> Jdbc.update(connection, sql, statement -> statement.setString(1, version)));
  }

  /** The jar of a version. */
  public Optional<byte[]> jar(String version) {
    var sql = "select jar from reprise.deployments where version = ?";
    return database.log(connection -> Jdbc.queryOne(
        connection, sql, statement -> statement.setString(1, version), row -> row.getBytes(1)));
  }

  /** The versions that new calls may go to: of each name the one activated last, the oldest activation first. */
  public List<String> active() {
    var sql = """
        select version from (
          select distinct on (name) version, activated_at from reprise.deployments
           where activated_at is not null order by name, activated_at desc) newest
         order by activated_at
        """;
    return database.log(
        connection -> Jdbc.query(connection, sql, statement -> {}, row -> row.getString(1)));
  }
}
