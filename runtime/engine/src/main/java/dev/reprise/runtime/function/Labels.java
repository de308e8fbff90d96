package dev.reprise.runtime.function;

import dev.reprise.RegistrationException;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/** How classes and methods are named in errors, as in source code. */
final class Labels {
  private Labels() {}

  static String of(Class<?> type) {
    var canonical = type.getCanonicalName();
    return canonical == null ? type.getName() : canonical;
  }

  static String of(Class<?> type, Method method) {
    return of(type) + "." + method.getName();
  }

  static RegistrationException refuse(String message, @Nullable Throwable cause) {
    var refusal = new RegistrationException(message);
    refusal.initCause(cause);
    return refusal;
  }
}
