package dev.reprise.runtime.postgres;

import dev.reprise.runtime.config.DatabaseConfig;
import dev.reprise.runtime.config.Environment;
import org.testcontainers.postgresql.PostgreSQLContainer;
import org.testcontainers.utility.DockerImageName;

/** A PostgreSQL in a container, for tests. Only this class needs Testcontainers, which removes it when the JVM ends. */
final class DockerServer {
  private static final String IMAGE = "REPRISE_TEST_IMAGE";
  private static final String DEFAULT_IMAGE = "postgres:18-alpine";

  private DockerServer() {}

  /** Starts it, from the image that {@code REPRISE_TEST_IMAGE} names or {@code postgres:18-alpine}. */
  static DatabaseConfig start(Environment environment) {
    var image = DockerImageName.parse(environment.variable(IMAGE).orElse(DEFAULT_IMAGE))
        .asCompatibleSubstituteFor("postgres");
    var container = new PostgreSQLContainer(image)
        .withCommand(
            "postgres",
            "-c",
            "fsync=off",
            "-c",
            "wal_level=logical",
            "-c",
            "max_prepared_transactions=64",
            "-c",
            "max_connections=200");
    container.start();
    return DatabaseConfig.of(
        container.getJdbcUrl(), container.getUsername(), container.getPassword());
  }
}
