package dev.reprise.runtime.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.config.Environment;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DockerEngineTest {
  @TempDir
  Path directory;

  @Test
  void anEngineAtASocketAnswers() throws IOException {
    var socket = directory.resolve("docker.sock");
    try (var engine = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      engine.bind(UnixDomainSocketAddress.of(socket));
      assertThat(answers("DOCKER_HOST", "unix://" + socket)).isTrue();
      assertThat(answers("XDG_RUNTIME_DIR", directory.toString())).isTrue();
    }
  }

  @Test
  void anEngineAtAPortAnswersWhileItIsThere() throws IOException {
    String host;
    try (var engine = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      host = "tcp://127.0.0.1:" + engine.getLocalPort();
      assertThat(answers("DOCKER_HOST", host)).isTrue();
    }
    assertThat(answers("DOCKER_HOST", host)).isFalse();
  }

  @Test
  void nothingAnswersAtAFileOrAtNonsense() throws IOException {
    var file = Files.createFile(directory.resolve("docker.sock"));

    assertThat(answers("DOCKER_HOST", "unix://" + file)).isFalse();
    assertThat(answers("DOCKER_HOST", "unix://" + directory.resolve("none"))).isFalse();
    assertThat(answers("DOCKER_HOST", "not a url")).isFalse();
  }

  private static boolean answers(String variable, String value) {
    return DockerEngine.answers(new Environment(Map.of(variable, value)));
  }
}
