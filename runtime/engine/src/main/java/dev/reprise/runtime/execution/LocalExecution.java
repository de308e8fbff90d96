package dev.reprise.runtime.execution;

import dev.reprise.Execution;
import dev.reprise.ExecutionNotFoundException;
import dev.reprise.ExecutionStatus;
import dev.reprise.Invocation;
import dev.reprise.Options;
import dev.reprise.runtime.function.Application;
import dev.reprise.runtime.store.ExecutionRow;
import java.lang.invoke.MethodType;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** A handle for callers in this process. Thread-safe. */
public final class LocalExecution<T extends @Nullable Object> implements Execution<T> {
  private final LocalEngine engine;
  private final String id;
  private final Class<?> type;
  private final @Nullable CompletableFuture<ExecutionRow> settled;

  LocalExecution(LocalEngine engine, Submission submission) {
    this.engine = engine;
    this.id = submission.id();
    this.settled = submission.settled();
    this.type = Object.class;
  }

  private LocalExecution(LocalEngine engine, String id, Class<?> type) {
    this.engine = engine;
    this.id = id;
    this.settled = null;
    this.type = type;
  }

  /** Starts an execution and returns once it is durable. */
  public static <A, T extends @Nullable Object> Execution<T> start(
      LocalEngine engine,
      Application application,
      Class<A> functions,
      Invocation<A, T> call,
      Options options) {
    var captured = Captured.of(application, functions, call);
    var request = new CallRequest(
        captured.function(),
        captured.arguments(),
        options.id(),
        "",
        options.tags(),
        true,
        null,
        options);
    var submission = engine.submit(request);
    submission
        .settled()
        .cancel(false); // the handle asks when it is asked: nothing is kept for one that is dropped
    return new LocalExecution<>(engine, submission.id(), Object.class);
  }

  /**
   * The handle of an execution that exists.
   *
   * @param type what its result is read as, where the function gives something else
   * @throws ExecutionNotFoundException where there is none
   */
  public static <T extends @Nullable Object> Execution<T> of(
      LocalEngine engine, String id, Class<T> type) {
    if (engine.find(id).isEmpty()) {
      throw new ExecutionNotFoundException("there is no execution " + id);
    }
    return new LocalExecution<>(engine, id, type);
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public ExecutionStatus status() {
    return engine
        .find(id)
        .orElseThrow(() -> new ExecutionNotFoundException("there is no execution " + id))
        .status();
  }

  @Override
  @SuppressWarnings({"unchecked", "NullAway"}) // T says itself whether it may be null
  public T result() throws Exception {
    try {
      return (T) outcome();
    } catch (Throwable e) {
      throw Sneaky.raise(e);
    }
  }

  @Override
  public void cancel() {
    engine.cancel(id);
  }

  @Nullable
  Object outcome() throws Throwable {
    var row = await();
    var code = engine.codeOf(row);
    var result = Outcomes.of(row, code.application(), code.function());
    return result == null
            || row.output() == null
            || MethodType.methodType(type).wrap().returnType().isInstance(result)
        ? result
        : code.application().codec().decode(row.output(), type);
  }

  private ExecutionRow await() throws Throwable {
    var future = settled == null ? engine.whenSettled(id) : settled;
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw e.getCause() == null ? e : e.getCause();
    } catch (InterruptedException e) {
      future.cancel(false);
      throw e;
    }
  }
}
