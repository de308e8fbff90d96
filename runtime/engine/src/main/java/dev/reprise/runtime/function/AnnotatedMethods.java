package dev.reprise.runtime.function;

import dev.reprise.RegistrationException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The annotated methods of a class and its superclasses. What the compiler made (bridges) is ignored. Where a method
 * overrides an annotated one without being annotated itself, the class is refused: it would silently not be durable.
 */
final class AnnotatedMethods {
  private final Class<?> type;
  private final List<Method> found = new ArrayList<>();
  private final Map<Signature, Method> overriding = new HashMap<>();

  private AnnotatedMethods(Class<?> type) {
    this.type = type;
  }

  /** The methods, in an order that is the same in every JVM. */
  static List<Method> of(Class<?> type) {
    var methods = new AnnotatedMethods(type);
    for (Class<?> c = type; c != null && c != Object.class; c = c.getSuperclass()) {
      methods.add(c);
    }
    interfaces(type).forEach(methods::refuseAnnotated);
    return methods.found;
  }

  private void add(Class<?> declaring) {
    var declared = declaring.getDeclaredMethods();
    Arrays.sort(declared, Comparator.comparing(Method::getName).thenComparing(Method::toString));
    var overridable = new HashMap<Signature, Method>();
    for (var method : declared) {
      boolean made = method.isBridge() || method.isSynthetic();
      if (!made && Policies.isAnnotated(method)) {
        var override = overriding.get(Signature.of(method));
        if (override == null) {
          found.add(method);
        } else if (!Policies.isAnnotated(override)) {
          throw new RegistrationException(Labels.of(type, override) + " overrides the annotated "
              + Labels.of(declaring, method) + " without an annotation: annotate it too");
        }
      }
      if (!isOfAnotherClass(method) && !Modifier.isPrivate(method.getModifiers())) {
        overridable.put(Signature.of(method), method);
      }
    }
    overridable.forEach(overriding::putIfAbsent);
  }

  /**
   * A bridge that only makes a method of a superclass visible (javac writes it where that class is not public) stands
   * for that method; a bridge to an override of its own class stands for the override.
   */
  private static boolean isOfAnotherClass(Method method) {
    return method.isBridge()
        && Arrays.stream(method.getDeclaringClass().getDeclaredMethods())
            .noneMatch(other -> !other.isBridge() && leadsTo(method, other));
  }

  private static boolean leadsTo(Method bridge, Method target) {
    return target.getName().equals(bridge.getName())
        && target.getParameterCount() == bridge.getParameterCount()
        && bridge.getReturnType().isAssignableFrom(target.getReturnType())
        && IntStream.range(0, bridge.getParameterCount())
            .allMatch(
                i -> bridge.getParameterTypes()[i].isAssignableFrom(target.getParameterTypes()[i]));
  }

  private void refuseAnnotated(Class<?> declaring) {
    for (var method : declaring.getDeclaredMethods()) {
      var override = overriding.get(Signature.of(method));
      if (Policies.isAnnotated(method)
          && !method.isSynthetic()
          && (override == null || !Policies.isAnnotated(override))) {
        throw new RegistrationException(Labels.of(declaring, method)
            + " is annotated, but annotations of interfaces do not count: annotate the method of "
            + Labels.of(type));
      }
    }
  }

  private static Set<Class<?>> interfaces(Class<?> type) {
    var all = new LinkedHashSet<Class<?>>();
    for (Class<?> c = type; c != null; c = c.getSuperclass()) {
      for (var direct : c.getInterfaces()) {
        all.add(direct);
        all.addAll(interfaces(direct));
      }
    }
    return all;
  }

  private record Signature(String name, List<Class<?>> parameters) {
    static Signature of(Method method) {
      return new Signature(method.getName(), List.of(method.getParameterTypes()));
    }
  }
}
