package dev.reprise.runtime.cli;

import dev.reprise.runtime.config.DatabaseConfig;
import dev.reprise.runtime.json.JsonObject;
import dev.reprise.runtime.postgres.EmbeddedServer;
import dev.reprise.runtime.postgres.Migrator;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** {@code reprise migrate}. */
@Command(
    name = "migrate",
    description = "Brings the schemas of Reprise in the database to this version.")
final class MigrateCommand implements RepriseSubcommand {
  @ParentCommand
  private @Nullable RepriseCommand parent;

  @Mixin
  private DatabaseOptions options = new DatabaseOptions();

  @Option(
      names = "--print-sql",
      description = "Only write the SQL, for somebody else to run on an empty database.")
  private boolean printSql;

  @Override
  public Integer call() {
    var root = Objects.requireNonNull(parent);
    if (printSql) {
      root.output().plain(Migrator.repriseSql());
      return RepriseCommand.OK;
    }
    var database = options.settings(root.environment()).database();
    if (database.isPresent()) {
      migrate(root.output(), database.get());
    } else {
      try (var server = EmbeddedServer.startOrJoin(EmbeddedServer.DEFAULT_DIRECTORY)) {
        migrate(root.output(), server.config());
      }
    }
    return RepriseCommand.OK;
  }

  private static void migrate(Output output, DatabaseConfig database) {
    int run = Migrator.history(database).migrate();
    output.data(
        () -> new JsonObject().put("database", database.maskedUrl()).put("scripts", run),
        () -> run == 0
            ? database.maskedUrl() + " is up to date"
            : database.maskedUrl() + " was migrated by " + run
                + (run == 1 ? " script" : " scripts"));
  }
}
