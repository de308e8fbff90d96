package dev.reprise.runtime.execution;

import dev.reprise.Branch;
import dev.reprise.Call;
import dev.reprise.Execution;
import dev.reprise.Invocation;
import dev.reprise.Options;
import dev.reprise.Request;
import dev.reprise.Saga;
import dev.reprise.runtime.store.Position;
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
import org.slf4j.LoggerFactory;

/** What {@code Durable} can do inside a transaction or a step: tell who and when, but nothing that is durable itself. */
abstract class LeafScope implements ExecutionScope {
  private final String place;
  private final String executionId;
  private final String key;
  private final Instant now;
  private final Derivation derived;

  /** For a call at {@code position}; {@code place} names it in refusals. */
  LeafScope(WorkflowScope within, Position position, String place) {
    this.place = place;
    this.executionId = within.executionId();
    this.key = within.keyAt(position);
    this.now = within.now();
    this.derived = new Derivation(within.run().identity().execution(), position);
  }

  /** The exception for a durable call that this scope cannot make. */
  IllegalStateException refusal(String what) {
    return new RefusedCallException(what + " is not possible inside " + place
        + ": call it from the @Workflow, before or after");
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T step(
      String name, Type type, Call<T, X> call) {
    throw refusal("a step (" + name + ")");
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> Branch<T, X> async(Call<T, X> call) {
    throw refusal("Durable.async");
  }

  @Override
  public <T extends @Nullable Object> List<T> all(List<? extends Branch<T, ?>> branches) {
    throw refusal("Durable.all");
  }

  @Override
  public void sleep(Duration duration) {
    throw refusal("Durable.sleep");
  }

  @Override
  public <T> Optional<T> receive(String topic, Type type, Duration timeout) {
    throw refusal("Durable.receive");
  }

  @Override
  public <M> Optional<Request<M>> receiveRequest(String topic, Type type, Duration timeout) {
    throw refusal("Durable.receiveRequest");
  }

  @Override
  public void send(String executionIdTo, String topic, Object message, Duration delay) {
    throw refusal("Durable.send");
  }

  @Override
  public void publish(String eventKey, Object value) {
    throw refusal("Durable.publish");
  }

  @Override
  public boolean patched(String changeId) {
    throw refusal("Durable.patched");
  }

  @Override
  public void continueAsNew(@Nullable Object... arguments) {
    throw refusal("Durable.continueAsNew");
  }

  @Override
  public Saga saga() {
    throw refusal("Durable.saga");
  }

  @Override
  public <A, T extends @Nullable Object> Execution<T> start(
      Class<A> functions, Invocation<A, T> call, Options options) {
    throw refusal("Durable.start");
  }

  @Override
  public Instant now() {
    return now;
  }

  @Override
  public UUID uuid() {
    return derived.uuid();
  }

  @Override
  public Random random() {
    return derived.random();
  }

  @Override
  public String idempotencyKey() {
    return key;
  }

  @Override
  public String executionId() {
    return executionId;
  }

  @Override
  public Logger logger(Class<?> type) {
    return LoggerFactory.getLogger(type);
  }
}
