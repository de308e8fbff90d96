package dev.reprise.runtime.cli;

import dev.reprise.runtime.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;

/** {@code reprise deployments list}. */
@Command(
    name = "list",
    description =
        "Lists the jars that the database keeps, with how many executions still need each.")
final class ListDeployments extends DeploymentsCommand.OfServer {
  private static final List<String> HEADING =
      List.of("VERSION", "NAME", "ACTIVE", "EXECUTIONS", "CREATED", "FUNCTIONS");

  @Override
  public Integer call() {
    var found = all(client());
    output().data(() -> new JsonObject().put("items", found), () -> {
      var rows = new ArrayList<List<String>>();
      rows.add(HEADING);
      for (var deployment : found) {
        rows.add(List.of(
            ListExecutions.text(deployment, "version"),
            ListExecutions.text(deployment, "name"),
            ListExecutions.text(deployment, "active").equals("true") ? "yes" : "no",
            ListExecutions.text(deployment, "executions"),
            ListExecutions.text(deployment, "createdAt"),
            DeployCommand.joined(deployment.get("functions"))));
      }
      return rows.size() == 1 ? "no deployments" : Output.table(rows);
    });
    return RepriseCommand.OK;
  }
}
