package dev.reprise.runtime.json;

import java.io.Closeable;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.sql.Wrapper;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.locks.Lock;
import java.util.stream.BaseStream;
import java.util.stream.Stream;

/** Which types cannot become JSON and come back as what they were, as far as the types alone tell. */
final class TypeRules {
  private static final List<Class<?>> ALIVE = List.of(
      Closeable.class,
      Wrapper.class,
      Thread.class,
      Class.class,
      ClassLoader.class,
      BaseStream.class,
      Future.class,
      CompletionStage.class,
      Executor.class,
      Lock.class,
      Iterator.class,
      Throwable.class,
      AnnotatedElement.class);

  private static final List<String> ALIVE_PACKAGES = List.of(
      "java.lang.invoke.",
      "java.lang.reflect.",
      "java.lang.ref.",
      "java.util.function.",
      "java.sql.",
      "javax.sql.",
      "org.slf4j.",
      "dev.reprise.spi.");

  private static final List<String> SQL_VALUES =
      List.of("java.sql.Date", "java.sql.Time", "java.sql.Timestamp");

  private TypeRules() {}

  /** What is wrong with the type and what to do; empty where it is fine. */
  static Optional<String> problem(Type type) {
    return type == Object.class
        ? Optional.of("is Object, which JSON cannot be turned back into: name a class or a record")
        : nested(type);
  }

  private static Optional<String> nested(Type type) {
    if (type instanceof TypeVariable<?> || type instanceof WildcardType) {
      return Optional.of(
          "contains " + type + ", which is not known at run time: name a class or a record");
    }
    if (type instanceof GenericArrayType array) {
      return nested(array.getGenericComponentType());
    }
    if (type instanceof ParameterizedType generic) {
      return ofClass((Class<?>) generic.getRawType())
          .or(() -> Arrays.stream(generic.getActualTypeArguments())
              .map(TypeRules::nested)
              .flatMap(Optional::stream)
              .findFirst());
    }
    var plain = (Class<?>) type;
    if (plain.isArray()) {
      return nested(plain.getComponentType());
    }
    if (plain.getTypeParameters().length > 0 && ofClass(plain).isEmpty()) {
      return Optional.of("contains " + plain.getSimpleName() + " without type arguments: write "
          + plain.getSimpleName() + "<..>");
    }
    return ofClass(plain);
  }

  /** The same for a class within another. */
  static Optional<String> ofClass(Class<?> type) {
    if (isAlive(type)) {
      return Optional.of(
          "contains " + type.getName()
              + ", which JSON cannot hold: hand over data (a record, a list, text), and get services by the constructor");
    }
    boolean isAbstract = !type.isPrimitive()
        && !type.isEnum()
        && (type.isInterface() || Modifier.isAbstract(type.getModifiers()));
    if (isAbstract && !type.getName().startsWith("java.") && !hasJacksonAnnotation(type)) {
      return Optional.of("contains " + type.getName()
          + ", which is abstract: use a class or a record, or name its subtypes with @JsonTypeInfo(use = NAME) and"
          + " @JsonSubTypes");
    }
    return Optional.empty();
  }

  private static boolean isAlive(Class<?> type) {
    if (SQL_VALUES.contains(type.getName())) {
      return false;
    }
    return ALIVE.stream().anyMatch(alive -> alive.isAssignableFrom(type))
        || type == Runnable.class
        || type.isAnnotationPresent(FunctionalInterface.class)
        || ALIVE_PACKAGES.stream().anyMatch(type.getName()::startsWith)
        || (type.getPackageName().equals("dev.reprise") && !type.isEnum());
  }

  private static boolean hasJacksonAnnotation(Class<?> type) {
    return Stream.of(type.getAnnotations())
        .map(Annotation::annotationType)
        .map(Class::getPackageName)
        .anyMatch(name -> name.equals("com.fasterxml.jackson.annotation")
            || name.equals("tools.jackson.databind.annotation"));
  }
}
