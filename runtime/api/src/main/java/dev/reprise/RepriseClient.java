package dev.reprise;

import dev.reprise.spi.ClientFactory;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/**
 * Starts and follows executions from a process that runs none: over HTTP, or on the database alone. Functions are named as
 * they are over HTTP ({@code Checkout.pay}). Thread-safe; close it once.
 *
 * <p>Over the database nothing but rows is written, so that a start can be made while no server is up, and the end is asked
 * for again and again, at most once a second; arguments that do not fit are found when the execution runs, which then fails.
 * The schema {@code reprise} must be there.
 */
public interface RepriseClient extends AutoCloseable {
  /**
   * A client of a server.
   *
   * @param server like {@code http://127.0.0.1:8080}
   * @param token shown as bearer token; null for none
   */
  static RepriseClient http(URI server, @Nullable String token) {
    return factory().http(server, token);
  }

  /**
   * A client of a database.
   *
   * @param jdbcUrl {@code jdbc:postgresql://host:5432/name}
   * @param user null for that of the URL
   * @param password null for that of the URL, else of the password file
   * @throws RepriseException the database cannot be reached
   */
  static RepriseClient database(String jdbcUrl, @Nullable String user, @Nullable String password) {
    return factory().database(jdbcUrl, user, password);
  }

  /**
   * Starts an execution; returns once it is durable.
   *
   * @param function its name
   * @param arguments by position, to be written as JSON
   * @param resultType what the result is read as
   * @throws IdempotencyConflictException the id or the deduplication key belongs to another call
   * @throws UnknownQueueException there is no such queue
   * @throws RepriseException there is no such function, the arguments do not fit, or nobody answers
   */
  <T extends @Nullable Object> Execution<T> start(
      String function,
      List<? extends @Nullable Object> arguments,
      Class<T> resultType,
      Options options);

  /** Starts an execution under a random id. */
  default <T extends @Nullable Object> Execution<T> start(
      String function, List<? extends @Nullable Object> arguments, Class<T> resultType) {
    return start(function, arguments, resultType, Options.DEFAULT);
  }

  /**
   * The execution of that id. What a function threw comes as {@link FunctionException} that carries its type.
   *
   * @throws ExecutionNotFoundException there is none
   */
  <T extends @Nullable Object> Execution<T> execution(String id, Class<T> resultType);

  /**
   * Sends a message to an execution, which gets it by {@link Durable#receive}. It is durable when this returns; a
   * repetition is another message.
   *
   * @param topic 1-200 of {@code [A-Za-z0-9._:@=+-]}
   * @param message not null; written by its own class
   * @throws ExecutionNotFoundException there is no such execution
   * @throws ExecutionEndedException it has ended
   */
  default void send(String executionId, String topic, Object message) {
    send(executionId, topic, message, null);
  }

  /**
   * The same; sent again under the same key it is one message.
   *
   * @param key unique among the messages to that execution, as an idempotency key; null for none
   * @throws IdempotencyConflictException the key was used for another message
   */
  void send(String executionId, String topic, Object message, @Nullable String key);

  /**
   * Sends a message and waits for the answer of {@link Durable#receiveRequest}.
   *
   * @return empty where none came in time; the message stays
   * @throws RequestRefusedException it was refused
   * @throws ExecutionNotFoundException there is no such execution
   * @throws ExecutionEndedException it has ended, or ended without an answer
   * @throws InterruptedException the thread was interrupted while it waited
   */
  <R> Optional<R> request(
      String executionId, String topic, Object message, Class<R> answerType, Duration timeout)
      throws InterruptedException;

  /**
   * The latest value that an execution has published under a key; waits for the first.
   *
   * @return empty where there was none in time, or the execution has ended without one
   * @throws ExecutionNotFoundException there is no such execution
   * @throws InterruptedException the thread was interrupted while it waited
   */
  <T> Optional<T> event(String executionId, String key, Class<T> type, Duration timeout)
      throws InterruptedException;

  /**
   * Executions, the newest first.
   *
   * @param function null for all
   * @param status null for all
   * @param limit at most 1000
   */
  List<Summary> list(@Nullable String function, @Nullable ExecutionStatus status, int limit);

  /**
   * An execution in a list.
   *
   * @param completedAt null while it has not ended
   */
  record Summary(
      String id,
      String function,
      ExecutionStatus status,
      Instant createdAt,
      @Nullable Instant completedAt) {}

  @Override
  void close();

  private static ClientFactory factory() {
    return ServiceLoader.load(ClientFactory.class, ClientFactory.class.getClassLoader())
        .findFirst()
        .orElseThrow(() -> new IllegalStateException(
            "no client found: add dev.reprise:reprise-runtime to the class path"));
  }
}
