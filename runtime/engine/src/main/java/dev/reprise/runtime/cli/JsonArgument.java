package dev.reprise.runtime.cli;

import dev.reprise.RepriseException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** JSON on the command line: as it is, {@code @file}, or {@code -} for standard input. */
final class JsonArgument {
  private JsonArgument() {}

  /**
   * The text.
   *
   * @return null for null
   */
  static @Nullable String read(@Nullable String argument) {
    try {
      if (argument == null) {
        return null;
      }
      if (argument.equals("-")) {
        return new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
      }
      return argument.startsWith("@") ? Files.readString(Path.of(argument.substring(1))) : argument;
    } catch (IOException e) {
      throw new RepriseException("the JSON cannot be read from " + argument, e);
    }
  }
}
