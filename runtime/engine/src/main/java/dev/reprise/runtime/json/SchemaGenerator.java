package dev.reprise.runtime.json;

import java.lang.reflect.Type;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import tools.jackson.databind.BeanDescription;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.introspect.BeanPropertyDefinition;
import tools.jackson.databind.json.JsonMapper;

/**
 * JSON Schemas (2020-12) from what Jackson knows of a type, so that schema and codec cannot disagree about names.
 *
 * <p>Schemas are self-contained, so that they can be put into any document: types are written in place, and a type within
 * itself is just an object with the type's simple name as its title. Thread-safe.
 */
final class SchemaGenerator {
  private final JsonMapper mapper;
  private final ConcurrentMap<Type, Map<String, Object>> schemas = new ConcurrentHashMap<>();

  SchemaGenerator(JsonMapper mapper) {
    this.mapper = mapper;
  }

  /** The schema as plain Java, unmodifiable. */
  Map<String, Object> schema(Type type) {
    return schemas.computeIfAbsent(
        type,
        key -> key == void.class || key == Void.class
            ? Map.of("type", "null")
            : schema(mapper.constructType(key), new ArrayDeque<>()));
  }

  private Map<String, Object> schema(JavaType type, Deque<JavaType> within) {
    var scalar = ScalarSchemas.of(type.getRawClass());
    if (scalar != null) {
      return scalar;
    }
    if (type.isReferenceType()) {
      return Map.of("anyOf", List.of(schema(content(type), within), Map.of("type", "null")));
    }
    if (type.isMapLikeType()) {
      return ordered("type", "object", "additionalProperties", schema(content(type), within));
    }
    if (type.isArrayType() || type.isCollectionLikeType()) {
      var array = ordered("type", "array", "items", schema(content(type), within));
      return Set.class.isAssignableFrom(type.getRawClass())
          ? with(array, "uniqueItems", true)
          : array;
    }
    if (type.isEnumType()) {
      var values = enumValues(type.getRawClass());
      return values.stream().allMatch(String.class::isInstance)
          ? ordered("type", "string", "enum", values)
          : Map.of("enum", values);
    }
    return object(type, within);
  }

  private Map<String, Object> object(JavaType type, Deque<JavaType> within) {
    if (type.isJavaLangObject()) {
      return Map.of();
    }
    var title = type.getRawClass().getSimpleName();
    var bean = describe(type);
    if (within.contains(type) || type.isAbstract()) {
      return ordered("type", "object", "title", title);
    }
    within.push(type);
    try {
      var value = bean.findJsonValueAccessor();
      return value == null ? properties(title, bean, within) : schema(value.getType(), within);
    } finally {
      within.pop();
    }
  }

  private Map<String, Object> properties(
      String title, BeanDescription bean, Deque<JavaType> within) {
    var properties = new LinkedHashMap<String, Object>();
    var required = new ArrayList<String>();
    for (var property : bean.findProperties()) {
      if (property.couldDeserialize()) {
        properties.put(property.getName(), schema(property.getPrimaryType(), within));
        if (isRequired(property)) {
          required.add(property.getName());
        }
      }
    }
    var schema = ordered("type", "object", "title", title);
    schema = with(schema, "properties", Collections.unmodifiableMap(properties));
    if (!required.isEmpty()) {
      schema = with(schema, "required", List.copyOf(required));
    }
    return with(schema, "additionalProperties", bean.findAnySetterAccessor() != null);
  }

  private static boolean isRequired(BeanPropertyDefinition property) {
    return property.isRequired()
        || (property.hasConstructorParameter() && property.getPrimaryType().isPrimitive());
  }

  private BeanDescription describe(JavaType type) {
    var introspector = mapper.deserializationConfig().classIntrospectorInstance();
    return introspector.introspectForDeserialization(
        type, introspector.introspectClassAnnotations(type));
  }

  private List<Object> enumValues(Class<?> type) {
    return Arrays.stream(type.getEnumConstants())
        .map(constant -> mapper.convertValue(constant, Object.class))
        .toList();
  }

  private static JavaType content(JavaType type) {
    var content = type.getContentType();
    if (content == null) {
      throw new IllegalStateException(type + " contains nothing");
    }
    return content;
  }

  private static Map<String, Object> ordered(
      String first, Object firstValue, String second, Object secondValue) {
    var map = new LinkedHashMap<String, Object>();
    map.put(first, firstValue);
    map.put(second, secondValue);
    return Collections.unmodifiableMap(map);
  }

  private static Map<String, Object> with(Map<String, Object> schema, String name, Object value) {
    var map = new LinkedHashMap<>(schema);
    map.put(name, value);
    return Collections.unmodifiableMap(map);
  }
}
