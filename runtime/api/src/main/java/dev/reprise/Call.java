package dev.reprise;

import org.jspecify.annotations.Nullable;

/** Code with a result that may fail with {@code X}. */
@FunctionalInterface
public interface Call<T extends @Nullable Object, X extends Exception> {
  /** Runs the code. */
  T run() throws X;
}
