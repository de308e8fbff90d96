package dev.reprise.runtime.cli;

import dev.reprise.RepriseException;
import dev.reprise.runtime.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Changes executions by id, or all that a query finds; more than one needs a confirmation. */
abstract class ChangeExecutions extends ExecutionsCommand.OfServer {
  private static final int MOST = 100_000;

  @Parameters(arity = "0..*", paramLabel = "ID")
  private List<String> ids = new ArrayList<>();

  @Mixin
  private ExecutionQuery query = new ExecutionQuery();

  @Option(names = "--yes", description = "Do it for more than one execution.")
  private boolean confirmed;

  @Option(names = "--dry-run", description = "Only list what would be changed.")
  private boolean dryRun;

  /** {@code cancel}: the word of the command and of the route. */
  abstract String word();

  /** The states that are meant by a query that names none. */
  abstract List<String> concerned();

  @Override
  public Integer call() {
    var client = client();
    var chosen = chosen(client);
    if (dryRun) {
      output()
          .data(
              () -> new JsonObject().put("dryRun", true).put("ids", chosen),
              () -> chosen.isEmpty() ? "nothing to " + word() : String.join("\n", chosen));
      return RepriseCommand.OK;
    }
    if (!confirmed && !chosen.isEmpty() && (chosen.size() > 1 || ids.isEmpty())) {
      throw new RepriseException("this would " + word() + " " + chosen.size()
          + " executions: add --yes to do it, or --dry-run to list them");
    }
    return change(client, chosen);
  }

  private List<String> chosen(ServerClient client) {
    if (ids.isEmpty() == query.isEmpty()) {
      throw new RepriseException("say which executions to " + word()
          + ": either ids, or --function, --status, --tag," + " --from, --to");
    }
    if (!ids.isEmpty()) {
      ids.forEach(ServerClient::step); // before any is changed
      return ids.stream().distinct().toList();
    }
    query.usually(concerned());
    return query.find(client, MOST).stream()
        .filter(execution -> concerned().contains(ListExecutions.text(execution, "status")))
        .map(execution -> ListExecutions.text(execution, "id"))
        .toList();
  }

  private int change(ServerClient client, List<String> chosen) {
    var results = new ArrayList<Map<?, ?>>();
    boolean refused = false;
    for (var id : chosen) {
      var reply =
          client.post("/v1/executions/" + ServerClient.step(id) + "/" + word(), null, Map.of());
      // the others are changed all the same
      if (reply.status() == 409 || reply.status() == 404 && chosen.size() > 1) {
        refused = true;
        output().note("reprise: " + reply.text("detail"));
      } else {
        results.add(Problems.requireNone(reply).object());
      }
    }
    output().data(() -> new JsonObject().put("items", results), () -> lines(results));
    return refused ? RepriseCommand.NEGATIVE : RepriseCommand.OK;
  }

  private static String lines(List<Map<?, ?>> results) {
    if (results.isEmpty()) {
      return "nothing was changed";
    }
    var rows = new ArrayList<List<String>>();
    for (var result : results) {
      rows.add(List.of(ListExecutions.text(result, "id"), ListExecutions.text(result, "status")));
    }
    return Output.table(rows);
  }
}
