package dev.reprise.runtime.cli;

import dev.reprise.RepriseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which executions, as flags. */
final class ExecutionQuery {
  private static final int PAGE = 500;

  @Option(names = "--function", paramLabel = "NAME", description = "Of this function.")
  private @Nullable String function;

  @Option(
      names = "--status",
      paramLabel = "STATUS",
      split = ",",
      description = "In this state, like FAILED, or one of several.")
  private List<String> statuses = new ArrayList<>();

  @Option(
      names = "--tag",
      paramLabel = "NAME:VALUE",
      description = "With this tag; may be repeated.")
  private List<String> tags = new ArrayList<>();

  @Option(
      names = "--from",
      paramLabel = "TIME",
      description = "Created at this time or later, like 2026-01-31T08:00:00Z.")
  private @Nullable String from;

  @Option(names = "--to", paramLabel = "TIME", description = "Created before this time.")
  private @Nullable String to;

  /** Whether it says anything. */
  boolean isEmpty() {
    return parameters().isEmpty() && tags.isEmpty();
  }

  /** Where no state is asked for, these are meant. */
  void usually(List<String> states) {
    if (statuses.isEmpty()) {
      statuses.addAll(states);
    }
  }

  /** The executions, the newest first, {@code limit} of them at most. */
  List<Map<?, ?>> find(ServerClient client, int limit) {
    var found = new ArrayList<Map<?, ?>>();
    var cursor = "";
    do {
      var parameters = parameters();
      parameters.put("limit", Integer.toString(Math.min(PAGE, limit - found.size())));
      if (!cursor.isEmpty()) {
        parameters.put("cursor", cursor);
      }
      var reply = Problems.requireNone(client.get("/v1/executions?" + encode(parameters)));
      if (reply.object().get("items") instanceof List<?> items) {
        for (var item : items) {
          if (item instanceof Map<?, ?> execution) {
            found.add(execution);
          }
        }
      }
      cursor = reply.text("next");
    } while (!cursor.isEmpty() && found.size() < limit);
    return found;
  }

  private Map<String, String> parameters() {
    tags.forEach(tag -> requireText("tag", tag));
    statuses.forEach(status -> requireText("status", status));
    var given = new LinkedHashMap<String, String>();
    put(given, "function", function);
    put(given, "status", statuses.isEmpty() ? null : String.join(",", statuses));
    put(given, "from", from);
    put(given, "to", to);
    return given;
  }

  /** An empty variable of a script must not mean all executions. */
  private static void requireText(String name, String value) {
    if (value.isBlank()) {
      throw new RepriseException("--" + name + " is empty: give it a value, or leave it out");
    }
  }

  private static void put(Map<String, String> map, String name, @Nullable String value) {
    if (value != null) {
      requireText(name, value);
      map.put(name, value);
    }
  }

  private String encode(Map<String, String> parameters) {
    var simple = parameters.entrySet().stream()
        .map(entry -> entry.getKey() + "=" + ServerClient.encode(entry.getValue()));
    return Stream.concat(simple, tags.stream().map(tag -> "tag=" + ServerClient.encode(tag)))
        .collect(Collectors.joining("&"));
  }
}
