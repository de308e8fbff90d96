package dev.reprise.runtime.cli;

import dev.reprise.runtime.cli.ServerClient.Reply;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code reprise send}. */
@Command(name = "send", description = "Sends a message to an execution.")
final class SendCommand implements RepriseSubcommand {
  @ParentCommand
  private @Nullable RepriseCommand parent;

  @Mixin
  private ClientOptions options = new ClientOptions();

  @Parameters(index = "0", paramLabel = "ID", description = "The execution.")
  private String id = "";

  @Parameters(index = "1", paramLabel = "TOPIC", description = "What it is received by.")
  private String topic = "";

  @Parameters(
      index = "2",
      paramLabel = "JSON|@file|-",
      description = "The message; a file or standard input that holds it.")
  private String message = "";

  @Option(
      names = "--key",
      paramLabel = "K",
      description = "The idempotency key: sent again under the same key it is one message.")
  private @Nullable String key;

  @Option(
      names = "--wait",
      paramLabel = "N",
      description = "Wait for the workflow's answer for at most N seconds, and write it.")
  private int wait;

  @Option(
      names = "--delay",
      paramLabel = "D",
      description = "When it can be received: 30s, 2h or ISO-8601.")
  private @Nullable String delay;

  @Override
  public Integer call() {
    var root = Objects.requireNonNull(parent);
    var headers = new LinkedHashMap<String, String>();
    if (key != null || wait > 0) {
      // who waits may have to ask again, for the answer to the same message
      headers.put("Idempotency-Key", key == null ? "cli-" + UUID.randomUUID() : key);
    }
    if (delay != null) {
      headers.put("Reprise-Delay", delay);
    }
    var path = "/v1/executions/" + ServerClient.step(id) + "/messages/" + ServerClient.step(topic);
    return told(root.output(), sent(options.client(root.environment()), path, headers));
  }

  private Reply sent(ServerClient client, String path, Map<String, String> headers) {
    var patience = new Patience(wait);
    var json = JsonArgument.read(message);
    if (wait == 0) {
      return client.post(path, json, headers);
    }
    Reply reply;
    do {
      headers.put("Prefer", "wait=" + patience.next());
      reply = client.post(path, json, headers);
    } while (reply.status() == 202 && !patience.isOver());
    return reply;
  }

  private int told(Output output, Reply reply) {
    if (reply.isProblem()) {
      return Problems.tell(output, reply);
    }
    if (reply.status() == 200) {
      output.plain(reply.body());
      return RepriseCommand.OK;
    }
    if (wait > 0) {
      output.note("reprise: sent, but not answered within " + wait + " s");
      return RepriseCommand.NEGATIVE;
    }
    output.data(reply::object, () -> "sent to " + reply.text("id"));
    return RepriseCommand.OK;
  }
}
