package dev.reprise.runtime.cli;

import dev.reprise.RepriseException;
import dev.reprise.runtime.json.JsonObject;
import dev.reprise.runtime.server.ServedNode;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParentCommand;

/** {@code reprise serve}. */
@Command(
    name = "serve",
    description = {
      "Serves functions over HTTP until it is told to end (SIGTERM, Ctrl-C).",
      "Every setting is taken from the flag, else from REPRISE_<NAME> in the environment, else from --config, else the default."
    })
final class ServeCommand implements RepriseSubcommand {
  @ParentCommand
  private @Nullable RepriseCommand parent;

  @Mixin
  private SettingOptions options = new SettingOptions();

  @Override
  public Integer call() {
    var root = Objects.requireNonNull(parent);
    var node = ServedNode.start(ServedNode.Plan.of(options.settings(root.environment())));
    return untilTold(root.output(), node, "");
  }

  /** Tells that the node is ready and what to do with it, and waits for a signal, on which it is closed. */
  static int untilTold(Output output, ServedNode node, String guide) {
    Runtime.getRuntime().addShutdownHook(new Thread(node::close, "reprise-shutdown"));
    output.data(
        () -> new JsonObject().put("url", node.url()).put("functions", node.functions()),
        () -> "Reprise serves " + node.functions() + " functions on " + node.url() + guide);
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RepriseException("the server was interrupted", e);
    }
    return RepriseCommand.OK;
  }
}
