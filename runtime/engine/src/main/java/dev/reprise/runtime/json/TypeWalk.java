package dev.reprise.runtime.json;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.deser.AbstractDeserializer;
import tools.jackson.databind.deser.bean.BeanDeserializerBase;
import tools.jackson.databind.json.JsonMapper;

/** Looks through a type, its properties and theirs, for what Jackson could not read back. To be used once. */
final class TypeWalk {
  private final DeserializationContext context;
  private final Set<JavaType> seen = new HashSet<>();

  TypeWalk(JsonMapper mapper) {
    this.context = mapper._deserializationContext();
  }

  /** What is wrong, with its place, and what to do; empty where all is fine. */
  Optional<String> problem(JavaType type, String path) {
    if (!seen.add(type) || type.isJavaLangObject() || type.isPrimitive()) {
      return Optional.empty();
    }
    if (type.isContainerType() || type.isReferenceType()) {
      return keyProblem(type, path).or(() -> contentProblem(type, path));
    }
    var named = type.getRawClass().getAnnotation(JsonTypeInfo.class);
    if (named != null) {
      return byClassName(named.use(), type, path);
    }
    return TypeRules.ofClass(type.getRawClass())
        .map(problem -> at(path) + problem)
        .or(() -> beanProblem(type, path));
  }

  private Optional<String> contentProblem(JavaType type, String path) {
    @Nullable JavaType content = type.getContentType();
    return content == null ? Optional.empty() : problem(content, path);
  }

  private Optional<String> keyProblem(JavaType type, String path) {
    @Nullable JavaType key = type.getKeyType();
    if (key == null || key.isJavaLangObject()) {
      return Optional.empty();
    }
    return isText(key)
        ? Optional.empty()
        : Optional.of(
            at(path) + "contains a map with keys of " + key.getRawClass().getName()
                + ", but keys are text in JSON: use String, an enum or the like, or a list of entries");
  }

  /** A record with one text could be read from a key, but is written by its toString, which is another text. */
  private boolean isText(JavaType key) {
    try {
      context.findKeyDeserializer(key, null);
    } catch (JacksonException e) {
      return false;
    }
    if (key.isEnumType() || key.getRawClass().getName().startsWith("java.")) {
      return true;
    }
    var bean = context.introspectBeanDescription(key);
    return bean.findJsonKeyAccessor() != null || bean.findJsonValueAccessor() != null;
  }

  private Optional<String> beanProblem(JavaType type, String path) {
    try {
      var reader = context.findRootValueDeserializer(type);
      if (reader instanceof AbstractDeserializer) {
        return Optional.of(at(path) + "contains " + type.getRawClass().getName()
            + ", which is abstract: use a class or a record");
      }
      if (!(reader instanceof BeanDeserializerBase bean)) {
        return Optional.empty();
      }
      if (!bean.getValueInstantiator().canInstantiate()) {
        return Optional.of(at(path) + "contains " + type.getRawClass().getName()
            + ", which has no constructor for JSON: make it a record, or give it a constructor without arguments or one"
            + " with @JsonCreator");
      }
      var properties = bean.properties();
      while (properties.hasNext()) {
        var property = properties.next();
        var inside = path.isEmpty() ? property.getName() : path + "." + property.getName();
        var problem = problem(property.getType(), inside);
        if (problem.isPresent()) {
          return problem;
        }
      }
      return Optional.empty();
    } catch (JacksonException e) {
      return Optional.of(at(path) + "contains " + type.getRawClass().getName()
          + ", which JSON cannot be read into: " + e.getOriginalMessage());
    }
  }

  private static Optional<String> byClassName(JsonTypeInfo.Id id, JavaType type, String path) {
    return switch (id) {
      case CLASS, MINIMAL_CLASS, CUSTOM ->
        Optional.of(at(path) + "contains "
            + type.getRawClass().getName() + ", whose subtypes the data would name by class: use"
            + " @JsonTypeInfo(use = NAME) with @JsonSubTypes");
      default -> Optional.empty();
    };
  }

  private static String at(String path) {
    return path.isEmpty() ? "" : "at " + path + " ";
  }
}
