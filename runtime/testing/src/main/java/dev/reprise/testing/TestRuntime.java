package dev.reprise.testing;

import dev.reprise.Reprise;
import dev.reprise.runtime.config.DatabaseConfig;
import dev.reprise.runtime.config.HttpConfig;
import dev.reprise.runtime.config.NodeConfig;
import dev.reprise.runtime.postgres.ScratchDatabase;
import dev.reprise.runtime.server.Code;
import dev.reprise.runtime.server.EmbeddedRuntime;
import dev.reprise.runtime.server.HttpFront;
import dev.reprise.runtime.server.NoFront;
import dev.reprise.runtime.server.Node;
import dev.reprise.runtime.telemetry.Metrics;
import java.time.Duration;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** A runtime on a database of its own. Thread-safe. */
final class TestRuntime implements AutoCloseable {
  private static final NodeConfig CONFIG =
      NodeConfig.DEFAULT.withShutdownGrace(Duration.ofSeconds(1));

  private final ScratchDatabase database;
  private final EmbeddedRuntime runtime;
  private final PassingTime time;

  private TestRuntime(ScratchDatabase database, EmbeddedRuntime runtime) {
    this.database = database;
    this.runtime = runtime;
    this.time = new PassingTime(runtime.node());
  }

  /** Runs code on a database, which is dropped with it. */
  static TestRuntime start(ScratchDatabase database, Code code, boolean http) {
    try {
      var node = Node.start(CONFIG, small(database.config()), code);
      return new TestRuntime(database, new EmbeddedRuntime(node, front(node, http)));
    } catch (RuntimeException | Error e) {
      database.close();
      throw e;
    }
  }

  Reprise runtime() {
    return runtime;
  }

  PassingTime time() {
    return time;
  }

  DataSource dataSource() {
    var source = new PGSimpleDataSource();
    var config = database.config();
    source.setUrl(config.url());
    if (config.user() != null) {
      source.setUser(config.user());
    }
    if ("reprise".equals(source.getUser()) && source.getCurrentSchema() == null) {
      source.setCurrentSchema("public"); // as functions have it: not the schema of that name
    }
    if (config.password() != null) {
      source.setPassword(config.password());
    }
    source.setApplicationName("test");
    return source;
  }

  @Override
  public void close() {
    try {
      runtime.close();
    } finally {
      database.close();
    }
  }

  /** Many test classes share a server. */
  private static DatabaseConfig small(DatabaseConfig database) {
    return new DatabaseConfig(database.url(), database.user(), database.password(), 8, 3, 2);
  }

  private static EmbeddedRuntime.Front front(Node node, boolean http) {
    if (!http) {
      return new NoFront(() -> {});
    }
    try {
      return new HttpFront(node, HttpConfig.DEFAULT, Metrics.OFF, () -> {});
    } catch (NoClassDefFoundError e) {
      node.close();
      throw new IllegalStateException(
          "http() needs Javalin: add io.javalin:javalin to the dependencies of the tests", e);
    } catch (RuntimeException e) {
      node.close();
      throw e;
    }
  }
}
