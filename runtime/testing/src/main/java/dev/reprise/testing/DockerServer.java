package dev.reprise.testing;

import dev.reprise.runtime.config.DatabaseConfig;
import dev.reprise.runtime.config.Environment;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.Optional;

/** A PostgreSQL in a container, where the user's build has Testcontainers and a Docker engine answers. */
final class DockerServer {
  private static final String MARKER = "org.testcontainers.postgresql.PostgreSQLContainer";
  private static final String SOCKET = "/var/run/docker.sock";

  private DockerServer() {}

  /** How to reach it; started at the first call, empty where there can be none. */
  static Optional<DatabaseConfig> ofThisProcess() {
    return Holder.SERVER;
  }

  private static final class Holder {
    static final Optional<DatabaseConfig> SERVER =
        isOnClassPath() && mayAnswer() ? StartedContainer.start() : Optional.empty();
  }

  private static boolean isOnClassPath() {
    return DockerServer.class.getClassLoader().getResource(MARKER.replace('.', '/') + ".class")
        != null;
  }

  /** Asked before Testcontainers is, which takes seconds and many lines of log to say no. */
  private static boolean mayAnswer() {
    if (Environment.ofProcess().variable("DOCKER_HOST").isPresent()) {
      return true;
    }
    try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      return channel.connect(UnixDomainSocketAddress.of(SOCKET));
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }
}
