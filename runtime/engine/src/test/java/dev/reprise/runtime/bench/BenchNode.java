package dev.reprise.runtime.bench;

import dev.reprise.runtime.config.DatabaseConfig;
import dev.reprise.runtime.config.NodeConfig;
import dev.reprise.runtime.server.Code;
import dev.reprise.runtime.server.Node;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A node as a process, told what to do on standard input: {@code heap} prints its live bytes and the peak of its memory,
 * {@code advance SECONDS} moves its clock, {@code end} ends it.
 */
final class BenchNode {
  private BenchNode() {}

  /** {@code url user password}. */
  public static void main(String[] arguments) throws IOException {
    var database = DatabaseConfig.of(arguments[0], arguments[1], arguments[2]);
    var code = Code.ofClasses(List.of(Sleepers.class), Map.of(), Map.of(), null);
    try (var node = Node.start(NodeConfig.DEFAULT, database, code);
        var commands =
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      System.out.println("ready");
      for (var line = commands.readLine(); line != null && !line.equals("end"); ) {
        if (line.equals("heap")) {
          System.out.println(heap());
        } else {
          node.advance(Duration.ofSeconds(Long.parseLong(line.split(" ", 2)[1])));
          System.out.println("advanced");
        }
        line = commands.readLine();
      }
    }
    System.exit(0);
  }

  private static long heap() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
