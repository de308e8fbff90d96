package dev.reprise.runtime.store;

import dev.reprise.runtime.postgres.Jdbc;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Array;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

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
   * The same with a jar in a file.
   *
   * @return whether it was not kept yet
   * @throws UncheckedIOException the file cannot be read
   */
  public boolean keep(String version, String name, Path jar, List<String> functions) {
    var sql = """
        insert into reprise.deployments (version, name, jar, functions, created_at)
        values (?, ?, ?, ?, clock_timestamp())
        on conflict (version) do nothing
        """;
    try (var content = Files.newInputStream(jar)) {
      long size = Files.size(jar);
      return database.log(connection -> Jdbc.update(connection, sql, statement -> {
            statement.setString(1, version);
            statement.setString(2, name);
            statement.setBinaryStream(3, content, size);
            statement.setArray(4, texts(connection, functions));
          }))
          == 1;
    } catch (IOException e) {
      throw new UncheckedIOException("the jar " + jar + " cannot be read", e);
    }
  }

  /**
   * Makes the versions those that new calls of their functions go to. What shares a function with one of them is active
   * no longer.
   */
  public List<Replaced> activate(List<String> versions) {
    return database.log(connection -> {
      lock(connection);
      var before = active(connection);
      var replaced = replace(connection, versions);
      makeActive(connection, versions);
      var after = active(connection);
      if (!after.equals(before)) {
        note(connection, after);
      }
      return replaced;
    });
  }

  /** Of two nodes that activate at once, one comes after the other. */
  private static void lock(Connection connection) throws SQLException {
    Jdbc.update(
        connection, "lock table reprise.deployments in share row exclusive mode", statement -> {});
  }

  private static void makeActive(Connection connection, List<String> versions) throws SQLException {
    var sql = """
        update reprise.deployments set activated_at = clock_timestamp()
         where version = any(?) and activated_at is null
        """;
    Jdbc.update(connection, sql, statement -> statement.setArray(1, texts(connection, versions)));
  }

  private static void note(Connection connection, List<String> active) throws SQLException {
    Jdbc.update(
        connection,
        "insert into reprise.activations (activated_at, versions) values (clock_timestamp(), ?)",
        statement -> statement.setArray(1, texts(connection, active)));
  }

  /**
   * What a rollback did.
   *
   * @param from versions that are active no longer
   * @param to versions that are active again
   */
  public record RolledBack(List<String> from, List<String> to) {}

  /** What came before the last activation, or nothing. */
  private record Step(long activation, List<String> versions) {}

  /**
   * Makes active what was before the last activation that was not taken back.
   *
   * @return empty where there is nothing to go back to
   */
  public Optional<RolledBack> rollback() {
    var sql = """
        select activation, versions from reprise.activations
         where taken_back_at is null order by activation desc limit 2
        """;
    return database.log(connection -> {
      lock(connection);
      var steps = Jdbc.query(
          connection,
          sql,
          statement -> {},
          row -> new Step(row.getLong(1), strings(row.getArray(2))));
      var kept = Jdbc.query(
          connection,
          "select version from reprise.deployments",
          statement -> {},
          row -> row.getString(1));
      if (steps.size() < 2 || !kept.containsAll(steps.get(1).versions())) {
        return Optional.empty();
      }
      Jdbc.update(
          connection,
          "update reprise.activations set taken_back_at = clock_timestamp() where activation = ?",
          statement -> statement.setLong(1, steps.get(0).activation()));
      return Optional.of(goBack(connection, steps.get(1).versions()));
    });
  }

  private static RolledBack goBack(Connection connection, List<String> versions)
      throws SQLException {
    var before = active(connection);
    Jdbc.update(
        connection,
        "update reprise.deployments set activated_at = null where activated_at is not null and version <> all(?)",
        statement -> statement.setArray(1, texts(connection, versions)));
    makeActive(connection, versions);
    return new RolledBack(
        before.stream().filter(version -> !versions.contains(version)).toList(),
        versions.stream().filter(version -> !before.contains(version)).toList());
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
        row -> new Replaced(row.getString(1), row.getString(2), strings(row.getArray(3))));
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

  /**
   * A kept version.
   *
   * @param name for people, after the file
   * @param activatedAt since when it is active; null where it is not
   * @param executions how many of its executions have not ended
   */
  public record Deployment(
      String version,
      String name,
      List<String> functions,
      Instant createdAt,
      @Nullable Instant activatedAt,
      long executions) {}

  /** Unfinished executions are found by the indexes of their states. */
  private static final String LIVING = """
      select version, count(*) as executions
        from (select version from reprise.executions where status in ('PENDING', 'WAITING')
              union all
              select version from reprise.executions where owner is not null
              union all
              select version from reprise.executions where status = 'STRANDED'
              union all
              select version from reprise.executions where status = 'PARKED') living
       where version is not null
       group by version""";

  private static final String DEPLOYMENTS = """
      select d.version, d.name, d.functions, d.created_at, d.activated_at, coalesce(l.executions, 0) as executions
        from reprise.deployments d left join (%s) l using (version)
      """.formatted(LIVING);

  /** All kept versions, the newest first. */
  public List<Deployment> list() {
    return database.log(connection -> Jdbc.query(
        connection,
        DEPLOYMENTS + " order by d.created_at desc, d.version",
        statement -> {},
        DeploymentStore::read));
  }

  /** The kept version of that name. */
  public Optional<Deployment> find(String version) {
    return database.log(connection -> find(connection, version));
  }

  private static Optional<Deployment> find(Connection connection, String version)
      throws SQLException {
    return Jdbc.queryOne(
        connection,
        DEPLOYMENTS + " where d.version = ?",
        statement -> statement.setString(1, version),
        DeploymentStore::read);
  }

  private static Deployment read(ResultSet row) throws SQLException {
    return new Deployment(
        row.getString("version"),
        row.getString("name"),
        strings(row.getArray("functions")),
        ExecutionReader.instant(row, "created_at"),
        ExecutionReader.nullableInstant(row, "activated_at"),
        row.getLong("executions"));
  }

  /**
   * Deletes the jar of a version that is not active and has no unfinished execution.
   *
   * @return the version as it was before; it is kept where it was active or had executions
   */
  public Optional<Deployment> remove(String version) {
    return database.log(connection -> {
      lock(connection);
      var found = find(connection, version);
      if (found.isPresent() && found.get().activatedAt() == null && found.get().executions() == 0) {
        Jdbc.update(
            connection,
            "delete from reprise.deployments where version = ?",
            statement -> statement.setString(1, version));
      }
      return found;
    });
  }

  /** The versions that new calls go to, the oldest activation first; no two have a function in common. */
  public List<String> active() {
    return database.log(DeploymentStore::active);
  }

  private static List<String> active(Connection connection) throws SQLException {
    var sql = """
        select version from reprise.deployments
         where activated_at is not null order by activated_at, version
        """;
    return Jdbc.query(connection, sql, statement -> {}, row -> row.getString(1));
  }

  private static List<String> strings(Array array) throws SQLException {
    return List.of((String[]) array.getArray());
  }
}
