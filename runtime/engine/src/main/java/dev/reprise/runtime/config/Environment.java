package dev.reprise.runtime.config;

import dev.reprise.RepriseException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The variables of the process and the files that they name. Immutable; an empty variable counts as not set. */
public final class Environment {
  public static final String DATABASE = "REPRISE_DATABASE";
  public static final String DATABASE_USER = "REPRISE_DATABASE_USER";
  public static final String DATABASE_PASSWORD = "REPRISE_DATABASE_PASSWORD";
  private static final String FILE_SUFFIX = "_FILE";

  private final Map<String, String> variables;

  /** With the given variables. */
  public Environment(Map<String, String> variables) {
    this.variables = Map.copyOf(variables);
  }

  /** Of this process. */
  public static Environment ofProcess() {
    return new Environment(System.getenv());
  }

  /** The same with another variable. */
  public Environment with(String name, String value) {
    var all = new HashMap<>(variables);
    all.put(name, value);
    return new Environment(all);
  }

  /**
   * The text of a file that a variable names.
   *
   * @throws RepriseException it cannot be read
   */
  public static String fileContent(String file) {
    try {
      return Files.readString(Path.of(file));
    } catch (IOException | InvalidPathException e) {
      throw new RepriseException("the file cannot be read: " + file, e);
    }
  }

  /** The value of a variable. */
  public Optional<String> variable(String name) {
    return Optional.ofNullable(variables.get(name)).filter(value -> !value.isBlank());
  }

  /**
   * A secret: the variable itself or the content of the file that {@code <name>_FILE} names, without the line end.
   *
   * @throws RepriseException both are set, or the file cannot be read
   */
  public Optional<String> secret(String name) {
    Optional<String> direct = variable(name);
    Optional<String> file = variable(name + FILE_SUFFIX);
    if (direct.isPresent() && file.isPresent()) {
      throw new RepriseException(
          name + " and " + name + FILE_SUFFIX + " are both set; unset one of them");
    }
    return file.isPresent() ? Optional.of(readSecret(name, file.get())) : direct;
  }

  /**
   * The database of {@code REPRISE_DATABASE}, {@code REPRISE_DATABASE_USER} and
   * {@code REPRISE_DATABASE_PASSWORD[_FILE]}; empty where the first is not set.
   */
  public Optional<DatabaseConfig> database() {
    return variable(DATABASE).map(this::database);
  }

  /** The database at the given URL with the user and password of the environment. */
  public DatabaseConfig database(String url) {
    return DatabaseConfig.of(
        url, variable(DATABASE_USER).orElse(null), secret(DATABASE_PASSWORD).orElse(null));
  }

  private static String readSecret(String name, String file) {
    try {
      return Files.readString(Path.of(file)).replaceFirst("\\R\\z", "");
    } catch (IOException e) {
      throw new RepriseException(
          name + FILE_SUFFIX + " names a file that cannot be read: " + file, e);
    }
  }
}
