package dev.reprise.runtime.execution;

import dev.reprise.runtime.function.FunctionDefinition;
import dev.reprise.runtime.json.JsonCodec;
import dev.reprise.runtime.json.NotSerializableException;
import dev.reprise.runtime.json.UnreadableJsonException;
import dev.reprise.runtime.store.Continuation;
import dev.reprise.runtime.store.JointWrite;
import dev.reprise.runtime.store.LogWrite;
import dev.reprise.runtime.store.OperationKind;
import dev.reprise.runtime.store.OperationRow;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code Durable.continueAsNew}: checks that it is possible, stops the run, and is its last act. */
final class Continuing {
  private static final Logger LOG = LoggerFactory.getLogger(Continuing.class);

  private final WorkflowScope scope;
  private final Run run;

  Continuing(WorkflowScope scope) {
    this.scope = scope;
    this.run = scope.run();
  }

  /**
   * How the run goes on.
   *
   * @param row of the log that is closing, its last
   * @param input the arguments of the new run
   */
  record Next(OperationRow row, String input) {}

  /** Never returns. */
  void with(@Nullable Object[] arguments) {
    run.requireGoingForCall();
    requirePossible();
    var function = run.function();
    var input = input(function, arguments);
    long hash = JsonCodec.hash(input);
    var log = scope.log();
    var row = log.enter(OperationKind.CONTINUE, function.name(), hash);
    if (row == null) {
      var made = row(function.name(), hash);
      row = run.stage() == null
          ? made
          : run.beyond(scope.newCall(
              OperationKind.CONTINUE, function.name(), hash, input, null, null, null, () -> made));
    }
    throw run.continueWith(new Next(row, input));
  }

  /**
   * The end of such a run: its last operation and the row of the new execution are one commit with its own end.
   *
   * @return the internal id of the new one; empty where the execution may not go on, or another runner was first
   */
  Optional<UUID> finish() {
    var next = run.next();
    if (next == null) {
      throw new IllegalStateException("continued without arguments");
    }
    var services = run.services();
    var execution = run.identity().execution();
    var rows = new ArrayList<>(scope.log().takeBuffer());
    rows.add(next.row());
    boolean bearing = run.beginBirth();
    Optional<UUID> successor = Optional.empty();
    try {
      var birth = bearing ? run.newborn() : null;
      successor = services
          .joint()
          .write(
              new LogWrite(execution, run.owner(), birth, rows, List.of(), null),
              connection -> new Continuation(services.clock())
                  .apply(
                      connection,
                      execution,
                      run.owner(),
                      new TimeOrderedIds().next(),
                      next.input()));
    } catch (JointWrite.Refused e) {
      LOG.debug("execution {} cannot go on as a new one now", run.identity().id(), e);
    } finally {
      if (bearing) {
        run.birth().end(successor.isPresent());
      }
    }
    return successor;
  }

  private void requirePossible() {
    if (scope.log().prefix() != null) {
      throw new IllegalStateException(
          "Durable.continueAsNew ends the whole workflow: call it outside Durable.async");
    }
    if (scope.isUndoing()) {
      throw new IllegalStateException("Durable.continueAsNew is not possible in a compensation");
    }
    if (!run.forks().stream().allMatch(Fork::isAdopted)) {
      throw new IllegalStateException(
          "Durable.continueAsNew ends the whole workflow: wait for all its branches before, with Durable.all");
    }
  }

  private String input(FunctionDefinition function, @Nullable Object[] arguments) {
    var types = function.parameterTypes();
    if (arguments.length != types.size()) {
      throw new IllegalArgumentException("Durable.continueAsNew has " + arguments.length
          + " arguments, but " + function.name() + " has " + types.size() + " parameters");
    }
    for (int i = 0; i < arguments.length; i++) {
      requireFits(function, i, function.method().getParameterTypes()[i], arguments[i]);
    }
    try {
      var codec = run.application().codec();
      var input = codec.encodeArguments(Arrays.asList(arguments), types);
      var unused = codec.decodeArguments(input, types);
      return input;
    } catch (NotSerializableException | UnreadableJsonException e) {
      throw new IllegalArgumentException(
          "Durable.continueAsNew: the arguments do not fit " + function.name() + ": "
              + e.getMessage(),
          e);
    }
  }

  private static void requireFits(
      FunctionDefinition function, int index, Class<?> type, @Nullable Object argument) {
    Class<?> wrapped = MethodType.methodType(type).wrap().returnType();
    boolean fits = argument == null ? !type.isPrimitive() : wrapped.isInstance(argument);
    if (!fits) {
      throw new IllegalArgumentException("Durable.continueAsNew: argument " + (index + 1) + " of "
          + function.name() + " is of type " + type.getTypeName() + ", not "
          + (argument == null ? "null" : argument.getClass().getTypeName()));
    }
  }

  private OperationRow row(String function, long hash) {
    var now = scope.timeNow();
    return new OperationRow(
        scope.log().position(),
        OperationKind.CONTINUE,
        function,
        hash,
        null,
        null,
        1,
        null,
        null,
        null,
        now,
        now);
  }
}
