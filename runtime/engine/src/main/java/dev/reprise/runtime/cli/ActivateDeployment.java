package dev.reprise.runtime.cli;

import java.util.ArrayList;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code reprise deployments activate}. */
@Command(
    name = "activate",
    description = "Makes new calls go to a version; running executions stay on theirs.")
final class ActivateDeployment extends DeploymentsCommand.OfServer {
  @Parameters(paramLabel = "VERSION")
  private String version = "";

  @Option(names = "--no-migrate", description = "Do not run the migrations of the jar.")
  private boolean withoutMigrations;

  @Override
  public Integer call() {
    var reply = Problems.requireNone(client()
        .post(path(version, "activate") + "?migrate=" + !withoutMigrations, null, Map.of()));
    output().data(reply::object, () -> {
      var lines = new ArrayList<String>();
      lines.add("version " + reply.text("version") + " of " + reply.text("name") + " is active");
      lines.addAll(DeployCommand.replaced(reply));
      return String.join("\n", lines);
    });
    return RepriseCommand.OK;
  }
}
