package dev.reprise;

/** Code without a result that may fail with {@code X}. */
@FunctionalInterface
public interface Action<X extends Exception> {
  /** Runs the code. */
  void run() throws X;
}
