package dev.reprise.runtime.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which executions, as flags. */
final class ExecutionQuery {
  private static final int PAGE = 500;

  @Option(names = "--function", paramLabel = "NAME", description = "Of this function.")
  private @Nullable String function;

  @Option(names = "--status", paramLabel = "STATUS", description = "In this state, like FAILED.")
  private @Nullable String status;

  @Option(names = "--tag", paramLabel = "NAME:VALUE", description = "With this tag.")
  private @Nullable String tag;

  @Option(
      names = "--from",
      paramLabel = "TIME",
      description = "Created at this time or later, like 2026-01-31T08:00:00Z.")
  private @Nullable String from;

  @Option(names = "--to", paramLabel = "TIME", description = "Created before this time.")
  private @Nullable String to;

  /** Whether it says anything. */
  boolean isEmpty() {
    return parameters().isEmpty();
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
    var given = new LinkedHashMap<String, String>();
    put(given, "function", function);
    put(given, "status", status);
    put(given, "tag", tag);
    put(given, "from", from);
    put(given, "to", to);
    return given;
  }

  private static void put(Map<String, String> map, String name, @Nullable String value) {
    if (value != null) {
      map.put(name, value);
    }
  }

  private static String encode(Map<String, String> parameters) {
    return parameters.entrySet().stream()
        .map(entry -> entry.getKey() + "=" + ServerClient.encode(entry.getValue()))
        .collect(Collectors.joining("&"));
  }
}
