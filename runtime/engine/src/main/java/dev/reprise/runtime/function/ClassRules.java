package dev.reprise.runtime.function;

import dev.reprise.RegistrationException;
import java.lang.reflect.Modifier;

/** What a class of functions has to be: public, not final, with one public constructor. */
final class ClassRules {
  private ClassRules() {}

  /** Refuses the class, naming the remedy. */
  static void check(Class<?> type) {
    int modifiers = type.getModifiers();
    if (type.isPrimitive() || type.isArray() || type.isAnnotation()) {
      throw refuse(type, "is no class: functions are methods of public classes");
    }
    if (type.isRecord()) {
      throw refuse(type, "is a record, which has no subclasses: make it a public class");
    }
    if (type.isEnum()) {
      throw refuse(type, "is an enum, which has no subclasses: make it a public class");
    }
    if (type.isInterface()) {
      throw refuse(type, "is an interface: register the class that implements it");
    }
    if (type.isLocalClass() || type.isAnonymousClass() || type.isHidden()) {
      throw refuse(type, "is a local class: make it a top-level or a static nested class");
    }
    if (type.isMemberClass() && !Modifier.isStatic(modifiers)) {
      throw refuse(type, "is an inner class: make it static");
    }
    if (!Modifier.isPublic(modifiers)) {
      throw refuse(type, "is not public: make it public");
    }
    if (Modifier.isAbstract(modifiers)) {
      throw refuse(type, "is abstract: register a class that extends it");
    }
    if (type.isSealed() || Modifier.isFinal(modifiers)) {
      throw refuse(
          type,
          (type.isSealed() ? "is sealed" : "is final")
              + ": leave that out, Reprise makes a subclass of it");
    }
    checkConstructor(type);
  }

  private static void checkConstructor(Class<?> type) {
    var constructors = type.getConstructors();
    if (constructors.length != 1) {
      throw refuse(
          type,
          (constructors.length == 0
                  ? "has no public constructor"
                  : "has " + constructors.length + " public constructors")
              + ": give it exactly one, which takes what is to be injected");
    }
    for (var parameter : constructors[0].getParameterTypes()) {
      if (parameter.isPrimitive()) {
        throw refuse(
            type,
            "asks for a primitive " + parameter.getName()
                + " in its constructor: bind an object that holds the value");
      }
    }
  }

  private static RegistrationException refuse(Class<?> type, String problem) {
    return new RegistrationException(Labels.of(type) + " " + problem);
  }
}
