package dev.reprise.debugger.cli;

import dev.reprise.RepriseException;
import dev.reprise.debugger.history.Progress;
import dev.reprise.runtime.cli.Output;
import dev.reprise.runtime.config.DatabaseConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/** Checks arguments before anything is begun. All throw a {@link RepriseException} that names the option. */
final class Arguments {
  private Arguments() {}

  /**
   * A span of time.
   *
   * @param from inclusive
   * @param to exclusive
   */
  record Span(Instant from, Instant to) {
    /** From the beginning, and to tomorrow, where nothing is said. */
    static Span of(@Nullable String from, @Nullable String to) {
      var span = new Span(
          time("--from", from, Instant.EPOCH),
          time("--to", to, Instant.now().plus(Duration.ofDays(1))));
      if (to == null && !span.from().isBefore(span.to())) {
        throw new RepriseException("--from (" + span.from() + ") is still to come");
      }
      if (!span.from().isBefore(span.to())) {
        throw new RepriseException("--from (" + span.from() + ") is not before --to (" + span.to()
            + "): there is nothing between them");
      }
      return span;
    }
  }

  static Instant time(String option, @Nullable String text, Instant otherwise) {
    if (text == null) {
      return otherwise;
    }
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException e) {
      throw new RepriseException(
          option + " takes a time like 2026-01-31T08:00:00Z, not \"" + text + "\"", e);
    }
  }

  /** Long work is told of every few seconds. */
  static Progress progress(Output output) {
    return new Progress(output::note, Duration.ofSeconds(3));
  }

  static void requireFile(String option, @Nullable Path file) {
    if (file != null && Files.isDirectory(file)) {
      throw new RepriseException(option + ": " + file + " is a directory");
    }
    if (file != null && !Files.isRegularFile(file)) {
      throw new RepriseException(option + ": there is no file " + file);
    }
  }

  static void requireServer(@Nullable String scratch) {
    if (scratch != null) {
      try {
        var unused = DatabaseConfig.of(scratch);
      } catch (IllegalArgumentException e) {
        throw new RepriseException("--scratch: " + e.getMessage(), e);
      }
    }
  }

  /** From the least to the most. */
  static void requireBetween(String option, int value, int least, int most) {
    if (value < least || value > most) {
      throw new RepriseException(option + " is "
          + (most == Integer.MAX_VALUE ? least + " or more" : "between " + least + " and " + most)
          + ", not " + value);
    }
  }

  static void requireText(String what, String text) {
    if (text.isBlank()) {
      throw new RepriseException(what + " is empty");
    }
  }
}
