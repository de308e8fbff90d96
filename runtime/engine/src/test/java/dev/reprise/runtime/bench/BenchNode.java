package dev.reprise.runtime.bench;

import dev.reprise.Options;
import dev.reprise.runtime.config.DatabaseConfig;
import dev.reprise.runtime.config.NodeConfig;
import dev.reprise.runtime.server.Code;
import dev.reprise.runtime.server.EmbeddedRuntime;
import dev.reprise.runtime.server.Node;
import dev.reprise.runtime.server.TestFront;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A node as a process, told what to do on standard input: {@code heap} prints its live bytes,
 * {@code advance SECONDS} moves its clock, {@code family ID N} begins a
 * parent with so many children, {@code cancel ID} cancels, {@code end} ends the node.
 */
final class BenchNode {
  private BenchNode() {}

  /** {@code url user password}. */
  public static void main(String[] arguments) throws IOException {
    var database = DatabaseConfig.of(arguments[0], arguments[1], arguments[2]);
    var code = Code.ofClasses(List.of(Sleepers.class), Map.of(), Map.of(), null);
    var node = Node.start(NodeConfig.DEFAULT, database, code);
    try (var runtime = new EmbeddedRuntime(node, TestFront.none());
        var commands =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      System.out.println("ready");
      for (var line = commands.readLine(); line != null && !line.equals("end"); ) {
        System.out.println(answer(runtime, line.split(" ", -1)));
        line = commands.readLine();
      }
    }
    System.exit(0);
  }

  private static String answer(EmbeddedRuntime runtime, String... command) {
    switch (command[0]) {
      case "heap" -> {
        return Long.toString(heap());
      }
      case "advance" -> runtime.node().advance(Duration.ofSeconds(Long.parseLong(command[1])));
      case "family" -> {
        int children = Integer.parseInt(command[2]);
        runtime.startVoid(
            Sleepers.class, sleepers -> sleepers.parent(children), Options.DEFAULT.id(command[1]));
      }
      case "cancel" -> runtime.node().engine().cancel(command[1]);
      default -> throw new IllegalArgumentException(command[0]);
    }
    return "done";
  }

  private static long heap() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
