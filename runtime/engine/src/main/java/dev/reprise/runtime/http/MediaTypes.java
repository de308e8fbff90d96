package dev.reprise.runtime.http;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** {@code Accept} and {@code Content-Type} (RFC 9110, 8.3 and 12.5.1). */
final class MediaTypes {
  /** Results and views. */
  static final String JSON = "application/json";

  /** Errors. */
  static final String PROBLEM = "application/problem+json";

  /** Server-sent events. */
  static final String EVENTS = "text/event-stream";

  /** Measurements. */
  static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

  /** A media range of {@code Accept}; {@code specificity} is 2 for a type, 1 for {@code type/*}, 0 for any. */
  private record Range(int specificity, boolean wanted) {}

  private MediaTypes() {}

  /**
   * Whether a client takes {@code type}: the most specific range that covers it decides, and refuses it with {@code q=0}.
   * No header accepts all; parameters other than {@code q} are not compared.
   */
  static boolean accepts(List<String> accept, String type) {
    if (accept.stream().allMatch(String::isBlank)) {
      return true;
    }
    var best = new Range(-1, false);
    for (var value : accept) {
      var scanner = new HeaderScanner(value);
      while (!scanner.skipSpace().atEnd()) {
        if (scanner.take(',')) {
          continue;
        }
        var range = range(scanner, type);
        if (range.isEmpty()) {
          break;
        }
        best = range.get().specificity() > best.specificity() ? range.get() : best;
      }
    }
    return best.wanted();
  }

  /** Reads one range; empty where it is malformed. One that does not cover {@code type} has specificity -1. */
  private static Optional<Range> range(HeaderScanner scanner, String type) {
    var main = scanner.token();
    var sub = scanner.take('/') ? scanner.token() : Optional.<String>empty();
    if (main.isEmpty() || sub.isEmpty()) {
      return Optional.empty();
    }
    var wanted = true;
    while (scanner.skipSpace().take(';')) {
      var name = scanner.skipSpace().token().orElse("");
      var value = scanner.take('=') ? scanner.word() : Optional.of("");
      if (value.isEmpty()) {
        return Optional.empty();
      }
      if (name.equalsIgnoreCase("q")) {
        wanted = !value.get().matches("0(\\.0*)?");
      }
    }
    var range = (main.get() + "/" + sub.get()).toLowerCase(Locale.ROOT);
    return Optional.of(new Range(specificity(range, type), wanted));
  }

  private static int specificity(String range, String type) {
    if (range.equals(type)) {
      return 2;
    }
    if (range.endsWith("/*") && type.startsWith(range.substring(0, range.length() - 1))) {
      return 1;
    }
    return range.equals("*/*") ? 0 : -1;
  }

  /** Whether a {@code Content-Type} states JSON in UTF-8. */
  static boolean isJson(List<String> contentType) {
    if (contentType.size() != 1) {
      return false;
    }
    var scanner = new HeaderScanner(contentType.get(0));
    var main = scanner.skipSpace().token().orElse("");
    var sub = scanner.take('/') ? scanner.token().orElse("") : "";
    if (!(main + "/" + sub).equalsIgnoreCase(JSON)) {
      return false;
    }
    while (scanner.skipSpace().take(';')) {
      var name = scanner.skipSpace().token().orElse("");
      var value = scanner.take('=') ? scanner.word().orElse("") : "";
      if (name.equalsIgnoreCase("charset") && !value.equalsIgnoreCase("utf-8")) {
        return false;
      }
    }
    return scanner.skipSpace().atEnd();
  }
}
