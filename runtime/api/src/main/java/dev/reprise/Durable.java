package dev.reprise;

import dev.reprise.spi.CurrentExecution;
import dev.reprise.spi.ExecutionScope;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * What a workflow may use besides its functions. Every method throws {@link IllegalStateException} outside a running
 * execution, and where the kind of the running function does not allow it; the message names the remedy.
 */
public final class Durable {
  private Durable() {}

  /**
   * Runs {@code call} as a step without a method of its own, with the defaults of {@link Step}.
   *
   * @param name stands in the log for the function; it must not depend on anything that changes between runs
   */
  public static <T extends @Nullable Object, X extends Exception> T step(
      String name, Class<T> type, Call<T, X> call) throws X {
    return scope("step").step(name, (Type) type, call);
  }

  /** The same for a generic result type. */
  public static <T extends @Nullable Object, X extends Exception> T step(
      String name, TypeRef<T> type, Call<T, X> call) throws X {
    return scope("step").step(name, type.type(), call);
  }

  /** Runs {@code call} beside the rest of the workflow. Its operations have positions of their own. */
  public static <T extends @Nullable Object, X extends Exception> Branch<T, X> async(
      Call<T, X> call) {
    return scope("async").async(call);
  }

  /**
   * Waits for all branches, in the order of the list.
   *
   * @return their results in that order; the first exception in that order is thrown as it is, checked ones too
   */
  public static <T extends @Nullable Object> List<T> all(List<? extends Branch<T, ?>> branches) {
    return scope("all").all(branches);
  }

  /** Waits durably: without a thread, without a connection, across restarts. Zero or less returns at once. */
  public static void sleep(Duration duration) {
    scope("sleep").sleep(duration);
  }

  /**
   * The database time recorded with the last completed operation of this branch; before the first, the time at which the
   * execution was started. The same on every run.
   */
  public static Instant now() {
    return scope("now").now();
  }

  /** A random UUID that is the same on every run. */
  public static UUID uuid() {
    return scope("uuid").uuid();
  }

  /** A source of random numbers that gives the same sequence on every run. Not for secrets. */
  public static Random random() {
    return scope("random").random();
  }

  /** Inside a step: execution id and position, the same for every attempt. In a compensation: the key of the step it undoes. */
  public static String idempotencyKey() {
    return scope("idempotencyKey").idempotencyKey();
  }

  /** The id of the running execution. */
  public static String executionId() {
    return scope("executionId").executionId();
  }

  /** A new saga of this workflow. */
  public static Saga saga() {
    return scope("saga").saga();
  }

  /** Starts a child execution that runs beside this one; {@link Execution#result()} waits for it durably. */
  public static <A, T extends @Nullable Object> Execution<T> start(
      Class<A> functions, Invocation<A, T> call, Options options) {
    return scope("start").start(functions, call, options);
  }

  /** The same for a function without result. */
  public static <A> Execution<@Nullable Void> startVoid(
      Class<A> functions, VoidInvocation<A> call, Options options) {
    return scope("startVoid").start(functions, call.asInvocation(), options);
  }

  /** A logger that is silent while the log is replayed, so that a line appears once. */
  public static Logger logger(Class<?> type) {
    return scope("logger").logger(type);
  }

  private static ExecutionScope scope(String method) {
    var scope = CurrentExecution.get();
    if (scope == null) {
      throw new IllegalStateException("Durable." + method
          + " needs a running execution: call it from a @Workflow that Reprise runs, on the thread that Reprise gave it"
          + " (use Durable.async for parallel parts)");
    }
    return scope;
  }
}
