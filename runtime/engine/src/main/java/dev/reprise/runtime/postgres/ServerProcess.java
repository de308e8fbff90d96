package dev.reprise.runtime.postgres;

import dev.reprise.RepriseException;
import java.io.IOException;
import java.util.List;
import java.util.Objects;

/** Starts and stops the server of a directory. Used under the lock of the directory. */
final class ServerProcess {
  private final ServerDirectory directory;
  private final ServerPrograms programs;

  ServerProcess(ServerDirectory directory, ServerPrograms programs) {
    this.directory = directory;
    this.programs = programs;
  }

  boolean isRunning() throws IOException {
    return directory.postmaster().map(Postmaster::isRunning).orElse(false);
  }

  /** The port of the server that runs, 0 where none does. */
  int port() throws IOException {
    return directory.postmaster().map(Postmaster::port).orElse(0);
  }

  /**
   * Starts the server, recovering from a crash, and waits until it takes connections. It gets a session of its own
   * ({@code pg_ctl} calls setsid), so that it outlives this process and the signals of the terminal.
   *
   * @throws RepriseException it did not start; the message has what it logged
   */
  void start() throws IOException {
    if (directory.postmaster().map(Postmaster::hasProcess).orElse(false)) {
      directory.disownPostmaster();
    }
    directory.writeSettings();
    long before = directory.logSize();
    try {
      programs.run(
          "pg_ctl",
          List.of(
              "start",
              "--pgdata=" + directory.data(),
              "--log=" + directory.log(),
              "--wait",
              "--timeout=60",
              "--silent"));
    } catch (RepriseException e) {
      throw new RepriseException(e.getMessage() + "\n" + directory.endOfLog(before), e);
    }
  }

  /**
   * Whether a later start may succeed: after a crash sessions of the dead server may hold its memory for a moment, or
   * recovery takes its time; and a port that was free may be taken.
   */
  static boolean mayPass(Exception failure) {
    String message = Objects.toString(failure.getMessage(), "");
    return SqlState.isUnavailable(failure)
        || message.contains("shared memory block")
        || message.contains("Address already in use");
  }

  /** Stops the server, if it runs, and waits for its end. */
  void stop(EmbeddedServer.StopMode mode) throws IOException {
    if (isRunning()) {
      programs.run(
          "pg_ctl",
          List.of(
              "stop",
              "--pgdata=" + directory.data(),
              "--mode=" + (mode == EmbeddedServer.StopMode.FAST ? "fast" : "immediate"),
              "--wait",
              "--timeout=60",
              "--silent"));
    }
  }
}
