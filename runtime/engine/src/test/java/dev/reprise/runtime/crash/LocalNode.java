package dev.reprise.runtime.crash;

import dev.reprise.WorkQueue;
import dev.reprise.runtime.config.DatabaseConfig;
import dev.reprise.runtime.config.HttpConfig;
import dev.reprise.runtime.config.NodeConfig;
import dev.reprise.runtime.server.Code;
import dev.reprise.runtime.server.EmbeddedRuntime;
import dev.reprise.runtime.server.HttpFront;
import dev.reprise.runtime.server.Node;
import dev.reprise.runtime.telemetry.Metrics;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A node of this process, with HTTP. */
final class LocalNode implements AutoCloseable {
  static final NodeConfig CONFIG =
      new NodeConfig(Duration.ofSeconds(3), Duration.ofMillis(500), 64, Duration.ofSeconds(5));

  /** A queue for one at a time. */
  static final String QUEUE = "narrow";

  private final Node node;
  private final HttpFront front;
  private final EmbeddedRuntime runtime;
  private final String id;

  LocalNode(DatabaseConfig database) {
    this(database, CONFIG);
  }

  LocalNode(DatabaseConfig database, NodeConfig config) {
    this.node = Node.start(config, sized(database), code());
    this.front = new HttpFront(node, HttpConfig.DEFAULT, Metrics.OFF, () -> {});
    this.runtime = new EmbeddedRuntime(node, front);
    this.id = new TestSql(database)
        .text("select node from reprise.nodes order by started_at desc limit 1");
  }

  static Code code() {
    return Code.ofClasses(
        List.of(Vault.class, Fork.class, Chat.class),
        Map.of(),
        Map.of(),
        null,
        List.of(WorkQueue.named(QUEUE).concurrency(1)));
  }

  /** Small pools: what keeps connections is noticed. */
  static DatabaseConfig sized(DatabaseConfig database) {
    return new DatabaseConfig(database.url(), database.user(), database.password(), 4, 2, 2);
  }

  /** Under which it was registered first. */
  String id() {
    return id;
  }

  /** Waits until nothing runs here. */
  void awaitIdle() {
    Await.until("node " + id + " is idle", () -> node.active().active().isEmpty());
  }

  Node node() {
    return node;
  }

  HttpCalls http() {
    return new HttpCalls(front.port().orElseThrow());
  }

  @Override
  public void close() {
    runtime.close();
  }
}
