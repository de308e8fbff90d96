package dev.reprise.runtime.cli;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code reprise event}. */
@Command(
    name = "event",
    description =
        "Writes the latest value that an execution has published, as JSON in either format.")
final class EventCommand implements RepriseSubcommand {
  @ParentCommand
  private @Nullable RepriseCommand parent;

  @Mixin
  private ClientOptions options = new ClientOptions();

  @Parameters(index = "0", paramLabel = "ID", description = "The execution.")
  private String id = "";

  @Parameters(index = "1", paramLabel = "KEY", description = "The key it is published under.")
  private String key = "";

  @Option(
      names = "--wait",
      paramLabel = "N",
      description = "Wait for the first value for at most N seconds.")
  private int wait;

  @Override
  public Integer call() {
    var root = Objects.requireNonNull(parent);
    var output = root.output();
    var client = options.client(root.environment());
    var path =
        "/v1/executions/" + ServerClient.step(id) + "/events/" + ServerClient.step(key) + "?wait=";
    // the server holds a request only for so long
    var patience = new Patience(wait);
    var reply = client.get(path + patience.next());
    while (reply.status() == 202 && !patience.isOver()) {
      reply = client.get(path + patience.next());
    }
    if (reply.isProblem()) {
      return Problems.tell(output, reply);
    }
    if (reply.status() == 202) {
      output.note("reprise: execution " + reply.text("id") + " is " + reply.text("status")
          + " and has not published " + key + " yet");
      return RepriseCommand.NEGATIVE;
    }
    output.plain(reply.body());
    return RepriseCommand.OK;
  }
}
