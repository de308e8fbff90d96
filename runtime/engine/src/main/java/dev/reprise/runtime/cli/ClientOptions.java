package dev.reprise.runtime.cli;

import dev.reprise.runtime.config.Environment;
import dev.reprise.runtime.config.Setting;
import dev.reprise.runtime.config.SettingSources;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The flags of commands that ask a server. */
final class ClientOptions {
  @Option(
      names = "--url",
      paramLabel = "URL",
      description =
          "The server; http://127.0.0.1:8080 by default (REPRISE_URL; a token by REPRISE_TOKEN[_FILE]).")
  private @Nullable String url;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "A file with settings, a line each, like url=http://127.0.0.1:8080 (REPRISE_CONFIG).")
  private @Nullable Path config;

  ServerClient client(Environment environment) {
    var flags = new EnumMap<Setting, String>(Setting.class);
    if (url != null) {
      flags.put(Setting.URL, url);
    }
    var file = config == null
        ? environment.variable(DatabaseOptions.CONFIG).map(Path::of).orElse(null)
        : config;
    var sources = SettingSources.of(Map.copyOf(flags), environment, file);
    return new ServerClient(
        sources.get(Setting.URL).value(), sources.get(Setting.TOKEN).value());
  }
}
