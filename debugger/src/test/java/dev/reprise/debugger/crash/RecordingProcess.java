package dev.reprise.debugger.crash;

import static org.awaitility.Awaitility.await;

import dev.reprise.runtime.config.DatabaseConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** {@link RecordingMain} as a supervisor keeps it: whenever its process ends, another is started. Thread-safe. */
final class RecordingProcess implements AutoCloseable {
  private static final Path LOGS = Path.of("target", "crash");

  private final ProcessBuilder command;
  private final Thread supervisor;
  private final AtomicInteger starts = new AtomicInteger();
  private volatile @Nullable Process process;
  private volatile int port;
  private volatile boolean closed;

  RecordingProcess(DatabaseConfig database) throws IOException {
    Files.createDirectories(LOGS);
    command = new ProcessBuilder(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        "-Xmx160m",
        "-cp",
        System.getProperty("java.class.path"),
        RecordingMain.class.getName(),
        database.url(),
        String.valueOf(database.user()),
        String.valueOf(database.password()));
    command.redirectError(ProcessBuilder.Redirect.appendTo(
        Files.createTempFile(LOGS, "recording-", ".log").toFile()));
    supervisor = new Thread(this::supervise, "supervisor");
    supervisor.setDaemon(true);
    supervisor.start();
  }

  private void supervise() {
    try {
      while (!closed) {
        var started = command.start();
        starts.incrementAndGet();
        process = started;
        if (closed) {
          started.destroyForcibly();
        }
        try (var output = started.inputReader()) {
          for (var line = output.readLine(); line != null; line = output.readLine()) {
            if (line.startsWith("port ")) {
              port = Integer.parseInt(line.substring("port ".length()));
            }
          }
        }
        port = 0;
        started.waitFor();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Where it listens; 0 while it does not. */
  int port() {
    return port;
  }

  int starts() {
    return starts.get();
  }

  /** Waits until it listens. */
  int awaitPort() {
    return await("a node that listens")
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(10))
        .until(() -> port, found -> found != 0);
  }

  /** SIGKILL; returns when it is gone. */
  void kill() throws InterruptedException {
    var now = process;
    if (now != null) {
      now.destroyForcibly().waitFor();
    }
  }

  @Override
  public void close() {
    closed = true;
    try {
      kill();
      supervisor.join(10_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
