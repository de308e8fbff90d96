package dev.reprise.runtime.function;

import dev.reprise.RegistrationException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Method;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The authors' own methods as method handles, so that a call costs no reflection. */
final class AuthorMethods {
  private static final MethodType UNIFORM =
      MethodType.methodType(Object.class, Object.class, Object[].class);

  private AuthorMethods() {}

  /** The method as the superclass of the wrapped instance has it, past the override. */
  static Interceptor.Body ofSuperclass(Object instance, Class<?> type, Method method) {
    try {
      var generated = instance.getClass();
      var handle = MethodHandles.privateLookupIn(generated, MethodHandles.lookup())
          .findSpecial(
              type,
              method.getName(),
              MethodType.methodType(method.getReturnType(), method.getParameterTypes()),
              generated);
      return body(handle, instance, method);
    } catch (ReflectiveOperationException e) {
      throw Labels.refuse(Labels.of(type, method) + " cannot be reached", e);
    }
  }

  /** The method of that name and those parameters that a stub has. */
  static Interceptor.Body ofStub(Object stub, Class<?> type, Method method) {
    try {
      var stubbing = find(stub.getClass(), method);
      if (stubbing == null || !isCompatible(stubbing.getReturnType(), method.getReturnType())) {
        throw new RegistrationException("the stub " + Labels.of(stub.getClass()) + " for "
            + Labels.of(type) + " has no method " + method.getReturnType().getSimpleName() + " "
            + method.getName() + " with the same parameters: add it");
      }
      stubbing.setAccessible(true);
      return body(MethodHandles.lookup().unreflect(stubbing), stub, stubbing);
    } catch (IllegalAccessException | InaccessibleObjectException e) {
      throw Labels.refuse(
          "the stub " + Labels.of(stub.getClass()) + " is closed to Reprise: open its package", e);
    }
  }

  private static @Nullable Method find(Class<?> stub, Method method) {
    for (Class<?> c = stub; c != null; c = c.getSuperclass()) {
      for (var candidate : c.getDeclaredMethods()) {
        if (!candidate.isBridge()
            && candidate.getName().equals(method.getName())
            && Arrays.equals(candidate.getParameterTypes(), method.getParameterTypes())) {
          return candidate;
        }
      }
    }
    return null;
  }

  private static boolean isCompatible(Class<?> given, Class<?> wanted) {
    return wanted == void.class
        || MethodType.methodType(wanted)
            .wrap()
            .returnType()
            .isAssignableFrom(MethodType.methodType(given).wrap().returnType());
  }

  private static Interceptor.Body body(MethodHandle handle, Object instance, Method method) {
    var uniform = handle
        .asFixedArity()
        .asSpreader(1, Object[].class, method.getParameterCount())
        .asType(UNIFORM);
    return arguments -> uniform.invokeExact(instance, arguments);
  }
}
