package dev.reprise.runtime.cli;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code reprise schedules}. */
@Command(
    name = "schedules",
    description = "Lists, pauses and resumes schedules, and starts a run out of turn.")
final class SchedulesCommand implements RepriseSubcommand {
  @ParentCommand
  private @Nullable RepriseCommand parent;

  @Spec
  private CommandSpec spec = CommandSpec.create();

  static CommandLine withSubcommands() {
    return new CommandLine(new SchedulesCommand())
        .addSubcommand(new ListSchedules())
        .addSubcommand(new ChangeSchedule.Pause())
        .addSubcommand(new ChangeSchedule.Resume())
        .addSubcommand(new ChangeSchedule.Trigger());
  }

  /** With which server. */
  abstract static class OfServer implements RepriseSubcommand {
    @ParentCommand
    private @Nullable SchedulesCommand schedules;

    @Mixin
    private ClientOptions options = new ClientOptions();

    ServerClient client() {
      return options.client(root().environment());
    }

    Output output() {
      return root().output();
    }

    private RepriseCommand root() {
      return Objects.requireNonNull(Objects.requireNonNull(schedules).parent);
    }
  }

  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return RepriseCommand.COULD_NOT_RUN;
  }
}
