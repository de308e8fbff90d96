package dev.reprise.samples.payments;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes JSON (RFC 8259) of the few shapes that the provider answers with. */
final class Json {
  private Json() {}

  /** An object; numbers and booleans are written as they are, everything else as a string. */
  static String object(Map<String, ?> fields) {
    return fields.entrySet().stream()
        .map(field -> string(field.getKey()) + ":" + value(field.getValue()))
        .collect(Collectors.joining(",", "{", "}"));
  }

  /** An array of values that are JSON already. */
  static String array(List<String> values) {
    return values.stream().collect(Collectors.joining(",\n ", "[", "]"));
  }

  private static String value(Object value) {
    return value instanceof Number || value instanceof Boolean
        ? value.toString()
        : string(value.toString());
  }

  private static String string(String text) {
    var json = new StringBuilder(text.length() + 2).append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else if (c < 0x20 || Character.isSurrogate(c)) {
        json.append(String.format("\\u%04x", (int) c));
      } else {
        json.append(c);
      }
    }
    return json.append('"').toString();
  }
}
