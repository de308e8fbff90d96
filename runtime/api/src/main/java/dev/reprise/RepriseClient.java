package dev.reprise;

import dev.reprise.spi.ClientFactory;
import java.net.URI;
import java.time.Instant;
import java.util.List;
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
