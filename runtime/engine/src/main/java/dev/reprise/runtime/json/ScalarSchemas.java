package dev.reprise.runtime.json;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.net.URL;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Year;
import java.time.ZonedDateTime;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The schemas of the types that are one JSON token. */
final class ScalarSchemas {
  private static final Map<Class<?>, Map<String, Object>> SCHEMAS = all();

  private ScalarSchemas() {}

  /** The schema of the type; null where it is none of these. */
  static @Nullable Map<String, Object> of(Class<?> type) {
    var schema = SCHEMAS.get(type);
    if (schema != null) {
      return schema;
    }
    return type.getName().startsWith("java.time.") || CharSequence.class.isAssignableFrom(type)
        ? Map.of("type", "string")
        : null;
  }

  private static Map<Class<?>, Map<String, Object>> all() {
    var all = new HashMap<Class<?>, Map<String, Object>>();
    put(all, Map.of("type", "boolean"), boolean.class, Boolean.class);
    put(
        all,
        Map.of("type", "integer", "format", "int64"),
        long.class,
        Long.class,
        OptionalLong.class);
    put(
        all,
        Map.of("type", "integer", "format", "int32"),
        int.class,
        Integer.class,
        OptionalInt.class);
    put(all, Map.of("type", "integer"), short.class, Short.class, byte.class, Byte.class);
    put(all, Map.of("type", "integer"), BigInteger.class, Year.class);
    put(all, Map.of("type", "number"), double.class, Double.class, float.class, Float.class);
    put(all, Map.of("type", "number"), BigDecimal.class, Number.class, OptionalDouble.class);
    put(all, Map.of("type", "string"), String.class, char[].class);
    put(all, Map.of("type", "string", "maxLength", 1), char.class, Character.class);
    put(all, Map.of("type", "string", "contentEncoding", "base64"), byte[].class);
    put(all, string("date-time"), Instant.class, OffsetDateTime.class, ZonedDateTime.class);
    put(all, string("date"), LocalDate.class);
    put(all, string("time"), OffsetTime.class);
    put(all, string("duration"), Duration.class);
    put(all, string("uuid"), UUID.class);
    put(all, string("uri"), URI.class, URL.class);
    return all;
  }

  private static Map<String, Object> string(String format) {
    return Map.of("type", "string", "format", format);
  }

  private static void put(
      Map<Class<?>, Map<String, Object>> all, Map<String, Object> schema, Class<?>... types) {
    for (var type : types) {
      all.put(type, schema);
    }
  }
}
