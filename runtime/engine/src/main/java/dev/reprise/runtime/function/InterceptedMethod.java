package dev.reprise.runtime.function;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/** Hands the calls of one overridden method to the interceptor. */
final class InterceptedMethod implements InvocationHandler {
  private static final @Nullable Object[] NO_ARGUMENTS = {};

  private final FunctionDefinition function;
  private final Interceptor interceptor;
  private volatile Interceptor.@Nullable Body body;

  InterceptedMethod(FunctionDefinition function, Interceptor interceptor) {
    this.function = function;
    this.interceptor = interceptor;
  }

  FunctionDefinition function() {
    return function;
  }

  /** Lets calls through, to be done once the constructor has run. */
  void open(Interceptor.Body authorsMethod) {
    body = authorsMethod;
  }

  @Override
  public @Nullable Object invoke(
      Object instance, Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
    var authorsMethod = body;
    if (authorsMethod == null) {
      throw new IllegalStateException(
          function.name()
              + " was called in the constructor of its own class, where nothing is durable: call it from a @Workflow");
    }
    return interceptor.call(function, arguments == null ? NO_ARGUMENTS : arguments, authorsMethod);
  }
}
