package dev.reprise.runtime.cli;

import dev.reprise.runtime.cli.ServerClient.Reply;
import java.util.LinkedHashMap;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code reprise call}. */
@Command(
    name = "call",
    description = "Calls a function and writes its result, as JSON in either format.")
final class CallCommand implements RepriseSubcommand {
  private static final int HELD_SECONDS = 30;

  @ParentCommand
  private @Nullable RepriseCommand parent;

  @Mixin
  private ClientOptions options = new ClientOptions();

  @Parameters(index = "0", paramLabel = "FUNCTION", description = "Like Checkout.checkout.")
  private String function = "";

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "JSON|@file|-",
      description =
          "The arguments: an array, or an object by parameter name; a file or standard input that holds them.")
  private @Nullable String arguments;

  @Option(
      names = "--key",
      paramLabel = "K",
      description = "The idempotency key: the same key, the same answer, one effect.")
  private @Nullable String key;

  @Option(
      names = "--async",
      description = "Return once the call is durable, and write the execution's id.")
  private boolean asynchronous;

  @Mixin
  private QueueOptions queueing = new QueueOptions();

  @Override
  public Integer call() {
    var root = Objects.requireNonNull(parent);
    var client = options.client(root.environment());
    var headers = new LinkedHashMap<String, String>();
    if (key != null) {
      headers.put("Idempotency-Key", key);
    }
    if (asynchronous) {
      headers.put("Prefer", "respond-async");
    }
    queueing.into(headers);
    var reply = client.post(
        "/v1/functions/" + ServerClient.step(function),
        JsonArgument.read(arguments),
        headers,
        queueing.tags());
    return asynchronous && reply.status() == 202
        ? accepted(root.output(), reply)
        : finished(root.output(), untilSettled(client, reply));
  }

  private static int accepted(Output output, Reply reply) {
    output.data(reply::object, () -> reply.text("id"));
    return RepriseCommand.OK;
  }

  /** The server holds a call only for so long. */
  private static Reply untilSettled(ServerClient client, Reply first) {
    var reply = first;
    while (reply.status() == 202) {
      var id = ServerClient.encode(reply.text("id"));
      reply = client.get("/v1/executions/" + id + "/result?wait=" + HELD_SECONDS);
    }
    return reply;
  }

  private static int finished(Output output, Reply reply) {
    if (reply.isProblem()) {
      return Problems.tell(output, reply);
    }
    if (!reply.body().isEmpty()) {
      output.plain(reply.body());
    } else if (output.isJson()) {
      output.plain("null");
    }
    return RepriseCommand.OK;
  }
}
