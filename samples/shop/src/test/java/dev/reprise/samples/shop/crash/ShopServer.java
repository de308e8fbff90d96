package dev.reprise.samples.shop.crash;

import dev.reprise.runtime.config.Environment;
import dev.reprise.runtime.config.HttpConfig;
import dev.reprise.runtime.config.NodeConfig;
import dev.reprise.runtime.server.Code;
import dev.reprise.runtime.server.EmbeddedRuntime;
import dev.reprise.runtime.server.HttpFront;
import dev.reprise.runtime.server.Node;
import dev.reprise.runtime.telemetry.Metrics;
import dev.reprise.samples.shop.Checkout;
import dev.reprise.samples.shop.Inventory;
import dev.reprise.samples.shop.Orders;
import dev.reprise.samples.shop.PaymentClient;
import dev.reprise.samples.shop.Payments;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * A server of the shop: {@code ShopServer JDBC_URL USER PROVIDER_URL DEATH_TIMEOUT}, the password in
 * {@code REPRISE_DATABASE_PASSWORD}. It prints its URL as the first line and ends with the process that started it.
 */
final class ShopServer {
  private ShopServer() {}

  public static void main(String[] arguments) {
    ProcessHandle.current()
        .parent()
        .ifPresent(parent -> parent.onExit().thenRun(() -> Runtime.getRuntime().halt(3)));
    var database =
        Environment.ofProcess().database(arguments[0]).withCredentials(arguments[1], null);
    var node = Node.start(
        NodeConfig.DEFAULT.withDeathTimeout(Duration.parse(arguments[3])),
        database,
        Code.ofClasses(
            List.of(Checkout.class, Orders.class, Inventory.class, Payments.class),
            Map.of(PaymentClient.class, new PaymentClient(URI.create(arguments[2]))),
            Map.of(),
            null));
    var runtime = new EmbeddedRuntime(
        node, new HttpFront(node, HttpConfig.DEFAULT.withPort(0), Metrics.OFF, () -> {}));
    System.out.println("http://127.0.0.1:" + runtime.port().getAsInt());
  }
}
