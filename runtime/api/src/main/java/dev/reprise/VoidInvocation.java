package dev.reprise;

import org.jspecify.annotations.Nullable;

/** Names the one call to start, of a method without result: {@code c -> c.remind(order)}. */
@FunctionalInterface
public interface VoidInvocation<A> {
  /** Makes exactly one call of an annotated method. */
  void on(A functions) throws Exception;

  /** The same as an invocation whose result is null. */
  @SuppressWarnings("NullAway") // the checker does not read nullness of type arguments
  default Invocation<A, @Nullable Void> asInvocation() {
    return functions -> {
      on(functions);
      return null;
    };
  }
}
