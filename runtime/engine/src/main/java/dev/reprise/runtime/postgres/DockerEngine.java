package dev.reprise.runtime.postgres;

import dev.reprise.runtime.config.Environment;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether a Docker engine listens: at {@code DOCKER_HOST}, else at its usual sockets. Without one the answer is cheap. */
final class DockerEngine {
  private static final Logger LOG = LoggerFactory.getLogger(DockerEngine.class);
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private DockerEngine() {}

  /** Whether something takes a connection there. */
  static boolean answers(Environment environment) {
    var host = environment.variable("DOCKER_HOST");
    if (host.isPresent()) {
      return answers(host.get());
    }
    return usualSockets(environment).stream().anyMatch(DockerEngine::listens);
  }

  private static boolean answers(String host) {
    try {
      var uri = URI.create(host);
      if ("unix".equals(uri.getScheme())) {
        return listens(Path.of(uri.getPath()));
      }
      // other schemes (npipe, ssh) are for Testcontainers to try
      return !"tcp".equals(uri.getScheme()) || listens(uri.getHost(), uri.getPort());
    } catch (IllegalArgumentException e) {
      LOG.warn("DOCKER_HOST is no URL like unix:///var/run/docker.sock: {}", host);
      return false;
    }
  }

  private static List<Path> usualSockets(Environment environment) {
    var sockets = new ArrayList<Path>();
    sockets.add(Path.of("/var/run/docker.sock"));
    environment
        .variable("XDG_RUNTIME_DIR")
        .ifPresent(directory -> sockets.add(Path.of(directory, "docker.sock")));
    var home = Path.of(System.getProperty("user.home"));
    sockets.add(home.resolve(".docker/run/docker.sock"));
    sockets.add(home.resolve(".docker/desktop/docker.sock"));
    return sockets;
  }

  private static boolean listens(Path socket) {
    if (!Files.exists(socket)) {
      return false;
    }
    try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      return channel.connect(UnixDomainSocketAddress.of(socket));
    } catch (IOException | UnsupportedOperationException e) {
      LOG.debug("nothing answers at {}", socket, e);
      return false;
    }
  }

  private static boolean listens(String host, int port) {
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(host, port), Math.toIntExact(PATIENCE.toMillis()));
      return true;
    } catch (IOException e) {
      LOG.debug("nothing answers at {}:{}", host, port, e);
      return false;
    }
  }
}
