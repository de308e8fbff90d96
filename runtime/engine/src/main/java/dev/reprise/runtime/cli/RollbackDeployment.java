package dev.reprise.runtime.cli;

import java.util.Map;
import picocli.CommandLine.Command;

/** {@code reprise deployments rollback}. */
@Command(
    name = "rollback",
    description =
        "Makes active what was before the last activation; done again, it goes back further. Migrations stay.")
final class RollbackDeployment extends DeploymentsCommand.OfServer {
  @Override
  public Integer call() {
    var reply = client().post("/v1/deployments/rollback", null, Map.of());
    if (reply.status() == 409) {
      output().note("reprise: " + reply.text("detail"));
      return RepriseCommand.NEGATIVE;
    }
    var done = Problems.requireNone(reply).object();
    output().data(() -> done, () -> {
      var stay = DeployCommand.joined(done.get("migrationsThatStay"));
      return "active again: " + DeployCommand.joined(done.get("to"))
          + "\nactive no longer: " + DeployCommand.joined(done.get("from"))
          + (stay.isEmpty()
              ? ""
              : "\nwhat these migrations did to the tables is not undone: " + stay);
    });
    return RepriseCommand.OK;
  }
}
