package dev.reprise.runtime.cli;

import dev.reprise.runtime.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code reprise executions fork}. */
@Command(
    name = "fork",
    description = "Begins another execution of a workflow with the operations before a position,"
        + " on the active version: to restart it after a fix.")
final class ForkExecution extends ExecutionsCommand.OfServer {
  @Parameters(paramLabel = "ID")
  private String id = "";

  @Option(
      names = "--from",
      paramLabel = "POSITION",
      description = "The first position that is done again, like 3 or 3.1; all of them without.")
  private @Nullable String from;

  @Option(
      names = "--run-version",
      paramLabel = "VERSION",
      description = "The version of the code to run, in place of the active one.")
  private @Nullable String version;

  @Override
  public Integer call() {
    var query = new ArrayList<String>();
    if (from != null) {
      query.add("from=" + ServerClient.encode(from));
    }
    if (version != null) {
      query.add("version=" + ServerClient.encode(version));
    }
    var path = "/v1/executions/" + ServerClient.step(id) + "/fork"
        + (query.isEmpty() ? "" : "?" + String.join("&", query));
    var fork = Problems.requireNone(client().post(path, null, Map.of())).object();
    output().data(() -> json(fork), () -> ListExecutions.text(fork, "id"));
    return RepriseCommand.OK;
  }

  private static JsonObject json(Map<?, ?> fork) {
    var view = new JsonObject();
    for (var name : List.of("id", "status", "forkedFrom")) {
      view.put(name, fork.get(name));
    }
    return view;
  }
}
