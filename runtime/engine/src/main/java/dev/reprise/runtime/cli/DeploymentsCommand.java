package dev.reprise.runtime.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code reprise deployments}. */
@Command(
    name = "deployments",
    description = "Lists deployed jars, activates, drains and removes them, and rolls back.")
final class DeploymentsCommand implements RepriseSubcommand {
  @ParentCommand
  private @Nullable RepriseCommand parent;

  @Spec
  private CommandSpec spec = CommandSpec.create();

  static CommandLine withSubcommands() {
    return new CommandLine(new DeploymentsCommand())
        .addSubcommand(new ListDeployments())
        .addSubcommand(new ActivateDeployment())
        .addSubcommand(new RollbackDeployment())
        .addSubcommand(new DrainDeployment())
        .addSubcommand(new RemoveDeployment());
  }

  /** With which server. */
  abstract static class OfServer implements RepriseSubcommand {
    @ParentCommand
    private @Nullable DeploymentsCommand deployments;

    @Mixin
    private ClientOptions options = new ClientOptions();

    ServerClient client() {
      return options.client(root().environment());
    }

    Output output() {
      return root().output();
    }

    private RepriseCommand root() {
      return Objects.requireNonNull(Objects.requireNonNull(deployments).parent);
    }

    /** All that the server keeps. */
    static List<Map<?, ?>> all(ServerClient client) {
      var items = Problems.requireNone(client.get("/v1/deployments")).object().get("items");
      var all = new ArrayList<Map<?, ?>>();
      if (items instanceof List<?> list) {
        for (var item : list) {
          if (item instanceof Map<?, ?> deployment) {
            all.add(deployment);
          }
        }
      }
      return all;
    }

    /** The route of a version. */
    static String path(String version, String word) {
      return "/v1/deployments/" + ServerClient.step(version) + "/" + word;
    }
  }

  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return RepriseCommand.COULD_NOT_RUN;
  }
}
