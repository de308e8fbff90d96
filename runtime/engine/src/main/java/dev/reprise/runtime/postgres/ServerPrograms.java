package dev.reprise.runtime.postgres;

import dev.reprise.RepriseException;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Runs the programs of PostgreSQL. They refuse to run as root; root on Linux runs them in a user namespace of their own,
 * where it is nobody in particular and owns its files all the same.
 */
final class ServerPrograms {
  private static final int TIMEOUT_SECONDS = 120;

  private final Path home;
  private final List<String> prefix;

  private ServerPrograms(Path home, List<String> prefix) {
    this.home = home;
    this.prefix = prefix;
  }

  /** Of the directory that holds {@code bin}. */
  static ServerPrograms in(Path home) {
    boolean root = "root".equals(System.getProperty("user.name"))
        && System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("linux");
    return new ServerPrograms(home, root ? List.of("unshare", "-U") : List.of());
  }

  /**
   * Runs a program to its end.
   *
   * @throws RepriseException it failed; the message has what it printed
   */
  void run(String program, List<String> arguments) throws IOException {
    var command = new ArrayList<>(prefix);
    command.add(home.resolve("bin").resolve(program).toString());
    command.addAll(arguments);
    // Output goes to a file: the server inherits a pipe, and reading to its end would wait for the
    // server.
    Path output = Files.createTempFile("reprise-" + program, ".out");
    try {
      int status = status(command, output);
      if (status != 0) {
        String printed = Files.readString(output, StandardCharsets.UTF_8).strip();
        throw new RepriseException(String.join(" ", command) + " failed with status " + status
            + ": " + printed + hint(printed));
      }
    } finally {
      Files.deleteIfExists(output);
    }
  }

  private static int status(List<String> command, Path output) throws IOException {
    Process process = new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(output.toFile())
        .redirectInput(ProcessBuilder.Redirect.from(emptyInput()))
        .start();
    try {
      if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException(
            String.join(" ", command) + " did not end in " + TIMEOUT_SECONDS + " s");
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while " + command.get(0) + " ran", e);
    }
  }

  private static File emptyInput() {
    boolean windows = System.getProperty("os.name").startsWith("Windows");
    return new File(windows ? "NUL" : "/dev/null");
  }

  private String hint(String printed) {
    return !prefix.isEmpty() && printed.contains("unshare")
        ? "; PostgreSQL does not run as root, and user namespaces are not allowed here: run as an ordinary"
            + " user, or name a database with --database"
        : "";
  }
}
