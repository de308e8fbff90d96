package dev.reprise.runtime.json;

import java.util.Collection;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Schemas in short, for people: <code>{"item": string, "quantity": integer}</code>. */
final class Shapes {
  private Shapes() {}

  static String of(Map<?, ?> schema) {
    if (schema.get("anyOf") instanceof Collection<?> choices) {
      return choices.stream().map(Shapes::ofAny).collect(Collectors.joining(" or "));
    }
    if (schema.get("enum") instanceof Collection<?> values) {
      return values.stream().map(Json::write).collect(Collectors.joining(" or "));
    }
    if (schema.get("properties") instanceof Map<?, ?> properties) {
      return properties.entrySet().stream()
          .map(property -> Json.write(property.getKey()) + ": " + ofAny(property.getValue()))
          .collect(Collectors.joining(", ", "{", "}"));
    }
    if (schema.get("items") instanceof Map<?, ?> items) {
      return "[" + of(items) + ", ...]";
    }
    if (schema.get("additionalProperties") instanceof Map<?, ?> values) {
      return "{string: " + of(values) + ", ...}";
    }
    return word(schema);
  }

  /** What a value of a scalar type is called, with its article. */
  static String noun(@Nullable Class<?> type) {
    if (type == null) {
      return "what is expected";
    }
    if (type.isEnum()) {
      return "one of the values allowed";
    }
    if ((type.isArray() && type != byte[].class) || Collection.class.isAssignableFrom(type)) {
      return "an array";
    }
    var scalar = ScalarSchemas.of(type);
    if (scalar == null) {
      return "an object";
    }
    var word = word(scalar);
    return ("aeio".indexOf(word.charAt(0)) >= 0 ? "an " : "a ") + word;
  }

  private static String word(Map<?, ?> schema) {
    var type = schema.get("type");
    if (type == null) {
      return "anything";
    }
    if ("string".equals(type) && schema.get("format") instanceof String format) {
      return format;
    }
    if (schema.containsKey("maxLength")) {
      return "character";
    }
    return schema.containsKey("contentEncoding") ? "base64 string" : String.valueOf(type);
  }

  private static String ofAny(@Nullable Object schema) {
    return schema instanceof Map<?, ?> map ? of(map) : "anything";
  }
}
