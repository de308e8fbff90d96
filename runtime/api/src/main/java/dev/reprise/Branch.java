package dev.reprise;

import org.jspecify.annotations.Nullable;

/** A part of a workflow that runs beside the others; made by {@link Durable#async}. */
public interface Branch<T extends @Nullable Object, X extends Exception> {
  /** Waits for the branch; gives its result or throws what it threw. May be called more than once. */
  T get() throws X;
}
