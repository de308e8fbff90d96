package dev.reprise.samples.shop.crash;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A JVM that prints its URL on stdout once it listens; what it logs is appended to a file. Thread-safe. */
final class ChildProcess {
  private static final Pattern URL = Pattern.compile("http://[0-9.]+:[0-9]+");

  private final Process process;
  private volatile @Nullable URI url;

  private ChildProcess(Process process) {
    this.process = process;
  }

  /**
   * What is started.
   *
   * @param line the program and its arguments
   * @param environment what is added to the environment
   */
  record Command(List<String> line, Map<String, String> environment) {}

  /** Runs a main class with the JVM that runs this. */
  static List<String> java(
      Class<?> main, String classPath, List<String> options, List<String> arguments) {
    var command = new ArrayList<String>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.addAll(options);
    command.add("-cp");
    command.add(classPath);
    command.add(main.getName());
    command.addAll(arguments);
    return command;
  }

  /** Starts it; it is killed with this JVM. */
  static ChildProcess start(Command command, Path log) throws IOException {
    var builder = new ProcessBuilder(command.line())
        .redirectError(ProcessBuilder.Redirect.appendTo(new File(log.toString())));
    builder.environment().putAll(command.environment());
    var process = builder.start();
    var child = new ChildProcess(process);
    var killer = new Thread(process::destroyForcibly);
    Runtime.getRuntime().addShutdownHook(killer);
    process.onExit().thenRun(() -> forget(killer));
    return child;
  }

  private static void forget(Thread killer) {
    try {
      Runtime.getRuntime().removeShutdownHook(killer);
    } catch (IllegalStateException e) {
      System.getLogger("crash").log(System.Logger.Level.DEBUG, "this JVM ends", e);
    }
  }

  /** Waits until it tells its URL; empty where it ended before. */
  Optional<URI> awaitUrl() throws IOException {
    var output = process.inputReader();
    for (var line = output.readLine(); line != null; line = output.readLine()) {
      var found = URL.matcher(line);
      if (found.find()) {
        url = URI.create(found.group());
        return Optional.ofNullable(url);
      }
    }
    return Optional.empty();
  }

  /** Where it listens; empty before it does and after its end. */
  Optional<URI> url() {
    return process.isAlive() ? Optional.ofNullable(url) : Optional.empty();
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** SIGKILL; returns when it is gone. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** SIGTERM; returns when it is gone. */
  void end() throws InterruptedException {
    process.destroy();
    process.waitFor();
  }

  /** Waits for its end. */
  int awaitEnd() throws InterruptedException {
    return process.waitFor();
  }

  /** SIGSTOP or SIGCONT; without effect on one that has ended. */
  void signal(String name) throws IOException, InterruptedException {
    if (process.isAlive()) {
      var kill = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start();
      kill.waitFor(60, TimeUnit.SECONDS);
    }
  }
}
