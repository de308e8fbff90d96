package dev.reprise.runtime.function;

import org.jspecify.annotations.Nullable;

/** Receives the calls of annotated methods on wrapped instances. Thread-safe. */
@FunctionalInterface
public interface Interceptor {
  /**
   * A call was made.
   *
   * @param arguments in the order of the parameters
   * @param body runs the author's own method, on the wrapped instance, with the arguments given
   * @return what the caller gets; for a method of a primitive type not null
   * @throws Throwable what the caller gets; checked exceptions need not be declared by the method
   */
  @Nullable
  Object call(FunctionDefinition function, @Nullable Object[] arguments, Body body)
      throws Throwable;

  /** The author's own method. */
  @FunctionalInterface
  interface Body {
    /** Runs it with the arguments. */
    @Nullable
    Object run(@Nullable Object[] arguments) throws Throwable;
  }
}
