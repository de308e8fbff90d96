package dev.reprise.testing;

import dev.reprise.runtime.config.DatabaseConfig;
import dev.reprise.runtime.config.Environment;
import dev.reprise.runtime.postgres.ScratchDatabase;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A fresh, empty PostgreSQL database for a test class. It lives on the server that {@code REPRISE_TEST_DATABASE} names (a
 * JDBC URL whose user may create databases); else, with Testcontainers on the class path and a Docker engine that
 * answers, in a container; else on an embedded server. Container and embedded server are shared by all tests of the JVM
 * and end with it. Thread-safe.
 */
public final class TestDatabase implements AutoCloseable {
  private static final String SERVER = "REPRISE_TEST_DATABASE";

  private final ScratchDatabase scratch;

  private TestDatabase(ScratchDatabase scratch) {
    this.scratch = scratch;
  }

  /** Creates one; closing it drops it. The first of a JVM may start a server, which takes some seconds. */
  public static TestDatabase create() {
    Optional<DatabaseConfig> server = Environment.ofProcess()
        .variable(SERVER)
        .map(DatabaseConfig::of)
        .or(DockerServer::ofThisProcess);
    return new TestDatabase(server.map(ScratchDatabase::on).orElseGet(ScratchDatabase::embedded));
  }

  /** Its JDBC URL. */
  public String jdbcUrl() {
    return scratch.jdbcUrl();
  }

  /** Who may do everything in it; null where the URL or the system tells. */
  public @Nullable String user() {
    return scratch.user();
  }

  /** Of {@link #user()}; null where the URL or the password file tells. */
  public @Nullable String password() {
    return scratch.password();
  }

  DatabaseConfig config() {
    return scratch.config();
  }

  /** Drops the database, ending the sessions that still use it. Closing twice is allowed. */
  @Override
  public void close() {
    scratch.close();
  }
}
