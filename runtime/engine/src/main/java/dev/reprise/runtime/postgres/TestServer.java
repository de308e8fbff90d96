package dev.reprise.runtime.postgres;

import dev.reprise.runtime.config.DatabaseConfig;
import dev.reprise.runtime.config.Environment;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server on which tests make their databases, chosen at the first question of the JVM: the one that
 * {@code REPRISE_TEST_DATABASE} names; a container, where Testcontainers is on the class path and a Docker engine answers;
 * an embedded one.
 */
final class TestServer {
  private static final Logger LOG = LoggerFactory.getLogger(TestServer.class);
  private static final String NAMED = "REPRISE_TEST_DATABASE";
  private static final String TESTCONTAINERS = "org.testcontainers.postgresql.PostgreSQLContainer";

  private static @Nullable DatabaseConfig chosen;

  private TestServer() {}

  /** How to reach it, as a user who may create databases. */
  static synchronized DatabaseConfig ofThisProcess() {
    var server = chosen;
    if (server == null) {
      server = choose(Environment.ofProcess());
      chosen = server;
    }
    return server;
  }

  private static DatabaseConfig choose(Environment environment) {
    var named = environment.variable(NAMED);
    if (named.isPresent()) {
      return DatabaseConfig.of(named.get());
    }
    if (hasTestcontainers() && DockerEngine.answers(environment)) {
      try {
        return DockerServer.start(environment);
      } catch (RuntimeException e) {
        LOG.warn("no PostgreSQL in a container; tests use an embedded one: {}", e.getMessage());
        LOG.debug("Testcontainers failed", e);
      }
    }
    return ScratchServer.ofThisProcess();
  }

  private static boolean hasTestcontainers() {
    var resource = TESTCONTAINERS.replace('.', '/') + ".class";
    return TestServer.class.getClassLoader().getResource(resource) != null;
  }
}
