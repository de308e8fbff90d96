package dev.reprise.runtime.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class JarDirectoryTest {
  /** Makes a directory, says where, and stays until it is killed. */
  static final class Owner {
    public static void main(String[] arguments) throws IOException {
      var directory = JarDirectory.create();
      Files.writeString(directory.path().resolve("some.jar"), "jar");
      System.out.println("made " + directory.path());
      var unused = System.in.read();
    }
  }

  @Test
  void whatAKilledProcessLeavesIsRemovedByTheNextAndWhatALivingOneHasIsNot() throws Exception {
    var owner = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            Owner.class.getName())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
    try (var output =
        new BufferedReader(new InputStreamReader(owner.getInputStream(), StandardCharsets.UTF_8))) {
      var line = output.readLine();
      while (line != null && !line.startsWith("made ")) {
        line = output.readLine();
      }
      var its = Path.of(Objects.requireNonNull(line).substring("made ".length()));
      try (var first = JarDirectory.create()) {
        assertThat(its.resolve("some.jar")).exists();
        owner.destroyForcibly();
        assertThat(owner.waitFor(60, TimeUnit.SECONDS)).isTrue();
        try (var second = JarDirectory.create()) {
          assertThat(its).doesNotExist();
          assertThat(first.path()).isDirectory();
          assertThat(second.path()).isDirectory();
        }
      }
    } finally {
      owner.destroyForcibly();
    }
  }

  @Test
  void aDirectoryThatIsClosedIsGone() throws IOException {
    var directory = JarDirectory.create();
    Files.writeString(directory.path().resolve("some.jar"), "jar");
    directory.close();
    assertThat(directory.path()).doesNotExist();
  }
}
