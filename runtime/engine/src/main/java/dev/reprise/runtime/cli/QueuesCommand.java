package dev.reprise.runtime.cli;

import dev.reprise.runtime.cli.ServerClient.Reply;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code reprise queues}. */
@Command(name = "queues", description = "Looks at queues and sets their limits.")
final class QueuesCommand implements RepriseSubcommand {
  @ParentCommand
  private @Nullable RepriseCommand parent;

  @Spec
  private CommandSpec spec = CommandSpec.create();

  static CommandLine withSubcommands() {
    return new CommandLine(new QueuesCommand())
        .addSubcommand(new ListQueues())
        .addSubcommand(new SetQueue());
  }

  /** With which server. */
  abstract static class OfServer implements RepriseSubcommand {
    @ParentCommand
    private @Nullable QueuesCommand queues;

    @Mixin
    private ClientOptions options = new ClientOptions();

    ServerClient client() {
      return options.client(root().environment());
    }

    Output output() {
      return root().output();
    }

    private RepriseCommand root() {
      return Objects.requireNonNull(Objects.requireNonNull(queues).parent);
    }
  }

  /** The limits and the state of queues as the server shows them. */
  static Reply all(ServerClient client) {
    return Problems.requireNone(client.get("/v1/queues"));
  }

  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return RepriseCommand.COULD_NOT_RUN;
  }
}
