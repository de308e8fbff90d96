package dev.reprise.runtime.cli;

import dev.reprise.RepriseException;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code reprise deployments remove}. */
@Command(
    name = "remove",
    description = {
      "Deletes the jar of a version that is not active and has no unfinished executions.",
      "Its executions can then be replayed only with --functions and the jar."
    })
final class RemoveDeployment extends DeploymentsCommand.OfServer {
  @Parameters(paramLabel = "VERSION")
  private String version = "";

  @Option(names = "--yes", description = "Do it.")
  private boolean confirmed;

  @Override
  public Integer call() {
    if (!confirmed) {
      throw new RepriseException(
          "this deletes the code of version " + version
              + ": its executions can then be replayed only with --functions and the jar; add --yes to do it");
    }
    var reply = client().post(path(version, "remove"), null, Map.of());
    if (reply.status() == 409) {
      output().note("reprise: " + reply.text("detail"));
      return RepriseCommand.NEGATIVE;
    }
    var removed = Problems.requireNone(reply);
    output()
        .data(
            removed::object,
            () -> "version " + version + " of " + removed.text("name")
                + " is removed; keep the jar to replay its executions with --functions");
    return RepriseCommand.OK;
  }
}
