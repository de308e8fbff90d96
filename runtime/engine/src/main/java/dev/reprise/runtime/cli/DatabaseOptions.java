package dev.reprise.runtime.cli;

import dev.reprise.runtime.config.Environment;
import dev.reprise.runtime.config.Setting;
import dev.reprise.runtime.config.SettingSources;
import dev.reprise.runtime.server.ServerSettings;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags of commands that use a database, to be mixed in: {@code @Mixin DatabaseOptions}. */
public class DatabaseOptions {
  static final String CONFIG = "REPRISE_CONFIG";

  private final Map<Setting, String> flags = new EnumMap<>(Setting.class);

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "A file with settings, a line each, like port=8080 (REPRISE_CONFIG).")
  private @Nullable Path config;

  @Option(
      names = "--database",
      paramLabel = "JDBC-URL",
      description =
          "The database, like jdbc:postgresql://host:5432/name (REPRISE_DATABASE; user and password by"
              + " REPRISE_DATABASE_USER and REPRISE_DATABASE_PASSWORD[_FILE] or pgpass)."
              + " Without: an embedded one in .reprise/")
  void database(String url) {
    set(Setting.DATABASE, url);
  }

  @Option(names = "--database-user", paramLabel = "NAME", description = "Its user.")
  void databaseUser(String user) {
    set(Setting.DATABASE_USER, user);
  }

  /** Notes the value of a flag. */
  final void set(Setting setting, String value) {
    flags.put(setting, value);
  }

  /** Flags, environment, file and defaults. */
  public final SettingSources sources(Environment environment) {
    var file = config == null ? environment.variable(CONFIG).map(Path::of).orElse(null) : config;
    return SettingSources.of(flags, environment, file);
  }

  /** The same, read. */
  public final ServerSettings settings(Environment environment) {
    return new ServerSettings(sources(environment));
  }
}
