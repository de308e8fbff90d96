package dev.reprise.runtime.http;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a client prefers (RFC 7240): {@code respond-async}, {@code wait=10}, both. The first of a name holds; what is
 * unknown or malformed is ignored, as the RFC asks.
 *
 * @param respondAsync whether the answer may come before the result
 * @param waitFor how long the client is willing to wait for the result; null where it does not say
 */
record Prefer(boolean respondAsync, @Nullable Duration waitFor) {
  /** The name of the header. */
  static final String HEADER = "Prefer";

  /** The name of the header that tells which preferences were followed. */
  static final String APPLIED = "Preference-Applied";

  private static final int WAIT_DIGITS = 9;

  /** The preferences in the header's values. */
  static Prefer parse(List<String> values) {
    var preferences = new LinkedHashMap<String, String>();
    for (var value : values) {
      read(new HeaderScanner(value), preferences);
    }
    return new Prefer(
        preferences.containsKey("respond-async"),
        seconds(preferences.getOrDefault("wait", "")).orElse(null));
  }

  /** Reads {@code name[=value] *(; parameter) , ..} as far as it is well-formed. */
  private static void read(HeaderScanner scanner, Map<String, String> preferences) {
    while (!scanner.skipSpace().atEnd()) {
      if (scanner.take(',')) {
        continue;
      }
      var name = scanner.token();
      var value = valueOf(scanner);
      if (name.isEmpty() || value.isEmpty()) {
        return;
      }
      while (scanner.skipSpace().take(';')) {
        scanner.skipSpace().token();
        if (valueOf(scanner).isEmpty()) {
          return;
        }
      }
      if (!scanner.atEnd() && !scanner.take(',')) {
        return;
      }
      preferences.putIfAbsent(name.get().toLowerCase(Locale.ROOT), value.get());
    }
  }

  /** The value after an equals sign; an empty one where there is no sign; empty where it is malformed. */
  private static Optional<String> valueOf(HeaderScanner scanner) {
    return scanner.skipSpace().take('=') ? scanner.skipSpace().word() : Optional.of("");
  }

  private static Optional<Duration> seconds(String text) {
    return text.length() <= WAIT_DIGITS && text.matches("[0-9]+")
        ? Optional.of(Duration.ofSeconds(Long.parseLong(text)))
        : Optional.empty();
  }
}
