package dev.reprise.testing;

import dev.reprise.runtime.config.DatabaseConfig;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.postgresql.PostgreSQLContainer;

/** The only class that knows Testcontainers: loaded where that is on the class path. Testcontainers removes the container. */
final class StartedContainer {
  private static final Logger LOG = LoggerFactory.getLogger(StartedContainer.class);
  private static final String IMAGE = "postgres:18-alpine";

  private StartedContainer() {}

  static Optional<DatabaseConfig> start() {
    if (!DockerClientFactory.instance().isDockerAvailable()) {
      return Optional.empty();
    }
    try {
      // Not closed: it serves all tests of the JVM.
      @SuppressWarnings("resource")
      var container = new PostgreSQLContainer(IMAGE)
          .withCommand(
              "postgres",
              "-c",
              "wal_level=logical",
              "-c",
              "max_prepared_transactions=64",
              "-c",
              "max_connections=200");
      container.start();
      return Optional.of(DatabaseConfig.of(
          container.getJdbcUrl(), container.getUsername(), container.getPassword()));
    } catch (RuntimeException e) {
      LOG.warn("no PostgreSQL in a container, an embedded one is used: {}", e.getMessage());
      return Optional.empty();
    }
  }
}
