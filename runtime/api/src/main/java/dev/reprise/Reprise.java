package dev.reprise;

import dev.reprise.spi.RuntimeFactory;
import dev.reprise.spi.RuntimeSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/**
 * The runtime, embedded in an application: a node that runs functions against a PostgreSQL database. Thread-safe; close
 * it once.
 */
public interface Reprise extends AutoCloseable {
  /** Begins a runtime. */
  static Builder builder() {
    return new Builder();
  }

  /**
   * An instance whose annotated methods start executions and wait for their result.
   *
   * @throws RegistrationException where the class is not registered
   */
  <A> A get(Class<A> functions);

  /** Starts an execution; returns once it is durable. */
  <A, T extends @Nullable Object> Execution<T> start(
      Class<A> functions, Invocation<A, T> call, Options options);

  /** Starts an execution under a random id. */
  default <A, T extends @Nullable Object> Execution<T> start(
      Class<A> functions, Invocation<A, T> call) {
    return start(functions, call, Options.DEFAULT);
  }

  /** Starts an execution of a function without result. */
  default <A> Execution<@Nullable Void> startVoid(
      Class<A> functions, VoidInvocation<A> call, Options options) {
    return start(functions, call.asInvocation(), options);
  }

  /** Starts an execution of a function without result under a random id. */
  default <A> Execution<@Nullable Void> startVoid(Class<A> functions, VoidInvocation<A> call) {
    return startVoid(functions, call, Options.DEFAULT);
  }

  /**
   * The execution of that id.
   *
   * @param resultType what the result is read as from its recorded JSON, where the function's own type is another
   * @throws ExecutionNotFoundException where there is none
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
    send(executionId, topic, message, Duration.ZERO);
  }

  /** The same; it can be received only after {@code delay}. */
  void send(String executionId, String topic, Object message, Duration delay);

  /**
   * The same; sent again under the same key it is one message.
   *
   * @param key unique among the messages to that execution; as an idempotency key
   * @throws IdempotencyConflictException the key was used for another message
   */
  void send(String executionId, String topic, Object message, String key);

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

  /** The port of the HTTP server; empty where none was asked for. */
  OptionalInt port();

  /** Stops taking work, waits for running calls within the grace period, gives the rest back to other nodes. */
  @Override
  void close();

  /** Collects what a runtime needs. Not thread-safe. */
  final class Builder {
    private @Nullable String url;
    private @Nullable String user;
    private @Nullable String password;
    private final List<Class<?>> functions = new ArrayList<>();
    private final Map<Class<?>, Object> bindings = new LinkedHashMap<>();
    private final Map<String, WorkQueue> queues = new LinkedHashMap<>();
    private @Nullable String version;
    private @Nullable Integer port;
    private Duration shutdownGrace = Duration.ofSeconds(25);

    private Builder() {}

    /**
     * The database, as a JDBC URL ({@code jdbc:postgresql://host:5432/name?user=..&password=..}). Without it
     * {@code REPRISE_DATABASE} is read; without that an embedded PostgreSQL keeps its data in {@code .reprise/}.
     */
    public Builder database(String jdbcUrl) {
      this.url = jdbcUrl;
      return this;
    }

    /** The database with credentials that do not stand in the URL. */
    public Builder database(String jdbcUrl, String user, String password) {
      this.url = jdbcUrl;
      this.user = user;
      this.password = password;
      return this;
    }

    /** Classes with annotated methods; they are checked when the runtime starts. */
    public Builder functions(Class<?>... classes) {
      functions.addAll(List.of(classes));
      return this;
    }

    /** An object to inject wherever a constructor asks for {@code type}. */
    public <X> Builder bind(Class<X> type, X instance) {
      if (bindings.putIfAbsent(type, instance) != null) {
        throw new IllegalArgumentException(type.getName() + " is bound already");
      }
      return this;
    }

    /**
     * Queues that executions may be put into by {@link Options#queue}.
     *
     * @throws IllegalArgumentException where one of that name was given already
     */
    public Builder queues(WorkQueue... declared) {
      for (var queue : declared) {
        if (queues.putIfAbsent(queue.name(), queue) != null) {
          throw new IllegalArgumentException("the queue " + queue.name() + " is declared already");
        }
      }
      return this;
    }

    /** Pins executions to this version of the code: only nodes of the same version go on with them. */
    public Builder version(String name) {
      this.version = name;
      return this;
    }

    /** Serves HTTP on this port of the loopback address; 0 for any free port. Without it there is no HTTP. */
    public Builder port(int httpPort) {
      this.port = httpPort;
      return this;
    }

    /** How long {@link Reprise#close()} waits for running calls; 25 s unless set. */
    public Builder shutdownGrace(Duration grace) {
      this.shutdownGrace = grace;
      return this;
    }

    /**
     * Starts the runtime: migrates the schema {@code reprise}, joins the cluster, goes on with what is unfinished.
     *
     * @throws RegistrationException for a class or method that cannot be made durable
     * @throws RepriseException where the database cannot be used; the message names what to do
     */
    public Reprise start() {
      var spec = new RuntimeSpec(
          url,
          user,
          password,
          List.copyOf(functions),
          Map.copyOf(bindings),
          List.copyOf(queues.values()),
          version,
          port,
          shutdownGrace);
      return ServiceLoader.load(RuntimeFactory.class, RuntimeFactory.class.getClassLoader())
          .findFirst()
          .orElseThrow(() -> new IllegalStateException(
              "no engine found: add dev.reprise:reprise-runtime to the class path"))
          .start(spec);
    }
  }
}
