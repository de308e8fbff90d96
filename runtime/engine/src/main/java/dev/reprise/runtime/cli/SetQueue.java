package dev.reprise.runtime.cli;

import dev.reprise.runtime.json.JsonObject;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code reprise queues set}. */
@Command(
    name = "set",
    description = {
      "Sets limits of a queue, from now on and until the code declares it differently.",
      "What is not named stays as it is."
    })
final class SetQueue extends QueuesCommand.OfServer {
  private static final String NONE = "none";
  private static final Pattern RATE = Pattern.compile("(-?[0-9]+)/(.+)");

  @Parameters(paramLabel = "NAME", description = "The queue.")
  private String name = "";

  @Option(
      names = "--concurrency",
      paramLabel = "N|none",
      description = "How many at once in the cluster; 0 starts nothing more.")
  private @Nullable String concurrency;

  @Option(names = "--per-node", paramLabel = "N|none", description = "How many at once on a node.")
  private @Nullable String perNode;

  @Option(
      names = "--rate",
      paramLabel = "N/PERIOD|none",
      description = "How many starts within a time: 100/1s, 20/5m.")
  private @Nullable String rate;

  @Override
  public Integer call() {
    var limits = new JsonObject();
    if (concurrency != null) {
      limits.put("concurrency", number("--concurrency", concurrency));
    }
    if (perNode != null) {
      limits.put("perNode", number("--per-node", perNode));
    }
    if (rate != null) {
      limits.put("rate", rate(rate));
    }
    if (concurrency == null && perNode == null && rate == null) {
      throw new IllegalArgumentException(
          "nothing to set: name a limit with --concurrency, --per-node or --rate");
    }
    var reply = Problems.requireNone(
        client().put("/v1/queues/" + ServerClient.step(name), limits.toString()));
    output().data(reply::object, () -> ListQueues.table(List.of(reply.object())));
    return RepriseCommand.OK;
  }

  private static @Nullable Integer number(String option, String text) {
    if (text.equals(NONE)) {
      return null;
    }
    try {
      return Integer.valueOf(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(option + " is a number or \"none\", not " + text);
    }
  }

  private static @Nullable JsonObject rate(String text) {
    if (text.equals(NONE)) {
      return null;
    }
    var parts = RATE.matcher(text);
    if (!parts.matches()) {
      throw new IllegalArgumentException("--rate is written as 100/1s, or \"none\", not " + text);
    }
    return new JsonObject()
        .put("starts", number("--rate", parts.group(1)))
        .put("period", parts.group(2));
  }
}
