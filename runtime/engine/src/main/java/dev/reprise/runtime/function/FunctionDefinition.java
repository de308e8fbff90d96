package dev.reprise.runtime.function;

import dev.reprise.runtime.store.FunctionKind;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One function: an annotated method that was found fit to be durable. Immutable.
 *
 * @param name as in calls, logs and routes
 * @param version the deployment it belongs to; null where executions are not pinned
 * @param policy what its annotation says
 */
public record FunctionDefinition(
    String name,
    Policy policy,
    Method method,
    List<Parameter> parameters,
    @Nullable String version) {
  /** Which kind of function it is. */
  public FunctionKind kind() {
    return policy.kind();
  }

  /** The generic types of the parameters, in their order. */
  public List<java.lang.reflect.Type> parameterTypes() {
    return parameters.stream().map(Parameter::type).toList();
  }

  /** When it is started without being called; empty where it is not scheduled. */
  public Optional<Schedule> schedule() {
    return Schedule.of(method);
  }
}
