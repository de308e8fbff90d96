package dev.reprise.runtime.http;

import dev.reprise.Options;
import java.util.List;
import java.util.Optional;

/**
 * Reads {@code Idempotency-Key}: a string of RFC 8941 ({@code "order-17"}) or the same without quotes.
 *
 * <p>Parameters and escapes, which the RFC allows, cannot be part of a key here and are refused: a key that two parsers
 * read differently would be two keys.
 */
final class IdempotencyKey {
  /** The name of the header. */
  static final String HEADER = "Idempotency-Key";

  private IdempotencyKey() {}

  /**
   * The key in the header's values; empty where there is none.
   *
   * @throws ProblemException where the header is repeated or has another shape
   */
  static Optional<String> parse(List<String> values) {
    if (values.isEmpty()) {
      return Optional.empty();
    }
    if (values.size() > 1) {
      throw Problem.INVALID_IDEMPOTENCY_KEY.because(
          "Idempotency-Key is given " + values.size() + " times; give one key");
    }
    try {
      return Optional.of(Options.requireKey(unquote(values.get(0))));
    } catch (IllegalArgumentException e) {
      throw Problem.INVALID_IDEMPOTENCY_KEY.because(
          e.getMessage() + "; it may stand in double quotes");
    }
  }

  private static String unquote(String value) {
    var quoted = value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"");
    return quoted ? value.substring(1, value.length() - 1) : value;
  }
}
