package dev.reprise.samples.shop.crash;

import dev.reprise.runtime.postgres.Backoff;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A server of the shop as a supervisor keeps it: whenever its process ends, another is started. Thread-safe.
 */
final class ServerProcess implements AutoCloseable {
  private static final Duration BEFORE_RESTART = Duration.ofMillis(20);
  private static final Duration LOOK = Duration.ofMillis(10);

  private final String name;
  private final ChildProcess.Command command;
  private final Path log;
  private final Thread supervisor;
  private final AtomicInteger starts = new AtomicInteger();
  private volatile @Nullable ChildProcess child;
  private volatile boolean closed;

  /** Starts it; {@code command} prints the URL once it listens. */
  ServerProcess(String name, ChildProcess.Command command, Path log) {
    this.name = name;
    this.command = command;
    this.log = log;
    this.supervisor = new Thread(this::supervise, "supervisor-" + name);
    supervisor.setDaemon(true);
    supervisor.start();
  }

  private void supervise() {
    try {
      while (!closed) {
        runOnce();
        Backoff.await(BEFORE_RESTART);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void runOnce() throws InterruptedException {
    try {
      var started = ChildProcess.start(command, log);
      starts.incrementAndGet();
      child = started;
      note("process " + started.pid() + " starts");
      if (closed) {
        started.kill();
      }
      var url = started.awaitUrl();
      note(url.isPresent() ? "it listens at " + url.get() : "it ended before it listened");
      note("it ended with " + started.awaitEnd());
    } catch (IOException e) {
      note("it cannot be started: " + e);
    }
  }

  /** Writes a line into the server's log. */
  void note(String text) {
    try {
      Files.writeString(
          log,
          "=== " + Instant.now() + " " + name + ": " + text + "\n",
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
    } catch (IOException e) {
      System.err.println(log + " cannot be written: " + e.getMessage());
    }
  }

  /** Where it listens; empty while it does not. */
  Optional<URI> url() {
    var now = child;
    return now == null ? Optional.empty() : now.url();
  }

  /** How often a process was started. */
  int starts() {
    return starts.get();
  }

  /** The process of this moment, whether it listens already or not; waits while there is none. */
  ChildProcess awaitProcess(Duration atMost) throws InterruptedException {
    return await(atMost, "has no process", false);
  }

  /** The process of this moment, once it listens. */
  ChildProcess awaitListening(Duration atMost) throws InterruptedException {
    return await(atMost, "does not listen", true);
  }

  private ChildProcess await(Duration atMost, String problem, boolean listening)
      throws InterruptedException {
    long end = System.nanoTime() + atMost.toNanos();
    while (true) {
      var now = child;
      if (now != null && now.isAlive() && (!listening || now.url().isPresent())) {
        return now;
      }
      if (System.nanoTime() > end) {
        throw new IllegalStateException(
            name + " " + problem + " after " + atMost + "; its log is " + log);
      }
      Backoff.await(LOOK);
    }
  }

  @Override
  public String toString() {
    return name;
  }

  /** Kills it for good. */
  @Override
  public void close() {
    closed = true;
    try {
      var now = child;
      if (now != null) {
        now.kill();
      }
      supervisor.join(10_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
