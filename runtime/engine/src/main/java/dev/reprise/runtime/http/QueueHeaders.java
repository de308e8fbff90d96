package dev.reprise.runtime.http;

import dev.reprise.Options;
import dev.reprise.runtime.function.Durations;
import io.javalin.http.Context;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

/** {@code Reprise-Queue} and what goes with it: where a call is to wait before it is started. */
final class QueueHeaders {
  /** What each header is for. */
  static final Map<String, String> DESCRIPTIONS = descriptions();

  private QueueHeaders() {}

  private static Map<String, String> descriptions() {
    var all = new LinkedHashMap<String, String>();
    all.put("Reprise-Queue", "The queue in which the call waits for its turn");
    all.put("Reprise-Priority", "Its place in the queue: a whole number, higher comes first");
    all.put("Reprise-Partition", "A part of the queue that is served in order, one at a time");
    all.put("Reprise-Deduplicate", "A key of which there is one living execution in the queue");
    all.put(
        "Reprise-Delay",
        "Start not before this time has passed: 500ms, 30s, 5m, 2h, 1d or ISO-8601");
    return all;
  }

  /**
   * What the headers ask for.
   *
   * @throws ProblemException where one is repeated or has another shape, or goes with a queue and there is none
   */
  static Options parse(Context ctx) {
    var options = Options.DEFAULT;
    options = with(ctx, "Reprise-Queue", options, Options::queue);
    options =
        with(ctx, "Reprise-Priority", options, (before, text) -> before.priority(number(text)));
    options = with(ctx, "Reprise-Partition", options, Options::partition);
    options = with(ctx, "Reprise-Deduplicate", options, Options::deduplicate);
    options =
        with(ctx, "Reprise-Delay", options, (before, text) -> before.delay(Durations.parse(text)));
    try {
      return options.requireConsistent();
    } catch (IllegalArgumentException e) {
      throw Problem.INVALID_HEADER.because(e.getMessage() + " with Reprise-Queue");
    }
  }

  private static Options with(
      Context ctx, String header, Options before, BiFunction<Options, String, Options> change) {
    return value(ctx, header)
        .map(text -> {
          try {
            return change.apply(before, text);
          } catch (IllegalArgumentException e) {
            throw Problem.INVALID_HEADER.because(header + ": " + e.getMessage());
          }
        })
        .orElse(before);
  }

  private static Optional<String> value(Context ctx, String header) {
    var values = Gate.values(ctx, header);
    if (values.size() > 1) {
      throw Problem.INVALID_HEADER.because(
          header + " is given " + values.size() + " times; give it once");
    }
    return values.stream().findFirst().map(String::strip);
  }

  private static int number(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "a priority is a whole number between -2147483648 and 2147483647");
    }
  }
}
