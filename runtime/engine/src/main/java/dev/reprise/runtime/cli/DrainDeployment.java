package dev.reprise.runtime.cli;

import dev.reprise.RepriseException;
import dev.reprise.runtime.postgres.Backoff;
import java.time.Duration;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code reprise deployments drain}. */
@Command(
    name = "drain",
    description =
        "Tells how many executions of a version have not ended; 1 while there are any, or while it is active.")
final class DrainDeployment extends DeploymentsCommand.OfServer {
  private static final Duration PAUSE = Duration.ofSeconds(2);

  @Parameters(paramLabel = "VERSION")
  private String version = "";

  @Option(names = "--wait", description = "Wait until there are none.")
  private boolean wait;

  @Override
  public Integer call() {
    var client = client();
    var found = find(client);
    boolean active = ListExecutions.text(found, "active").equals("true");
    if (active && wait) {
      throw new RepriseException(
          "version " + version
              + " is active, so its executions do not come to an end: activate another in its place first");
    }
    while (wait && !isDrained(found)) {
      output().note("reprise: " + ListExecutions.text(found, "executions") + " executions");
      pause();
      found = find(client);
    }
    var last = found;
    output().data(() -> last, () -> text(last, active));
    return isDrained(last) && !active ? RepriseCommand.OK : RepriseCommand.NEGATIVE;
  }

  private Map<?, ?> find(ServerClient client) {
    return all(client).stream()
        .filter(deployment -> ListExecutions.text(deployment, "version").equals(version))
        .findFirst()
        .orElseThrow(() -> new RepriseException(
            "there is no version " + version + ": \"deployments list\" shows them"));
  }

  private static boolean isDrained(Map<?, ?> deployment) {
    return ListExecutions.text(deployment, "executions").equals("0");
  }

  private static String text(Map<?, ?> deployment, boolean active) {
    return ListExecutions.text(deployment, "executions") + " executions of version "
        + ListExecutions.text(deployment, "version") + " have not ended"
        + (active ? "; it is active" : "");
  }

  private static void pause() {
    try {
      Backoff.await(PAUSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RepriseException("interrupted while waiting", e);
    }
  }
}
