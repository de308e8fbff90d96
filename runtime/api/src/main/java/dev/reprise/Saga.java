package dev.reprise;

import org.jspecify.annotations.Nullable;

/**
 * A straight-line saga (Garcia-Molina and Salem, 1987): actions with compensations that are run in reverse order when
 * the workflow throws, is cancelled or times out, or when {@link #compensate()} is called.
 *
 * <p>An action that is a {@code @Transaction} and threw needs no compensation and gets none. A {@code @Step} that threw
 * has an unknown outcome and is compensated too: its compensation must accept that the effect never happened. While a
 * compensation runs, {@link Durable#idempotencyKey()} is the key of the step it undoes, in the lambda and inside steps
 * called by it.
 *
 * <p>A compensation that fails is retried; when it keeps failing the execution is parked, visibly, and goes on there
 * after a resume. To be used by the branch that made it only.
 */
public interface Saga {
  /** Runs an action that gives a result; {@code undo} compensates it. */
  <T extends @Nullable Object, X extends Exception> T run(Call<T, X> action, Action<?> undo)
      throws X;

  /** Runs an action without result; {@code undo} compensates it. */
  <X extends Exception> void run(Action<X> action, Action<?> undo) throws X;

  /** Runs an action; its compensation is given the result, or null where the outcome of a step is unknown. */
  <T extends @Nullable Object, X extends Exception> T run(Call<T, X> action, Undo<T> undo) throws X;

  /** Runs the compensations now, the last first, and forgets them. The workflow goes on after it. */
  void compensate();

  /** A compensation that needs the result of what it undoes. */
  @FunctionalInterface
  interface Undo<T extends @Nullable Object> {
    /** Undoes the action that gave {@code result}; null where its outcome is unknown. */
    void run(@Nullable T result) throws Exception;
  }
}
