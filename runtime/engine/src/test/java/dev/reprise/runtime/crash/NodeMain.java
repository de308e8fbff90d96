package dev.reprise.runtime.crash;

import dev.reprise.runtime.config.DatabaseConfig;
import dev.reprise.runtime.config.HttpConfig;
import dev.reprise.runtime.config.Limits;
import dev.reprise.runtime.server.EmbeddedRuntime;
import dev.reprise.runtime.server.HttpFront;
import dev.reprise.runtime.server.Node;
import dev.reprise.runtime.telemetry.Metrics;
import java.util.concurrent.CountDownLatch;

/** A node as a process: its database in the arguments, its port on standard output. It runs until it is ended. */
final class NodeMain {
  static final String MAX_RECOVERIES = "reprise.test.max-recoveries";

  private NodeMain() {}

  /** {@code url user password outsideUrl}. */
  public static void main(String[] arguments) throws InterruptedException {
    var config = DatabaseConfig.of(arguments[0], arguments[1], arguments[2]);
    Outside.is(arguments[3], arguments[1], arguments[2]);
    int recoveries = Integer.getInteger(MAX_RECOVERIES, Limits.DEFAULT.maxRecoveries());
    var limits = new Limits(recoveries, Limits.DEFAULT.maxValue(), Limits.DEFAULT.maxOperations());
    var node =
        Node.start(LocalNode.CONFIG.withLimits(limits), LocalNode.sized(config), LocalNode.code());
    var front = new HttpFront(node, HttpConfig.DEFAULT, Metrics.OFF, () -> {});
    var runtime = new EmbeddedRuntime(node, front);
    Runtime.getRuntime().addShutdownHook(new Thread(runtime::close));
    System.out.println("port " + front.port().orElseThrow());
    new CountDownLatch(1).await();
  }
}
