package dev.reprise.debugger.cli;

import dev.reprise.RepriseException;
import dev.reprise.runtime.cli.Output;
import dev.reprise.runtime.cli.RepriseCommand;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/** The same command in a process of its own that waits for a debugger before it does anything. */
final class Debuggee {
  private Debuggee() {}

  /** Whether this process was started for a debugger, who may take any time. */
  static boolean isDebugged() {
    return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .anyMatch(argument -> argument.startsWith("-agentlib:jdwp"));
  }

  /**
   * Runs it, with this process's streams.
   *
   * @param port where it listens, on loopback; 0 for any that is free
   * @return its exit code
   */
  static int run(List<String> arguments, int port, Output output) throws InterruptedException {
    var command = new ArrayList<String>();
    int chosen = port == 0 ? freePort() : port;
    command.add(System.getProperty("java.home") + "/bin/java");
    command.add("-agentlib:jdwp=transport=dt_socket,server=y,suspend=y,quiet=y,address=127.0.0.1:"
        + chosen);
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(RepriseCommand.class.getName());
    command.addAll(arguments);
    output.note("waiting for a debugger on 127.0.0.1:" + chosen
        + " (IntelliJ: Run, Attach to Process or Remote JVM Debug; jdb -attach 127.0.0.1:" + chosen
        + "); it begins once one is attached");
    try {
      var process = new ProcessBuilder(command).inheritIO().start();
      try {
        return process.waitFor();
      } finally {
        process.destroy();
      }
    } catch (IOException e) {
      throw new RepriseException(
          "no process for the debugger can be started: " + e.getMessage(), e);
    }
  }

  private static int freePort() {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new RepriseException("no port is free: " + e.getMessage(), e);
    }
  }
}
