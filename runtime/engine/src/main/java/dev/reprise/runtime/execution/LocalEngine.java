package dev.reprise.runtime.execution;

import dev.reprise.ExecutionEndedException;
import dev.reprise.ExecutionNotFoundException;
import dev.reprise.ExecutionStatus;
import dev.reprise.IdempotencyConflictException;
import dev.reprise.OverloadedException;
import dev.reprise.RepriseException;
import dev.reprise.SizeLimitException;
import dev.reprise.runtime.deploy.Catalog;
import dev.reprise.runtime.function.FunctionDefinition;
import dev.reprise.runtime.function.Policy;
import dev.reprise.runtime.store.ExecutionFilter;
import dev.reprise.runtime.store.ExecutionRow;
import dev.reprise.runtime.store.LogWrite;
import dev.reprise.runtime.store.LogWrite.Birth;
import dev.reprise.runtime.store.LogWrite.Result;
import dev.reprise.runtime.store.NewExecution;
import dev.reprise.runtime.store.OperationRow;
import dev.reprise.runtime.store.Placement;
import dev.reprise.runtime.store.QueueStore;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The engine of this process. Thread-safe.
 *
 * <p>A call with a key is looked up first, in the log and among the calls in flight here; where it slips through on two
 * nodes, the insert of the execution's row decides, and the loser's effects are rolled back with it.
 */
public final class LocalEngine implements Engine {
  private final RunServices services;
  private final ActiveRuns active;
  private final Settlements settlements;
  private final Catalog catalog;
  private final Launcher launcher;
  private final Forking forking;
  private final TimeOrderedIds ids = new TimeOrderedIds();
  private final Map<String, KeyedCall> inFlight = new ConcurrentHashMap<>();
  private volatile boolean refusing;

  /** With what every run uses. */
  public LocalEngine(
      RunServices services,
      ActiveRuns active,
      Settlements settlements,
      Catalog catalog,
      Launcher launcher,
      Forking forking) {
    this.services = services;
    this.active = active;
    this.settlements = settlements;
    this.catalog = catalog;
    this.launcher = launcher;
    this.forking = forking;
  }

  /** Takes no new calls from now on. */
  public void refuseNewWork() {
    refusing = true;
  }

  @Override
  public Submission submit(CallRequest request) {
    if (refusing) {
      throw new OverloadedException("the node is shutting down; ask another");
    }
    var function = request.function();
    var code = catalog.find(function.version(), function.name());
    services.queues().require(request.options().queue());
    var identity = identity(request, code);
    if (!request.asynchronous() && !identity.placement().isNone()) {
      return runInTurn(identity);
    }
    if (request.asynchronous()) {
      // by the row alone: a synchronous call of the same key that is in flight here is not durable
      // yet
      var existing = request.key() == null
          ? Optional.<ExecutionRow>empty()
          : services.store().find(identity.id());
      return existing.isPresent() ? attach(existing.get(), identity, true) : accept(identity);
    }
    if (request.key() == null) {
      return runNow(code, identity);
    }
    while (true) {
      var call = new KeyedCall(identity, () -> inFlight.remove(identity.id()));
      var other = inFlight.putIfAbsent(identity.id(), call);
      if (other == null) {
        return answer(call, code, identity);
      }
      requireSame(other.identity().asRow(ExecutionStatus.RUNNING, null), identity);
      var wait = other.join();
      if (wait != null) {
        return new Submission(identity.id(), wait);
      }
      Thread.onSpinWait(); // it is just being forgotten
    }
  }

  /** The first call of its key on this node: from the log, or by running. */
  private Submission answer(KeyedCall call, Catalog.Entry code, NewExecution identity) {
    var wait = call.join();
    try {
      var existing = services.store().find(identity.id());
      var submission =
          existing.isPresent() ? attach(existing.get(), identity, false) : runNow(code, identity);
      call.answeredBy(submission.settled());
    } catch (RuntimeException e) {
      call.fail(e);
      throw e;
    }
    if (wait == null) {
      throw new IllegalStateException("a new call is not over");
    }
    return new Submission(identity.id(), wait);
  }

  private NewExecution identity(CallRequest request, Catalog.Entry code) {
    var function = code.function();
    var input =
        code.application().codec().encodeArguments(request.arguments(), function.parameterTypes());
    int most = services.limits().maxValue();
    if (input.getBytes(StandardCharsets.UTF_8).length > most) {
      throw new SizeLimitException("the arguments of " + function.name() + " have more than " + most
          + " bytes of JSON (max-value); keep what is large elsewhere, and pass its key");
    }
    var execution = ids.next();
    var created = services.clock().now();
    var timeout =
        function.policy() instanceof Policy.OfWorkflow workflow ? workflow.timeout() : null;
    return new NewExecution(
        execution,
        request.key() == null ? execution.toString() : request.key(),
        request.principal(),
        function.name(),
        function.kind(),
        function.version(),
        input,
        created,
        timeout == null ? null : created.plus(timeout),
        null,
        null,
        request.tags(),
        request.traceparent(),
        Placement.of(request.options(), created));
  }

  /** Durable first; then this node or any other takes it. */
  private Submission accept(NewExecution identity) {
    var birth = new Birth(identity, ExecutionStatus.PENDING, null);
    var write = new LogWrite(
        identity.execution(), services.membership().node(), birth, List.of(), List.of(), null);
    if (services.writer().write(write) == Result.LOST_RACE) {
      var existing = services.store().find(identity.id());
      if (existing.isPresent()) {
        return attach(existing.get(), identity, true);
      }
      var duplicate = duplicate(identity);
      return duplicate.isPresent()
          ? new Submission(duplicate.get().id(), new CompletableFuture<>())
          : accept(identity);
    }
    begins(services.due(), identity.placement());
    return new Submission(identity.id(), new CompletableFuture<>());
  }

