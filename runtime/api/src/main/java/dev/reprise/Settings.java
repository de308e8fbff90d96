package dev.reprise;

import java.util.Optional;

/**
 * The settings of an application: environment variables {@code REPRISE_APP_*}. A name is written without the prefix;
 * {@code NAME_FILE} names a file that holds the value, for secrets.
 */
public interface Settings {
  /** The value of {@code REPRISE_APP_name}, or of the file that {@code REPRISE_APP_name_FILE} names. */
  Optional<String> get(String name);

  /**
   * The same for a value that must be there.
   *
   * @throws IllegalStateException naming the variable to set
   */
  default String require(String name) {
    return get(name)
        .orElseThrow(() -> new IllegalStateException(
            "setting missing: set REPRISE_APP_" + name + " or REPRISE_APP_" + name + "_FILE"));
  }
}
