package dev.reprise.runtime.server;

import dev.reprise.RepriseException;
import dev.reprise.runtime.config.DatabaseConfig;
import dev.reprise.runtime.config.HttpConfig;
import dev.reprise.runtime.config.Limits;
import dev.reprise.runtime.config.NodeConfig;
import dev.reprise.runtime.config.Retention;
import dev.reprise.runtime.config.Setting;
import dev.reprise.runtime.config.SettingSources;
import dev.reprise.runtime.function.Durations;
import dev.reprise.runtime.record.RecordConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The settings of a server as what its parts take. A value that cannot be read is refused, naming it and its source. */
public record ServerSettings(SettingSources sources) {
  private static final Pattern SIZE = Pattern.compile("([0-9]{1,9})(|[KMGT]iB)");
  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,9}");

  /** Where the database is; empty for an embedded one. */
  public Optional<DatabaseConfig> database() {
    var url = text(Setting.DATABASE);
    if (url.isEmpty()) {
      return Optional.empty();
    }
    var user = text(Setting.DATABASE_USER);
    var password = text(Setting.DATABASE_PASSWORD);
    return Optional.of(
        DatabaseConfig.of(url, user.isEmpty() ? null : user, password.isEmpty() ? null : password)
            .withCallConnections(number(Setting.DATABASE_CONNECTIONS)));
  }

  /** The jars to serve. */
  public List<Path> functions() {
    return read(
        Setting.FUNCTIONS, "names of files", text -> split(text).map(Path::of).toList());
  }

  /** Whether to run the migrations of the jars. */
  public boolean migrate() {
    return flag(Setting.MIGRATE);
  }

  /** How the node takes part in the cluster. */
  public NodeConfig node() {
    var timeouts = NodeConfig.DEFAULT.withDeathTimeout(duration(Setting.DEATH_TIMEOUT));
    return new NodeConfig(
        timeouts.deathTimeout(),
        timeouts.heartbeat(),
        number(Setting.MAX_RUNNING),
        duration(Setting.SHUTDOWN_GRACE),
        retention(),
        limits());
  }

  /** What one execution may take. */
  private Limits limits() {
    return new Limits(
        number(Setting.MAX_RECOVERIES), number(Setting.MAX_VALUE), number(Setting.MAX_OPERATIONS));
  }

  /** How long ended executions stay in the log. */
  private Retention retention() {
    try {
      return new Retention(period(Setting.RETENTION), period(Setting.RETENTION_FAILED));
    } catch (IllegalArgumentException e) {
      throw new RepriseException(String.valueOf(e.getMessage()), e);
    }
  }

  /** A number alone is refused: whoever meant days would lose all that is older than seconds. */
  private Optional<Duration> period(Setting setting) {
    return text(setting).isEmpty()
        ? Optional.empty()
        : read(
            setting,
            "a duration with its unit like 30d or 12h",
            text -> Optional.of(Durations.parse(text)));
  }

  /** How to listen. */
  public HttpConfig http() {
    return new HttpConfig(
        text(Setting.HOST),
        number(Setting.PORT),
        number(Setting.MAX_BODY),
        number(Setting.MAX_JAR),
        duration(Setting.MAX_WAIT),
        names(Setting.ALLOWED_HOSTS),
        names(Setting.ALLOWED_ORIGINS),
        flag(Setting.INSECURE));
  }

  /** Whether and how to record changes. */
  public RecordConfig record() {
    return new RecordConfig(
        read(Setting.RECORD, "on, off or auto", text -> switch (text) {
          case "on" -> RecordConfig.Mode.ON;
          case "off" -> RecordConfig.Mode.OFF;
          case "auto" -> RecordConfig.Mode.AUTO;
          default -> throw new IllegalArgumentException(text);
        }),
        read(Setting.RECORD_MAX_LAG, "a size like 512MiB or 10GiB", ServerSettings::bytes),
        retention().longest());
  }

  /** Refuses any value that cannot be read. */
  public void check() {
    var unused = List.of(database(), functions(), migrate(), node(), http(), record());
  }

  private String text(Setting setting) {
    return sources.get(setting).value();
  }

  private int number(Setting setting) {
    return read(setting, "a number", Integer::parseInt);
  }

  private Duration duration(Setting setting) {
    return read(
        setting,
        "a duration like 30s or 5m",
        text -> Durations.parse(SECONDS.matcher(text).matches() ? text + "s" : text));
  }

  private boolean flag(Setting setting) {
    return read(setting, "true or false", text -> switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException(text);
    });
  }

  private static long bytes(String text) {
    var size = SIZE.matcher(text);
    if (!size.matches() || text.startsWith("0")) {
      throw new IllegalArgumentException(text);
    }
    return Long.parseLong(size.group(1))
        << switch (size.group(2)) {
          case "KiB" -> 10;
          case "MiB" -> 20;
          case "GiB" -> 30;
          case "TiB" -> 40;
          default -> 0;
        };
  }

  private Set<String> names(Setting setting) {
    return Set.copyOf(split(text(setting)).distinct().toList());
  }

  private static Stream<String> split(String text) {
    return Arrays.stream(text.split(",")).map(String::strip).filter(part -> !part.isEmpty());
  }

  private <T> T read(Setting setting, String expected, Function<String, T> reader) {
    var sourced = sources.get(setting);
    try {
      return reader.apply(sourced.value());
    } catch (IllegalArgumentException e) {
      throw new RepriseException(
          setting.key() + " is " + expected + ", not \"" + sourced.shown() + "\" (from "
              + sourced.source() + ")",
          e);
    }
  }
}