  /** Tells the node when an execution that has just been inserted is due. */
  static void begins(DueSignal due, Placement placement) {
    var notBefore = placement.notBefore();
    if (notBefore == null) {
      due.now();
    } else {
      due.at(notBefore);
    }
  }

  private Optional<ExecutionRow> duplicate(NewExecution asked) {
    var placement = asked.placement();
    if (placement.queue() == null || placement.deduplication() == null) {
      return Optional.empty();
    }
    var found = services.store().findDuplicate(placement.queue(), placement.deduplication());
    found.ifPresent(existing -> requireSameFunction(existing, asked));
    return found;
  }

  /** What the deduplication key of another execution speaks against. */
  static void requireSameFunction(ExecutionRow existing, NewExecution asked) {
    if (!existing.principal().equals(asked.principal())
        || !existing.function().equals(asked.function())) {
      throw new IdempotencyConflictException(
          "the deduplication key " + asked.placement().deduplication() + " of the queue "
              + asked.placement().queue() + " belongs to an execution of another function"
              + " or of somebody else; use another key for " + asked.function());
    }
  }

  /** Durable first, as whoever asks for an asynchronous call has it; then waits for its turn and its end. */
  private Submission runInTurn(NewExecution identity) {
    var existing = services.store().find(identity.id());
    if (existing.isPresent()) {
      return attach(existing.get(), identity, false);
    }
    var id = accept(identity).id();
    return new Submission(id, whenSettled(id));
  }

  private Submission runNow(Catalog.Entry code, NewExecution identity) {
    if (!active.tryTakePlace()) {
      throw new OverloadedException("the node runs " + active.capacity()
          + " executions, as many as it may; try again later or ask for an asynchronous call");
    }
    var settled = settlements.await(identity.execution());
    launcher.begin(code, identity, services.membership().node());
    return new Submission(identity.id(), settled);
  }

  /** Waits for an execution that is there already. */
  private Submission attach(ExecutionRow existing, NewExecution asked, boolean asynchronous) {
    requireSame(existing, asked);
    return new Submission(
        existing.id(), asynchronous ? new CompletableFuture<>() : whenSettled(existing));
  }

  private void requireSame(ExecutionRow existing, NewExecution asked) {
    var conflict = RunLoop.conflict(services.store(), existing, asked);
    if (conflict != null) {
      throw conflict;
    }
  }

  @Override
  public Optional<ExecutionRow> find(String id) {
    var row = services.store().find(id);
    return row.isPresent() ? row : findInFlight(id);
  }

  /** A call that has no row in its first second gets one when somebody asks for it: so it can be awaited and cancelled. */
  private Optional<ExecutionRow> findInFlight(String id) {
    var call = inFlight.get(id);
    return call != null && active.bear(call.identity().execution())
        ? services.store().find(id)
        : Optional.empty();
  }

  @Override
  public List<ExecutionRow> list(ExecutionFilter filter) {
    return services.store().list(filter);
  }

  @Override
  public Optional<List<OperationRow>> operations(String id) {
    var operations = services.store().operations(id);
    return operations.isPresent() || findInFlight(id).isEmpty()
        ? operations
        : services.store().operations(id);
  }

  @Override
  public CompletableFuture<ExecutionRow> whenSettled(String id) {
    return whenSettled(require(id));
  }

  private CompletableFuture<ExecutionRow> whenSettled(ExecutionRow row) {
    return row.isSettled()
        ? CompletableFuture.completedFuture(row)
        : settlements.await(row.execution());
  }

  @Override
  public void cancel(String id) {
    var row = require(id);
    if (row.status() == ExecutionStatus.CANCELLED
        || row.cancelRequestedAt() != null && !row.status().isTerminal()) {
      return;
    }
    var asked = services.store().requestCancellation(row.execution());
    if (!asked.contains(row.execution())) {
      var now = require(id);
      if (!now.execution().equals(row.execution())) {
        cancel(id); // it went on as a new one in between
        return;
      }
      if (now.status().isTerminal() && now.status() != ExecutionStatus.CANCELLED) {
        throw ended(now, "cancelled");
      }
    }
    active.cancel(asked);
    services.due().now();
  }

  @Override
  public void resume(String id) {
    var row = require(id);
    if (row.status().isTerminal()) {
      throw ended(row, "resumed");
    }
    services.store().resume(row.execution());
    services.due().now();
  }

  @Override
  public String fork(String id, @Nullable String from, @Nullable String version) {
    var fork = forking.fork(id, from, version);
    services.due().now();
    return fork.id();
  }

  @Override
  public Optional<FunctionDefinition> function(String name) {
    return catalog.active(name).map(Catalog.Entry::function);
  }

  @Override
  public List<FunctionDefinition> functions() {
    return catalog.activeFunctions();
  }

  @Override
  public List<QueueStore.Queue> queues() {
    return services.queues().list();
  }

  @Override
  public void changeQueue(String name, QueueStore.Limits limits) {
    services.queues().change(name, limits);
    services.due().now();
  }

  private static RepriseException ended(ExecutionRow row, String what) {
    return new ExecutionEndedException(
        "execution " + row.id() + " is " + row.status() + " and cannot be " + what);
  }

  private ExecutionRow require(String id) {
    return find(id)
        .orElseThrow(() -> new ExecutionNotFoundException("there is no execution " + id));
  }

  @Override
  public Post post() {
    return services.post();
  }

  /** The code of an execution, to read its outcome with. */
  public Catalog.Entry codeOf(ExecutionRow row) {
    return catalog.find(row.version(), row.function());
  }
}
