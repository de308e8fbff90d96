package dev.reprise.runtime.engine;

import dev.reprise.WorkQueue;
import dev.reprise.runtime.config.DatabaseConfig;
import dev.reprise.runtime.config.NodeConfig;
import dev.reprise.runtime.postgres.Jdbc;
import dev.reprise.runtime.postgres.ScratchDatabase;
import dev.reprise.runtime.postgres.TestDatabase;
import dev.reprise.runtime.server.Code;
import dev.reprise.runtime.server.EmbeddedRuntime;
import dev.reprise.runtime.server.Node;
import dev.reprise.runtime.server.TestFront;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A node in this process on a database of its own. */
final class TestNode implements AutoCloseable {
  private static final NodeConfig USUAL =
      new NodeConfig(Duration.ofSeconds(3), Duration.ofMillis(500), 64, Duration.ofSeconds(5));

  private final ScratchDatabase database;
  private final boolean ownsDatabase;
  private final EmbeddedRuntime runtime;

  private TestNode(ScratchDatabase database, boolean ownsDatabase, EmbeddedRuntime runtime) {
    this.database = database;
    this.ownsDatabase = ownsDatabase;
    this.runtime = runtime;
  }

  static TestNode start(Class<?>... functions) {
    return on(TestDatabase.create(), true, functions);
  }

  /** Another node on the same database. */
  TestNode another(Class<?>... functions) {
    return on(database, false, functions);
  }

  /** A node whose heart beats so rarely that only the calls commit. */
  static TestNode quietOn(ScratchDatabase database, Class<?>... functions) {
    var config =
        new NodeConfig(Duration.ofHours(1), Duration.ofMinutes(10), 64, Duration.ofSeconds(5));
    return on(database, false, config, functions);
  }

  /** Another node on that database. */
  static TestNode configured(ScratchDatabase database, NodeConfig config, Class<?>... functions) {
    return on(database, false, config, functions);
  }

  /** A node on that database that declares queues. */
  static TestNode queued(ScratchDatabase database, List<WorkQueue> queues, Class<?>... functions) {
    var code = Code.ofClasses(List.of(functions), Map.of(), Map.of(), null, queues);
    var node = Node.start(USUAL, database.config(), code);
    return new TestNode(database, false, new EmbeddedRuntime(node, TestFront.none()));
  }

  private static TestNode on(ScratchDatabase database, boolean owns, Class<?>... functions) {
    return on(database, owns, USUAL, functions);
  }

  private static TestNode on(
      ScratchDatabase database, boolean owns, NodeConfig config, Class<?>... functions) {
    var node = Node.start(
        config, database.config(), Code.ofClasses(List.of(functions), Map.of(), Map.of(), null));
    return new TestNode(database, owns, new EmbeddedRuntime(node, TestFront.none()));
  }

  EmbeddedRuntime runtime() {
    return runtime;
  }

  Node node() {
    return runtime.node();
  }

  <A> A get(Class<A> functions) {
    return runtime.get(functions);
  }

  void advance(Duration by) {
    node().advance(by);
  }

  DatabaseConfig config() {
    return database.config();
  }

  Connection connect() throws SQLException {
    return DriverManager.getConnection(
        database.config().url(), database.config().user(), database.config().password());
  }

  void sql(String statement) {
    sql(config(), statement);
  }

  static void sql(DatabaseConfig config, String statement) {
    try (var connection =
            DriverManager.getConnection(config.url(), config.user(), config.password());
        var prepared = connection.createStatement()) {
      prepared.execute(statement);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  ScratchDatabase database() {
    return database;
  }

  List<String> textsOf(String query) {
    try (var connection = connect()) {
      return Jdbc.query(connection, query, statement -> {}, row -> row.getString(1));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  long longOf(String query) {
    return longOf(config(), query);
  }

  static long longOf(DatabaseConfig config, String query) {
    try (var connection =
        DriverManager.getConnection(config.url(), config.user(), config.password())) {
      return Jdbc.queryOne(connection, query, statement -> {}, row -> row.getLong(1))
          .orElseThrow();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    runtime.close();
    if (ownsDatabase) {
      database.close();
    }
  }
}
