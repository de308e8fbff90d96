package dev.reprise.runtime.function;

import dev.reprise.Settings;
import java.util.Optional;
import java.util.function.Function;

/**
 * The settings of an application. Where values come from is the configuration's business.
 *
 * @param variable the value of an environment variable (or what stands for it) by its whole name
 * @param fileContent the text of the file of that name; throws {@link RuntimeException} where it cannot be read
 */
public record ApplicationSettings(
    Function<String, Optional<String>> variable, Function<String, String> fileContent)
    implements Settings {
  private static final String PREFIX = "REPRISE_APP_";

  /** No settings at all. */
  public static final Settings NONE = name -> Optional.empty();

  /**
   * {@inheritDoc}
   *
   * @throws IllegalStateException where the variable and its {@code _FILE} are both set
   */
  @Override
  public Optional<String> get(String name) {
    var value = variable.apply(PREFIX + name);
    var file = variable.apply(PREFIX + name + "_FILE");
    if (value.isPresent() && file.isPresent()) {
      throw new IllegalStateException("both " + PREFIX + name + " and " + PREFIX + name
          + "_FILE are set: leave one of them out");
    }
    return value.or(() -> file.map(fileContent).map(ApplicationSettings::withoutLastLineEnd));
  }

  private static String withoutLastLineEnd(String text) {
    return text.endsWith("\r\n")
        ? text.substring(0, text.length() - 2)
        : text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
  }
}
