package dev.reprise.runtime.cli;

import dev.reprise.runtime.cli.ServerClient.Reply;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Changes one schedule, or starts a run of it. */
abstract class ChangeSchedule extends SchedulesCommand.OfServer {
  @Parameters(paramLabel = "NAME", description = "The schedule, named after its function.")
  private String name = "";

  /** {@code pause}: the last part of the route. */
  abstract String word();

  /** For people. */
  abstract String text(Reply reply);

  @Override
  public Integer call() {
    var path = "/v1/schedules/" + ServerClient.step(name) + "/" + word();
    var reply = Problems.requireNone(client().post(path, null, Map.of()));
    output().data(reply::object, () -> text(reply));
    return RepriseCommand.OK;
  }

  /** {@code reprise schedules pause}. */
  @Command(
      name = "pause",
      description =
          "Starts no runs until the schedule is resumed; then the pause counts as missed.")
  static final class Pause extends ChangeSchedule {
    @Override
    String word() {
      return "pause";
    }

    @Override
    String text(Reply reply) {
      return reply.text("name") + " is paused since " + reply.text("pausedAt");
    }
  }

  /** {@code reprise schedules resume}. */
  @Command(name = "resume", description = "Ends a pause.")
  static final class Resume extends ChangeSchedule {
    @Override
    String word() {
      return "resume";
    }

    @Override
    String text(Reply reply) {
      return reply.text("name") + " runs next at " + reply.text("nextAt");
    }
  }

  /** {@code reprise schedules trigger}. */
  @Command(
      name = "trigger",
      description = "Starts a run now, of a paused schedule too, and writes the execution's id.")
  static final class Trigger extends ChangeSchedule {
    @Override
    String word() {
      return "trigger";
    }

    @Override
    String text(Reply reply) {
      return reply.text("id");
    }
  }
}
