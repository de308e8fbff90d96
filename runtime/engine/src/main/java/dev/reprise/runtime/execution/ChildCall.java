package dev.reprise.runtime.execution;

import dev.reprise.Execution;
import dev.reprise.ExecutionNotFoundException;
import dev.reprise.ExecutionStatus;
import dev.reprise.IdempotencyConflictException;
import dev.reprise.Options;
import dev.reprise.UnknownQueueException;
import dev.reprise.runtime.function.FunctionDefinition;
import dev.reprise.runtime.function.Policy;
import dev.reprise.runtime.json.ExceptionCodec;
import dev.reprise.runtime.json.Json;
import dev.reprise.runtime.json.JsonCodec;
import dev.reprise.runtime.store.ExecutionRow;
import dev.reprise.runtime.store.LogWrite.Birth;
import dev.reprise.runtime.store.NewExecution;
import dev.reprise.runtime.store.OperationKind;
import dev.reprise.runtime.store.OperationRow;
import dev.reprise.runtime.store.Placement;
import dev.reprise.runtime.store.Position;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Child executions. A child has a row and a log of its own and may run on any node. Its internal id is derived from the
 * parent's and the position, so that a parent that is run again finds it. When it ends, its outcome is written into the
 * parent's log in the same transaction.
 */
final class ChildCall {
  private final WorkflowScope scope;
  private final Run run;

  ChildCall(WorkflowScope scope) {
    this.scope = scope;
    this.run = scope.run();
  }

  /** A call of a workflow method: begins the child and waits for its end, durably. */
  OperationRow run(Position position, FunctionDefinition function, String input, long hash) {
    var child = child(position, function, input, Options.DEFAULT, position);
    run.record(scope.log().takeBuffer(), List.of(new Birth(child, ExecutionStatus.PENDING, null)));
    run.services().due().now();
    scope.waitFor(new WaitRoom.Wait(() -> run.recorded(position) != null, null, true));
    var row = run.recorded(position);
    if (row == null || row.kind() == OperationKind.CLOSED) {
      throw run.halt(Unwinding.Reason.LOST_RACE, "closed by another runner");
    }
    return row;
  }

  /** Whom a call of a workflow method would begin. */
  NewExecution childAt(Position position, FunctionDefinition function, String input) {
    return child(position, function, input, Options.DEFAULT, position);
  }

  /** {@code Durable.start}: begins the child, which is waited for later or not at all. */
  <T extends @Nullable Object> Execution<T> start(Captured call, Options options) {
    options.requireConsistent();
    var function = call.function();
    var input =
        run.application().codec().encodeArguments(call.arguments(), function.parameterTypes());
    long hash = JsonCodec.hash(input + (options.id() == null ? "" : options.id()));
    var recorded = scope.enterStart(function.name(), hash);
    var position = scope.log().position();
    var child = child(position, function, input, options, null);
    if (recorded == null) {
      recorded = run.stage() == null
          ? begun(position, function, hash, child)
          : run.beyond(scope.newCall(
              OperationKind.START,
              function.name(),
              hash,
              input,
              null,
              child,
              null,
              () -> begun(position, function, hash, child)));
      var rows = new ArrayList<>(scope.log().takeBuffer());
      rows.add(recorded);
      run.record(rows, recorded.error() == null ? List.of(birth(child)) : List.of());
      LocalEngine.begins(run.services().due(), child.placement());
    }
    if (recorded.error() != null) {
      throw Sneaky.raise(
          ExceptionCodec.decode(recorded.error(), run.application().loader()));
    }
    if (options.id() != null) {
      requireSame(child);
    }
    var id = String.valueOf(Json.parse(String.valueOf(recorded.output())));
    return new ChildHandle<>(scope, id, function);
  }

  private static Birth birth(NewExecution child) {
    return new Birth(child, ExecutionStatus.PENDING, null);
  }

  /** What is recorded of a start: which execution it is, or why there is none. */
  private OperationRow begun(
      Position position, FunctionDefinition function, long hash, NewExecution child) {
    String id = null;
    String error = null;
    try {
      var queue = child.placement().queue();
      if (run.stage() == null && queue != null) {
        run.ask(() -> {
          run.services().queues().require(queue);
          return queue;
        });
      }
      id = run.stage() == null && child.placement().deduplication() != null
          ? theOneOf(child, String.valueOf(queue), child.placement().deduplication())
          : child.id();
    } catch (UnknownQueueException | IdempotencyConflictException e) {
      error = ExceptionCodec.encode(e);
    }
    var now = run.services().clock().now();
    return new OperationRow(
        position,
        OperationKind.START,
        function.name(),
        hash,
        id == null ? null : Json.quote(id),
        error,
        1,
        null,
        null,
        null,
        now,
        now);
  }

