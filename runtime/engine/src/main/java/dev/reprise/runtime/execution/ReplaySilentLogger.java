package dev.reprise.runtime.execution;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;

/** A logger that says nothing while the log of an execution is replayed. */
final class ReplaySilentLogger {
  private ReplaySilentLogger() {}

  static Logger of(Logger logger, BooleanSupplier replaying) {
    return (Logger) Proxy.newProxyInstance(
        Logger.class.getClassLoader(),
        new Class<?>[] {Logger.class},
        (proxy, method, arguments) -> {
          boolean speaks =
              method.getReturnType() == void.class || method.getReturnType() == boolean.class;
          if (speaks && !method.getName().equals("equals") && replaying.getAsBoolean()) {
            return method.getReturnType() == boolean.class ? false : null;
          }
          try {
            return method.invoke(logger, arguments);
          } catch (InvocationTargetException e) {
            throw e.getCause() == null ? e : e.getCause();
          }
        });
  }
}
