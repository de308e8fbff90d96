package dev.reprise.runtime.crash;

import dev.reprise.runtime.config.DatabaseConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A node as a process of its own, to be killed and stopped. */
final class NodeProcess implements AutoCloseable {
  private static final Path LOGS = Path.of("target", "crash");

  private final Process process;
  private final int port;

  /** Starts it and waits until it serves; {@code outside} is the database as its steps reach it. */
  NodeProcess(DatabaseConfig database, DatabaseConfig outside, String... properties) {
    try {
      Files.createDirectories(LOGS);
      var builder = new ProcessBuilder(
          Path.of(System.getProperty("java.home"), "bin", "java").toString(),
          "-XX:TieredStopAtLevel=1",
          "-XX:+UseSerialGC",
          "-Xmx128m",
          "-cp",
          System.getProperty("java.class.path"),
          NodeMain.class.getName(),
          database.url(),
          String.valueOf(database.user()),
          String.valueOf(database.password()),
          outside.url());
      builder.command().addAll(1, List.of(properties));
      builder.redirectError(Files.createTempFile(LOGS, "node-", ".log").toFile());
      process = builder.start();
      var lines = new BufferedReader(
          new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
      var line = lines.readLine();
      if (line == null || !line.startsWith("port ")) {
        throw new IllegalStateException("the node did not start, see " + LOGS + ": " + line);
      }
      port = Integer.parseInt(line.substring("port ".length()));
    } catch (IOException e) {
      throw new IllegalStateException("the node cannot be started", e);
    }
  }

  HttpCalls http() {
    return new HttpCalls(port);
  }

  long pid() {
    return process.pid();
  }

  /** SIGKILL; returns when it is gone. */
  void kill() {
    process.destroyForcibly();
    awaitGone();
  }

  /** SIGTERM; returns when it has left the others and is gone. */
  void terminate() {
    process.destroy();
    awaitGone();
  }

  /** Returns when it is gone. */
  void awaitGone() {
    Await.until("process " + pid() + " is gone", () -> process.waitFor(1, TimeUnit.SECONDS));
  }

  /** SIGSTOP; returns when it is stopped. */
  void stop() {
    run("kill", "-STOP", String.valueOf(pid()));
    Await.until(
        "process " + pid() + " is stopped",
        () -> run("ps", "-o", "state=", "-p", String.valueOf(pid())).startsWith("T"));
  }

  /** SIGCONT. */
  void resume() {
    run("kill", "-CONT", String.valueOf(pid()));
  }

  private static String run(String... command) {
    try {
      var process =
          new ProcessBuilder(List.of(command)).redirectErrorStream(true).start();
      var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      process.waitFor();
      return output;
    } catch (IOException e) {
      throw new IllegalStateException(String.join(" ", command), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  @Override
  public void close() {
    if (process.isAlive()) {
      kill();
    }
  }
}
