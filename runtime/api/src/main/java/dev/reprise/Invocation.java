package dev.reprise;

import org.jspecify.annotations.Nullable;

/**
 * Names the one call to start: {@code c -> c.checkout(order)}. It is evaluated against a recorder; what the called
 * function returns there is meaningless and must be returned unused.
 */
@FunctionalInterface
public interface Invocation<A, T extends @Nullable Object> {
  /** Makes exactly one call of an annotated method. */
  T on(A functions) throws Exception;
}
