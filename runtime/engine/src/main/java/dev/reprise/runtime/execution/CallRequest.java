package dev.reprise.runtime.execution;

import dev.reprise.Options;
import dev.reprise.runtime.function.FunctionDefinition;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A call of a function from outside.
 *
 * @param arguments in the order of the parameters, already bound to their types
 * @param key the idempotency key; null for a random id
 * @param asynchronous whether the caller wants the call durable rather than ended
 * @param traceparent the W3C trace context to go on with
 * @param options where it is to wait before it is started; key and tags are not read from them
 */
public record CallRequest(
    FunctionDefinition function,
    List<@Nullable Object> arguments,
    @Nullable String key,
    String principal,
    Map<String, String> tags,
    boolean asynchronous,
    @Nullable String traceparent,
    Options options) {

  /** A call that is not to wait. */
  public CallRequest(
      FunctionDefinition function,
      List<@Nullable Object> arguments,
      @Nullable String key,
      String principal,
      Map<String, String> tags,
      boolean asynchronous,
      @Nullable String traceparent) {
    this(function, arguments, key, principal, tags, asynchronous, traceparent, Options.DEFAULT);
  }
}
