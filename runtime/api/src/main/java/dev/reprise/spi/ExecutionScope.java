package dev.reprise.spi;

import dev.reprise.Branch;
import dev.reprise.Call;
import dev.reprise.Execution;
import dev.reprise.Invocation;
import dev.reprise.Options;
import dev.reprise.Request;
import dev.reprise.Saga;
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
 * What {@link dev.reprise.Durable} asks of the running execution. Each kind of running function (workflow, transaction,
 * step) implements what it allows and refuses the rest with {@link IllegalStateException}.
 */
public interface ExecutionScope {
  <T extends @Nullable Object, X extends Exception> T step(String name, Type type, Call<T, X> call)
      throws X;

  <T extends @Nullable Object, X extends Exception> Branch<T, X> async(Call<T, X> call);

  <T extends @Nullable Object> List<T> all(List<? extends Branch<T, ?>> branches);

  void sleep(Duration duration);

  Instant now();

  UUID uuid();

  Random random();

  String idempotencyKey();

  String executionId();

  Saga saga();

  <A, T extends @Nullable Object> Execution<T> start(
      Class<A> functions, Invocation<A, T> call, Options options);

  <T> Optional<T> receive(String topic, Type type, Duration timeout);

  <M> Optional<Request<M>> receiveRequest(String topic, Type type, Duration timeout);

  void send(String executionId, String topic, Object message, Duration delay);

  void publish(String key, Object value);

  boolean patched(String changeId);

  void continueAsNew(@Nullable Object... arguments);

  Logger logger(Class<?> type);
}
