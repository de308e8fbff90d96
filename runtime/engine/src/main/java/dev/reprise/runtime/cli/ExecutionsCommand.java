package dev.reprise.runtime.cli;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code reprise executions}. */
@Command(name = "executions", description = "Looks at executions, cancels, resumes and forks them.")
final class ExecutionsCommand implements RepriseSubcommand {
  @ParentCommand
  private @Nullable RepriseCommand parent;

  @Spec
  private CommandSpec spec = CommandSpec.create();

  static CommandLine withSubcommands() {
    return new CommandLine(new ExecutionsCommand())
        .addSubcommand(new ListExecutions())
        .addSubcommand(new ShowExecution())
        .addSubcommand(new CancelExecutions())
        .addSubcommand(new ResumeExecutions())
        .addSubcommand(new ForkExecution());
  }

  /** With which server. */
  abstract static class OfServer implements RepriseSubcommand {
    @ParentCommand
    private @Nullable ExecutionsCommand executions;

    @Mixin
    private ClientOptions options = new ClientOptions();

    ServerClient client() {
      return options.client(root().environment());
    }

    Output output() {
      return root().output();
    }

    private RepriseCommand root() {
      return Objects.requireNonNull(Objects.requireNonNull(executions).parent);
    }
  }

  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return RepriseCommand.COULD_NOT_RUN;
  }
}
