package dev.reprise.runtime.json;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JacksonSerializable;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.jsontype.TypeSerializer;
import tools.jackson.databind.util.RawValue;

/**
 * A JSON object to be written: {@code new JsonObject().put("id", id).putRaw("output", json).toString()}. Properties are
 * written in the order in which they were put. Not thread-safe.
 */
public final class JsonObject implements JacksonSerializable {
  private final Map<String, @Nullable Object> properties = new LinkedHashMap<>();

  /** A property; what {@link Json#write} takes. Null is written as {@code null}. */
  public JsonObject put(String name, @Nullable Object value) {
    properties.put(name, value);
    return this;
  }

  /** A property, left out where the value is null. */
  public JsonObject putIfPresent(String name, @Nullable Object value) {
    return value == null ? this : put(name, value);
  }

  /** A property whose value is JSON text already, which is not checked; {@code null} for null. */
  public JsonObject putRaw(String name, @Nullable String json) {
    return put(name, json == null ? null : new RawValue(json));
  }

  /** The same, left out where the text is null. */
  public JsonObject putRawIfPresent(String name, @Nullable String json) {
    return json == null ? this : putRaw(name, json);
  }

  /** A property whose value is an array of JSON texts, which are not checked. */
  public JsonObject putRawArray(String name, Collection<String> items) {
    return putRaw(name, "[" + String.join(",", items) + "]");
  }

  /** The JSON text. */
  @Override
  public String toString() {
    return Json.write(this);
  }

  @Override
  public void serialize(JsonGenerator generator, SerializationContext context) {
    generator.writePOJO(properties);
  }

  @Override
  public void serializeWithType(
      JsonGenerator generator, SerializationContext context, TypeSerializer typeSerializer) {
    serialize(generator, context);
  }
}