  /**
   * The id of the one living execution with the child's deduplication key: its own, or another's. Only its row tells, so it is
   * inserted before the start is recorded; when this is done again, the row is found by its id.
   */
  private String theOneOf(NewExecution child, String queue, String deduplication) {
    var store = run.services().store();
    while (true) {
      run.record(List.of(), List.of(birth(child)));
      if (run.ask(() -> store.find(child.id())).isPresent()) {
        return child.id();
      }
      var other = run.ask(() -> store.findDuplicate(queue, deduplication));
      if (other.isPresent()) { // else it has just ended
        LocalEngine.requireSameFunction(other.get(), child);
        return other.get().id();
      }
    }
  }

  private void requireSame(NewExecution child) {
    var row = run.ask(() -> run.services().store().find(child.id()));
    if (row.isPresent()
        && !row.get().execution().equals(child.execution())
        && !(row.get().function().equals(child.function())
            && run.ask(
                () -> RunLoop.isOfInput(run.services().store(), row.get(), child.input())))) {
      throw new IdempotencyConflictException("the id " + child.id()
          + " belongs to an execution of another function or with other arguments");
    }
  }

  private NewExecution child(
      Position position,
      FunctionDefinition function,
      String given,
      Options options,
      @Nullable Position parentPosition) {
    var input = run.fitting(given, "what " + function.name() + " is called with");
    var parent = run.identity();
    UUID execution = Derivation.child(parent.execution(), position);
    var created = run.services().clock().now();
    var timeout =
        function.policy() instanceof Policy.OfWorkflow workflow ? workflow.timeout() : null;
    return new NewExecution(
        execution,
        options.id() == null ? execution.toString() : options.id(),
        parent.principal(),
        function.name(),
        function.kind(),
        parent.version(),
        input,
        created,
        earlier(timeout == null ? null : created.plus(timeout), parent.deadline()),
        parent.execution(),
        parentPosition,
        Map.copyOf(options.tags()),
        parent.traceparent(),
        Placement.of(options, created));
  }

  /** Nobody waits for a child longer than for its parent. */
  private static @Nullable Instant earlier(@Nullable Instant own, @Nullable Instant parents) {
    return own == null || parents != null && parents.isBefore(own) ? parents : own;
  }

  /** A child as the workflow sees it. */
  private record ChildHandle<T extends @Nullable Object>(
      WorkflowScope scope, String id, FunctionDefinition function) implements Execution<T> {
    @Override
    public ExecutionStatus status() {
      return row().status();
    }

    @Override
    @SuppressWarnings({"unchecked", "NullAway"}) // T says itself whether it may be null
    public T result() throws Exception {
      var type = function.method().getGenericReturnType();
      try {
        return (T) scope.call(
            OperationKind.WORKFLOW, function.name(), JsonCodec.hash(id), type, waiting());
      } catch (Throwable e) {
        throw Sneaky.raise(e);
      }
    }

    @Override
    public void cancel() {
      var run = scope.run();
      if (run.stage() != null) {
        return;
      }
      var unused =
          run.ask(() -> run.services().store().requestCancellation(row().execution()));
      scope.run().services().due().now();
    }

    private WorkflowScope.Doing waiting() {
      return new WorkflowScope.Doing() {
        @Override
        public OperationRow at(Position position) {
          return awaitEnd(position);
        }

        @Override
        public Rehearsal.NewCall describe(
            WorkflowScope scope, OperationKind kind, String name, long hash) {
          var position = scope.log().position();
          return scope.newCall(kind, name, hash, null, null, null, id, () -> awaitEnd(position));
        }
      };
    }

    private OperationRow awaitEnd(Position position) {
      var run = scope.run();
      scope.persist();
      while (true) {
        int seen = run.signals();
        var row = row();
        if (row.status().isTerminal()) {
          return outcome(position, row);
        }
        // an execution that is not our child does not wake us: look again
        boolean ours = run.identity().execution().equals(row.parentExecution());
        var until = ours ? null : run.services().clock().now().plusSeconds(1);
        scope.waitFor(new WaitRoom.Wait(() -> run.signals() > seen, until, true));
      }
    }

    private OperationRow outcome(Position position, ExecutionRow row) {
      return new OperationRow(
          position,
          OperationKind.WORKFLOW,
          function.name(),
          JsonCodec.hash(id),
          row.output(),
          row.status() == ExecutionStatus.SUCCEEDED ? null : Outcomes.errorOf(row),
          1,
          null,
          null,
          null,
          row.createdAt(),
          scope.run().services().clock().now());
    }

    private ExecutionRow row() {
      var run = scope.run();
      var found = run.stage() == null ? null : run.stage().find(id);
      if (found != null) {
        return found;
      }
      return run.ask(() -> run.services().store().find(id))
          .orElseThrow(() -> new ExecutionNotFoundException("there is no execution " + id));
    }
  }
}
