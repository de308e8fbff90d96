package dev.reprise.runtime.cli;

import dev.reprise.runtime.config.Setting;
import dev.reprise.runtime.postgres.EmbeddedServer;
import dev.reprise.runtime.server.ServedNode;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code reprise demo}. */
@Command(
    name = "demo",
    description = "Serves the samples on an embedded Postgres in .reprise/ and writes what to try.")
final class DemoCommand implements RepriseSubcommand {
  @ParentCommand
  private @Nullable RepriseCommand parent;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "8080",
      description = "The port to listen on; 8080 by default.")
  private String port = "8080";

  @Override
  public Integer call() {
    var root = Objects.requireNonNull(parent);
    var options = new SettingOptions();
    options.set(Setting.PORT, port);
    var settings = options.settings(root.environment());
    ServedNode.requireFreePort(settings.http());
    var directory = EmbeddedServer.DEFAULT_DIRECTORY.resolve("demo");
    var samples = new Samples(directory);
    var shop = samples.extract("shop.jar");
    var provider = DemoProvider.start(samples.extract("payment-provider.jar"), directory);
    try {
      var node = ServedNode.start(new ServedNode.Plan(
          null,
          settings.node(),
          settings.http(),
          List.of(shop),
          true,
          settings.record(),
          root.environment().with("REPRISE_APP_PAYMENT_URL", provider.url())));
      return ServeCommand.untilTold(root.output(), node, guide(node.url(), provider));
    } catch (RuntimeException e) {
      provider.close();
      throw e;
    }
  }

  private static String guide(String url, DemoProvider provider) {
    return """

        It is the shop of the samples; its payment provider is on %2$s, the data is in .reprise/

        Order something. The same key again gives the same answer, and charges nothing more:
          curl %1$s/v1/functions/Checkout.checkout -H 'Content-Type: application/json' \\
            -H 'Idempotency-Key: order-1' \\
            -d '{"order": {"customer": "ada", "lines": [{"item": "pen", "quantity": 2}]}}'

        See what it did, operation for operation, and what the provider charged:
          curl %1$s/v1/executions
          curl %1$s/v1/executions/order-1/operations
          curl %2$s/ledger

        A declined card: the items return, the order is cancelled:
          curl %1$s/v1/functions/Checkout.checkout -H 'Content-Type: application/json' \\
            -d '{"order": {"customer": "bob", "lines": [{"item": "lamp", "quantity": 1}], "card": "declined"}}'

        Crash it in the middle. Make the provider slow, order without waiting, kill this process, and start it again as before:
          curl %2$s/control -d mode=slow -d delay_ms=5000
          curl %1$s/v1/functions/Checkout.checkout -H 'Content-Type: application/json' \\
            -H 'Idempotency-Key: order-2' -H 'Prefer: respond-async' \\
            -d '{"order": {"customer": "eve", "lines": [{"item": "book", "quantity": 1}]}}'
          kill -9 %3$d
        The order is completed, and charged once:
          curl %1$s/v1/executions/order-2

        All functions: %1$s/v1/functions   As OpenAPI: %1$s/openapi.json   End: Ctrl-C
        """.formatted(url, provider.url(), ProcessHandle.current().pid());
  }
}
