package dev.reprise.runtime.config;

import dev.reprise.RepriseException;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Where settings come from: a flag, else the environment, else the configuration file, else the default. Immutable. */
public final class SettingSources {
  private static final String MASK = "***";

  private final Map<Setting, String> flags;
  private final Environment environment;
  private final Map<Setting, String> file;
  private final String fileName;

  private SettingSources(
      Map<Setting, String> flags,
      Environment environment,
      Map<Setting, String> file,
      String fileName) {
    this.flags = Map.copyOf(flags);
    this.environment = environment;
    this.file = Map.copyOf(file);
    this.fileName = fileName;
  }

  /**
   * From these sources.
   *
   * @param flags those that were given
   * @param file in the format of Java properties; null for none
   * @throws RepriseException the file cannot be read, or has a key that is none of a {@link Setting}
   */
  public static SettingSources of(
      Map<Setting, String> flags, Environment environment, @Nullable Path file) {
    return file == null
        ? new SettingSources(flags, environment, Map.of(), "")
        : new SettingSources(flags, environment, read(file), file.toString());
  }

  /**
   * A value and where it comes from.
   *
   * @param source for people: {@code --port}, {@code REPRISE_PORT}, {@code reprise.properties}, {@code default}
   */
  public record Sourced(Setting setting, String value, String source) {
    /** The value for everybody's eyes. */
    public String shown() {
      if (value.isEmpty() || !setting.isSecret() && setting != Setting.DATABASE) {
        return value;
      }
      return setting == Setting.DATABASE ? DatabaseConfig.masked(value) : MASK;
    }
  }

  /** The effective value; empty text where the setting is not set and has no default. */
  public Sourced get(Setting setting) {
    var flag = flags.get(setting);
    if (flag != null) {
      return new Sourced(setting, flag, "--" + setting.key());
    }
    var variable = variable(setting);
    if (variable.isPresent()) {
      return new Sourced(setting, variable.get(), setting.variable());
    }
    var line = file.get(setting);
    return line == null
        ? new Sourced(setting, setting.fallback(), "default")
        : new Sourced(setting, line, fileName);
  }

  /** All effective values. */
  public List<Sourced> all() {
    return Arrays.stream(Setting.values()).map(this::get).toList();
  }

  /** The environment itself, for what is no setting of the server. */
  public Environment environment() {
    return environment;
  }

  private Optional<String> variable(Setting setting) {
    return setting.isSecret()
        ? environment.secret(setting.variable())
        : environment.variable(setting.variable());
  }

  private static Map<Setting, String> read(Path file) {
    var properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      properties.load(reader);
    } catch (IOException | IllegalArgumentException e) {
      throw new RepriseException(
          "the configuration file " + file + " cannot be read; it has lines like port=8080", e);
    }
    var values = new EnumMap<Setting, String>(Setting.class);
    for (var key : properties.stringPropertyNames()) {
      var setting = Setting.of(key)
          .orElseThrow(() -> new RepriseException("the configuration file " + file + " sets \""
              + key + "\", which is no setting; there are " + keys()));
      values.put(setting, properties.getProperty(key, "").strip());
    }
    return values;
  }

  private static String keys() {
    return Arrays.stream(Setting.values()).map(Setting::key).collect(Collectors.joining(", "));
  }
}
