package dev.reprise.runtime.function;

import java.lang.reflect.Constructor;

/**
 * Makes objects as deserialisation does, without running a constructor. By reflection, because the compiler warns of the
 * class that the JDK keeps for this purpose (module jdk.unsupported, JEP 260).
 */
final class WithoutConstructor {
  private WithoutConstructor() {}

  static Object create(Class<?> type) {
    try {
      var factory = Class.forName("sun.reflect.ReflectionFactory");
      var constructor = (Constructor<?>) factory
          .getMethod("newConstructorForSerialization", Class.class, Constructor.class)
          .invoke(
              factory.getMethod("getReflectionFactory").invoke(null),
              type,
              Object.class.getDeclaredConstructor());
      return constructor.newInstance();
    } catch (ReflectiveOperationException e) {
      throw Labels.refuse(
          Labels.of(type) + " cannot be stubbed: this Java lacks the module jdk.unsupported", e);
    }
  }
}
