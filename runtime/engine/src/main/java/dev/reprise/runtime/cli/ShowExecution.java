package dev.reprise.runtime.cli;

import static dev.reprise.runtime.cli.ListExecutions.text;

import dev.reprise.runtime.json.Json;
import dev.reprise.runtime.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code reprise executions show}. */
@Command(name = "show", description = "Shows an execution and the operations in its log.")
final class ShowExecution extends ExecutionsCommand.OfServer {
  private static final List<String> HEADING =
      List.of("POSITION", "KIND", "FUNCTION", "ATTEMPT", "TRANSACTION", "OUTCOME");
  private static final int LONGEST = 80;

  @Parameters(paramLabel = "ID")
  private String id = "";

  @Override
  public Integer call() {
    var client = client();
    var path = "/v1/executions/" + ServerClient.step(id);
    var execution = Problems.requireNone(client.get(path)).object();
    var operations =
        Problems.requireNone(client.get(path + "/operations")).object().get("items");
    var events = events(client, path, operations);
    output()
        .data(
            () -> json(execution, operations, events),
            () -> forPeople(execution, operations, events));
    return RepriseCommand.OK;
  }

  /** The latest value of each key that its log tells of, as JSON: the log itself does not have the values. */
  private static Map<String, String> events(
      ServerClient client, String path, @Nullable Object operations) {
    var events = new LinkedHashMap<String, String>();
    if (operations instanceof List<?> list) {
      for (var item : list) {
        if (item instanceof Map<?, ?> operation && text(operation, "kind").equals("publish")) {
          var key = text(operation, "function");
          events.computeIfAbsent(key, asked -> value(client, path, asked));
        }
      }
    }
    return events;
  }

  private static @Nullable String value(ServerClient client, String path, String key) {
    var reply = client.get(path + "/events/" + ServerClient.step(key));
    return reply.status() == 200 ? reply.body() : null; // else it has been deleted meanwhile
  }

  private static JsonObject json(
      Map<?, ?> execution, @Nullable Object operations, Map<String, String> events) {
    var view = new JsonObject();
    execution.forEach((name, value) -> view.put(String.valueOf(name), value));
    var values = new JsonObject();
    events.forEach((key, value) -> values.put(key, Json.parse(value)));
    return view.put("operations", operations).put("events", values);
  }

  private static String forPeople(
      Map<?, ?> execution, @Nullable Object operations, Map<String, String> events) {
    var rows = new ArrayList<List<String>>();
    execution.forEach((name, value) -> {
      if (value != null && !value.equals(Map.of())) {
        rows.add(List.of(name + ":", value instanceof String text ? text : Json.write(value)));
      }
    });
    var text = Output.table(rows) + "\n\n" + table(operations);
    if (events.isEmpty()) {
      return text;
    }
    var published = new ArrayList<List<String>>();
    published.add(List.of("EVENT", "LATEST VALUE"));
    events.forEach((key, value) -> published.add(List.of(key, bounded(value))));
    return text + "\n\n" + Output.table(published);
  }

  private static String table(@Nullable Object operations) {
    var rows = new ArrayList<List<String>>();
    rows.add(HEADING);
    if (operations instanceof List<?> list) {
      for (var item : list) {
        if (item instanceof Map<?, ?> operation) {
          rows.add(List.of(
              text(operation, "position"),
              text(operation, "kind"),
              text(operation, "function"),
              text(operation, "attempt"),
              text(operation, "transactionId"),
              outcome(operation)));
        }
      }
    }
    return rows.size() == 1 ? "no operations" : Output.table(rows);
  }

  private static String outcome(Map<?, ?> operation) {
    var error = operation.get("error");
    var whole = error == null ? Json.write(operation.get("output")) : "threw " + Json.write(error);
    return bounded(whole);
  }

  private static String bounded(String whole) {
    return whole.length() <= LONGEST ? whole : whole.substring(0, LONGEST - 2) + "..";
  }
}
