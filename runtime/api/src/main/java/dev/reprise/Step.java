package dev.reprise;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A side effect outside the database: a call of another service, a file, a mail. It happens at least once; its outcome
 * is recorded once. Give {@link Durable#idempotencyKey()} to the other side, which makes the effect exactly once there.
 *
 * <p>No durable call is possible inside a step. Durations are written as {@code 500ms}, {@code 30s}, {@code 5m},
 * {@code 2h}, {@code 1d} or in ISO-8601 ({@code PT30S}).
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface Step {
  /** How often the step is tried in all, at least 1. */
  int maxAttempts() default 5;

  /** The pause before the second attempt. */
  String initialInterval() default "1s";

  /** By what the pause is multiplied after each further attempt, at least 1. */
  double backoff() default 2.0;

  /** The longest pause between two attempts. */
  String maxInterval() default "1m";

  /**
   * How long one attempt may take. Its thread is then interrupted and the attempt counts as failed with
   * {@link StepTimeoutException}.
   */
  String timeout() default "30s";

  /** Exceptions (and their subclasses) that end the step at once. */
  Class<? extends Throwable>[] noRetryFor() default {};
}
