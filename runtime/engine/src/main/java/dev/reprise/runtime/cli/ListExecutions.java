package dev.reprise.runtime.cli;

import dev.reprise.runtime.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code reprise executions list}. */
@Command(name = "list", description = "Lists executions, the newest first.")
final class ListExecutions extends ExecutionsCommand.OfServer {
  private static final List<String> HEADING =
      List.of("ID", "FUNCTION", "STATUS", "CREATED", "COMPLETED");

  @Mixin
  private ExecutionQuery query = new ExecutionQuery();

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = "100",
      description = "How many at most; 100 by default.")
  private int limit;

  @Override
  public Integer call() {
    if (limit < 1) {
      throw new IllegalArgumentException("--limit is at least 1, not " + limit);
    }
    var found = query.find(client(), limit);
    output().data(() -> new JsonObject().put("items", found), () -> table(found));
    return RepriseCommand.OK;
  }

  static String table(List<Map<?, ?>> executions) {
    var rows = new ArrayList<List<String>>();
    rows.add(HEADING);
    for (var execution : executions) {
      rows.add(List.of(
          text(execution, "id"),
          text(execution, "function"),
          text(execution, "status"),
          text(execution, "createdAt"),
          text(execution, "completedAt")));
    }
    return Output.table(rows);
  }

  static String text(Map<?, ?> object, String property) {
    var value = object.get(property);
    return value == null ? "" : String.valueOf(value);
  }
}
