package dev.reprise.runtime.cli;

import dev.reprise.RepriseException;
import dev.reprise.runtime.cli.ServerClient.Reply;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code reprise deploy}. */
@Command(
    name = "deploy",
    description =
        "Deploys a jar on a running server: checks it, runs its migrations, makes new calls go to it.")
final class DeployCommand implements RepriseSubcommand {
  @ParentCommand
  private @Nullable RepriseCommand parent;

  @Mixin
  private ClientOptions options = new ClientOptions();

  @Parameters(paramLabel = "JAR")
  private Path jar = Path.of("");

  @Option(
      names = "--no-activate",
      description = "Only keep it; \"deployments activate\" makes calls go to it later.")
  private boolean keepOnly;

  @Option(names = "--no-migrate", description = "Do not run the migrations of the jar.")
  private boolean withoutMigrations;

  @Override
  public Integer call() {
    var root = Objects.requireNonNull(parent);
    if (!Files.isRegularFile(jar)) {
      throw new RepriseException("there is no file " + jar);
    }
    var path = "/v1/deployments?name=" + ServerClient.encode(String.valueOf(jar.getFileName()))
        + "&activate=" + !keepOnly + "&migrate=" + !withoutMigrations;
    var reply = Problems.requireNone(
        options.client(root.environment()).postFile(path, jar, "application/java-archive"));
    root.output().data(reply::object, () -> text(reply));
    return RepriseCommand.OK;
  }

  private static String text(Reply reply) {
    var lines = new ArrayList<String>();
    boolean active = reply.text("active").equals("true");
    lines.add("version " + reply.text("version") + " of " + reply.text("name")
        + (active ? " is active" : " is kept, not active")
        + (reply.status() == 200 ? "; the server had the jar already" : ""));
    lines.add("functions: " + joined(reply.object().get("functions")));
    if (!reply.text("migrations").equals("0")) {
      lines.add("migrations run: " + reply.text("migrations"));
    }
    lines.addAll(replaced(reply));
    return String.join("\n", lines);
  }

  /** What gave way, a line each. */
  static List<String> replaced(Reply reply) {
    var lines = new ArrayList<String>();
    if (reply.object().get("replaced") instanceof List<?> replaced) {
      for (var one : replaced) {
        if (one instanceof Map<?, ?> deployment) {
          lines.add("instead of version " + ListExecutions.text(deployment, "version") + " of "
              + ListExecutions.text(deployment, "name"));
          var lost = joined(deployment.get("lostFunctions"));
          if (!lost.isEmpty()) {
            lines.add("functions that are gone with it: " + lost);
          }
        }
      }
    }
    return lines;
  }

  /** A list in one line. */
  static String joined(@Nullable Object list) {
    return list instanceof List<?> items
        ? String.join(", ", items.stream().map(String::valueOf).toList())
        : "";
  }
}
