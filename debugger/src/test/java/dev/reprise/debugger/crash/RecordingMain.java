package dev.reprise.debugger.crash;

import dev.reprise.runtime.config.DatabaseConfig;
import dev.reprise.runtime.config.HttpConfig;
import dev.reprise.runtime.config.NodeConfig;
import dev.reprise.runtime.record.RecordConfig;
import dev.reprise.runtime.server.Code;
import dev.reprise.runtime.server.HttpFront;
import dev.reprise.runtime.server.Node;
import dev.reprise.runtime.telemetry.Metrics;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** A node that serves and records, as a process: its database in the arguments, its port on standard output. */
final class RecordingMain {
  private static final NodeConfig CONFIG =
      new NodeConfig(Duration.ofSeconds(3), Duration.ofMillis(500), 64, Duration.ofSeconds(5));

  private RecordingMain() {}

  /** {@code url user password}. */
  public static void main(String[] arguments) throws InterruptedException {
    var config = DatabaseConfig.of(arguments[0], arguments[1], arguments[2]);
    var code = Code.ofClasses(List.of(Bank.class), Map.of(), Map.of(), null);
    var node = Node.start(CONFIG, config, code, Metrics.OFF, RecordConfig.AUTO);
    var front = new HttpFront(node, HttpConfig.DEFAULT, Metrics.OFF, () -> {});
    System.out.println("port " + front.port().orElseThrow());
    new CountDownLatch(1).await();
  }
}
