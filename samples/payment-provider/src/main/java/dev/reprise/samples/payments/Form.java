package dev.reprise.samples.payments;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Fields in the encoding of HTML forms ({@code application/x-www-form-urlencoded}), which is that of the requests and of
 * the lines in the ledger. What it throws is an {@link IllegalArgumentException} that names the field.
 */
record Form(Map<String, String> fields) {
  Form {
    fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
  }

  static Form parse(String text) {
    var fields = new LinkedHashMap<String, String>();
    for (var pair : text.isEmpty() ? new String[0] : text.split("&", -1)) {
      int equals = pair.indexOf('=');
      if (equals < 1) {
        throw new IllegalArgumentException("not a form field: \"" + pair + "\"; write name=value");
      }
      var name = URLDecoder.decode(pair.substring(0, equals), UTF_8);
      if (fields.put(name, URLDecoder.decode(pair.substring(equals + 1), UTF_8)) != null) {
        throw new IllegalArgumentException(name + " is given twice");
      }
    }
    return new Form(fields);
  }

  String encode() {
    return fields.entrySet().stream()
        .map(field -> URLEncoder.encode(field.getKey(), UTF_8) + "="
            + URLEncoder.encode(field.getValue(), UTF_8))
        .collect(Collectors.joining("&"));
  }

  /** This form, which has no other fields than these. */
  Form only(Set<String> names) {
    for (var name : fields.keySet()) {
      if (!names.contains(name)) {
        throw new IllegalArgumentException("there is no field " + name + "; there are " + names);
      }
    }
    return this;
  }

  Optional<String> find(String name) {
    return Optional.ofNullable(fields.get(name));
  }

  String require(String name) {
    return find(name)
        .filter(value -> !value.isBlank())
        .orElseThrow(() -> new IllegalArgumentException(name + " is missing"));
  }

  /** A whole number within bounds, both included. */
  long number(String name, long from, long to) {
    var text = require(name);
    try {
      long number = Long.parseLong(text);
      if (number >= from && number <= to) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(name + " is a whole number, not \"" + text + "\"", e);
    }
    throw new IllegalArgumentException(
        name + " is between " + from + " and " + to + ", not " + text);
  }
}
