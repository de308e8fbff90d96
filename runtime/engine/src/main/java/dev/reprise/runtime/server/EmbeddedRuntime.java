package dev.reprise.runtime.server;

import dev.reprise.Execution;
import dev.reprise.Invocation;
import dev.reprise.Options;
import dev.reprise.RegistrationException;
import dev.reprise.Reprise;
import dev.reprise.runtime.execution.LocalExecution;
import dev.reprise.runtime.execution.LocalPost;
import dev.reprise.runtime.function.Application;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** The runtime inside an application. */
public final class EmbeddedRuntime implements Reprise {
  private final Node node;
  private final Front front;
  private final LocalPost outside;

  /** On a running node; {@code front} serves HTTP and is closed with it. */
  public EmbeddedRuntime(Node node, Front front) {
    this.node = node;
    this.front = front;
    this.outside = new LocalPost(node.engine().post());
  }

  /** What serves HTTP, or nothing, and what has to be closed last. */
  public interface Front {
    /** The port; empty without HTTP. */
    OptionalInt port();

    /** Answers no more calls of functions. */
    void refuseNewWork();

    /** Answers those who wait with where their executions go on. */
    void answerWaiting();

    /** Closes it, after the node. */
    void close();
  }

  /** The node, for tests. */
  public Node node() {
    return node;
  }

  @Override
  public <A> A get(Class<A> functions) {
    return application(functions).client(functions);
  }

  @Override
  public <A, T extends @Nullable Object> Execution<T> start(
      Class<A> functions, Invocation<A, T> call, Options options) {
    return LocalExecution.start(node.engine(), application(functions), functions, call, options);
  }

  @Override
  public <T extends @Nullable Object> Execution<T> execution(String id, Class<T> resultType) {
    return LocalExecution.of(node.engine(), id, resultType);
  }

  @Override
  public void send(String executionId, String topic, Object message, Duration delay) {
    outside.send(executionId, topic, message, delay, null);
  }

  @Override
  public void send(String executionId, String topic, Object message, String key) {
    outside.send(executionId, topic, message, Duration.ZERO, Options.requireKey(key));
  }

  @Override
  public <R> Optional<R> request(
      String executionId, String topic, Object message, Class<R> answerType, Duration timeout)
      throws InterruptedException {
    return outside.request(executionId, topic, message, answerType, timeout);
  }

  @Override
  public <T> Optional<T> event(String executionId, String key, Class<T> type, Duration timeout)
      throws InterruptedException {
    return outside.event(executionId, key, type, timeout);
  }

  @Override
  public OptionalInt port() {
    return front.port();
  }

  private Application application(Class<?> functions) {
    return node.catalog()
        .applicationOf(functions)
        .orElseThrow(() -> new RegistrationException(
            functions.getName() + " is not registered: give it to the builder with functions("
                + functions.getSimpleName() + ".class)"));
  }

  @Override
  public void close() {
    front.refuseNewWork();
    node.close(front::answerWaiting);
    front.close();
  }
}
