package dev.reprise.runtime.function;

import dev.reprise.RegistrationException;
import dev.reprise.runtime.json.JsonCodec;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;

/** What a method has to be, so that its calls can be intercepted and recorded. */
final class MethodRules {
  private MethodRules() {}

  /** Refuses the method, naming the remedy. */
  static void check(Class<?> type, Method method, JsonCodec codec) {
    int modifiers = method.getModifiers();
    if (Modifier.isStatic(modifiers)) {
      throw refuse(type, method, "is static: make it a method of the instance");
    }
    if (!Modifier.isPublic(modifiers)) {
      throw refuse(type, method, "is " + visibility(modifiers) + ": make it public");
    }
    if (Modifier.isFinal(modifiers)) {
      throw refuse(type, method, "is final: leave that out, Reprise overrides it");
    }
    if (Modifier.isAbstract(modifiers)) {
      throw refuse(type, method, "is abstract: annotate the method that implements it");
    }
    checkSignature(type, method, codec);
  }

  /** Refuses a method whose arguments or result cannot be recorded. */
  static void checkSignature(Class<?> type, Method method, JsonCodec codec) {
    var types = method.getGenericParameterTypes();
    for (int i = 0; i < types.length; i++) {
      var label = "parameter " + (i + 1) + " (" + types[i].getTypeName() + ")";
      codec.problem(types[i]).ifPresent(problem -> {
        throw refuse(type, method, "cannot be recorded: its " + label + " " + problem);
      });
    }
    var result = method.getGenericReturnType();
    if (result != void.class && result != Void.class) {
      codec.problem(result).ifPresent(problem -> {
        throw refuse(
            type,
            method,
            "cannot be recorded: its result (" + result.getTypeName() + ") " + problem);
      });
    }
  }

  private static String visibility(int modifiers) {
    if (Modifier.isPrivate(modifiers)) {
      return "private";
    }
    return Modifier.isProtected(modifiers) ? "protected" : "package-private";
  }

  private static RegistrationException refuse(Class<?> type, Method method, String problem) {
    return new RegistrationException(Labels.of(type, method) + " " + problem);
  }
}
