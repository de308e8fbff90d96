package dev.reprise.runtime.postgres;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * The guarded face of one object of the driver. Everything that leads from it to another object of the driver gives that
 * one's guarded face, so that user code never holds the real connection.
 */
abstract class Guard implements InvocationHandler {
  private static final Object[] NO_ARGUMENTS = {};

  private final Object target;

  Guard(Object target) {
    this.target = target;
  }

  static <T> T proxy(Class<T> type, Guard guard) {
    return type.cast(
        Proxy.newProxyInstance(Guard.class.getClassLoader(), new Class<?>[] {type}, guard));
  }

  /** What the method does on the guarded face. */
  abstract @Nullable Object intercept(Object proxy, Method method, Object[] arguments)
      throws Throwable;

  @Override
  public final @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] given)
      throws Throwable {
    Object[] arguments = given == null ? NO_ARGUMENTS : given;
    if (method.getDeclaringClass() == Object.class) {
      return ofObject(proxy, method, arguments);
    }
    return switch (method.getName()) {
      case "unwrap" -> unwrap(proxy, (Class<?>) arguments[0]);
      case "isWrapperFor" -> ((Class<?>) arguments[0]).isInstance(proxy);
      default -> intercept(proxy, method, arguments);
    };
  }

  /** Calls the driver; the guarded faces among the arguments are replaced by what they guard. */
  final @Nullable Object call(Method method, Object[] arguments) throws Throwable {
    for (int i = 0; i < arguments.length; i++) {
      if (arguments[i] instanceof Proxy proxy
          && Proxy.getInvocationHandler(proxy) instanceof Guard guard) {
        arguments[i] = guard.target;
      }
    }
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause() == null ? e : e.getCause();
    }
  }

  private static Object unwrap(Object proxy, Class<?> type) throws SQLException {
    if (type.isInstance(proxy)) {
      return proxy;
    }
    throw new SQLException("there is no " + type.getName()
        + " to be had from a connection bound to a function's transaction: the driver's own objects could"
        + " end the transaction; use the interfaces of java.sql");
  }

  private Object ofObject(Object proxy, Method method, Object[] arguments) {
    return switch (method.getName()) {
      case "equals" -> proxy == arguments[0];
      case "hashCode" -> System.identityHashCode(proxy);
      default ->
        "bound " + target.getClass().getSimpleName() + "@"
            + Integer.toHexString(System.identityHashCode(proxy));
    };
  }
}
