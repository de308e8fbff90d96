package dev.reprise;

import dev.reprise.spi.CurrentExecution;
import dev.reprise.spi.ExecutionScope;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
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

  /**
   * Waits durably for the next message of a topic. Each message is given to one call, in the order in which they were
   * accepted, also those that were sent before. The time by which the wait ends is recorded when it begins.
   *
   * @param topic 1-200 of {@code [A-Za-z0-9._:@=+-]}
   * @param type what the message is read as; one that does not fit throws, here and on every replay
   * @param timeout zero or less takes only what is there
   * @return empty where none came in time
   */
  public static <T> Optional<T> receive(String topic, Class<T> type, Duration timeout) {
    return scope("receive").receive(topic, type, timeout);
  }

  /** The same for a generic type. */
  public static <T> Optional<T> receive(String topic, TypeRef<T> type, Duration timeout) {
    return scope("receive").receive(topic, type.type(), timeout);
  }

  /** As {@link #receive(String, Class, Duration)}, for a message whose sender waits for an answer. */
  public static <M> Optional<Request<M>> receiveRequest(
      String topic, Class<M> type, Duration timeout) {
    return scope("receiveRequest").receiveRequest(topic, type, timeout);
  }

  /** The same for a generic type. */
  public static <M> Optional<Request<M>> receiveRequest(
      String topic, TypeRef<M> type, Duration timeout) {
    return scope("receiveRequest").receiveRequest(topic, type.type(), timeout);
  }

  /**
   * Sends a message to an execution, this one included: accepted, exactly once, when it returns.
   *
   * @param message not null; written by its own class
   * @throws ExecutionNotFoundException there is no such execution
   * @throws ExecutionEndedException the execution has ended
   */
  public static void send(String executionId, String topic, Object message) {
    send(executionId, topic, message, Duration.ZERO);
  }

  /** The same; it can be received only after {@code delay}. */
  public static void send(String executionId, String topic, Object message, Duration delay) {
    scope("send").send(executionId, topic, message, delay);
  }

  /**
   * Tells the outside something, exactly once: the latest value of a key can be read as long as the execution is kept, and
   * all values in order as a stream.
   *
   * @param key 1-200 of {@code [A-Za-z0-9._:@=+-]}
   * @param value not null; written by its own class
   */
  public static void publish(String key, Object value) {
    scope("publish").publish(key, value);
  }

  /**
   * Whether an execution takes the way of changed code: true where it comes here with the new code first, which is recorded;
   * false where it passed here before the change. The same for every question with this id in a branch and in branches
   * begun after it; ask before branches part where all have to agree.
   *
   * @param changeId names the change, for ever: 1-200 of {@code [A-Za-z0-9._:@=+-]}
   */
  public static boolean patched(String changeId) {
    return scope("patched").patched(changeId);
  }

  /**
   * Ends this run of the workflow and begins it again, under the same id, with other arguments and an empty log. Who waits
   * for its result waits on; messages that were not received, and events, stay. Sagas count as done. Never returns: it
   * throws an error that must pass.
   *
   * @param arguments those of the workflow's own method
   * @throws IllegalArgumentException they do not fit its parameters
   * @throws IllegalStateException a parallel branch calls it, or one is still at work
   */
  public static void continueAsNew(@Nullable Object... arguments) {
    scope("continueAsNew").continueAsNew(arguments);
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
