package dev.reprise.runtime.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The query of an address, read strictly: a filter with a typing error must not list everything. Every method throws
 * {@link ProblemException} that names the parameter and what it should be.
 */
final class QueryString {
  private final Map<String, List<String>> values = new HashMap<>();

  /**
   * Reads {@code name=value&..}.
   *
   * @param query as sent; null for none
   * @param allowed the parameters of the route
   */
  QueryString(@Nullable String query, Set<String> allowed) {
    this(query, allowed, Set.of());
  }

  /**
   * The same.
   *
   * @param repeatable those of {@code allowed} that may be given more than once; where there are any, it is a filter, and what has
   *     no value restricts nothing
   */
  QueryString(@Nullable String query, Set<String> allowed, Set<String> repeatable) {
    if (query == null || query.isEmpty()) {
      return;
    }
    for (var pair : query.split("&", -1)) {
      if (pair.isEmpty()) {
        continue;
      }
      int equals = pair.indexOf('=');
      var name = decode(equals < 0 ? pair : pair.substring(0, equals));
      if (!allowed.contains(name)) {
        throw Problem.INVALID_QUERY.because("unknown parameter \"" + name + "\"; "
            + (allowed.isEmpty() ? "this route has none" : "there are " + new TreeSet<>(allowed)));
      }
      var value = equals < 0 ? "" : decode(pair.substring(equals + 1));
      if (value.isEmpty() && !repeatable.isEmpty()) {
        continue; // a filter that is left open
      }
      if (value.isEmpty()) {
        // as if it were not there, it would mean everything
        throw Problem.INVALID_QUERY.because(
            "parameter " + name + " has no value; give it one, or leave it out");
      }
      var given = values.computeIfAbsent(name, key -> new ArrayList<>());
      given.add(value);
      if (given.size() > 1 && !repeatable.contains(name)) {
        throw Problem.INVALID_QUERY.because("parameter " + name + " is given twice");
      }
    }
  }

  /** The value; empty where it is not given. */
  Optional<String> text(String name) {
    return texts(name).stream().findFirst();
  }

  /** All values of a parameter that may be given more than once. */
  List<String> texts(String name) {
    return List.copyOf(values.getOrDefault(name, List.of()));
  }

  /** A whole number between the bounds. */
  int number(String name, int least, int most, int otherwise) {
    var text = text(name);
    if (text.isEmpty()) {
      return otherwise;
    }
    if (text.get().matches("[0-9]{1,9}")) {
      int number = Integer.parseInt(text.get());
      if (number >= least && number <= most) {
        return number;
      }
    }
    throw invalid(name, "a whole number between " + least + " and " + most, text.get());
  }

  /** A time to wait, in seconds. */
  Duration seconds(String name) {
    return Duration.ofSeconds(number(name, 0, 999_999_999, 0));
  }

  /** A point in time; a plus sign that was not encoded is understood. */
  @Nullable
  Instant time(String name) {
    var text = text(name);
    if (text.isEmpty()) {
      return null;
    }
    try {
      return OffsetDateTime.parse(text.get().replace(' ', '+')).toInstant();
    } catch (DateTimeException e) {
      throw invalid(name, "a time with offset as 2026-01-31T12:00:00Z", text.get());
    }
  }

  /** To be thrown for a value that is not as expected. */
  static ProblemException invalid(String name, String expected, String given) {
    return Problem.INVALID_QUERY.because(
        "parameter " + name + " is " + expected + ", not \"" + given + "\"");
  }

  private static String decode(String encoded) {
    try {
      var text = URLDecoder.decode(encoded, StandardCharsets.UTF_8);
      if (text.indexOf('\0') < 0) {
        return text;
      }
      throw Problem.INVALID_QUERY.because("a query has no NUL characters");
    } catch (IllegalArgumentException e) {
      throw Problem.INVALID_QUERY.because(
          "\"" + encoded + "\" is not percent-encoded as it should be");
    }
  }
}
