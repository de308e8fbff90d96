package dev.reprise.runtime.http;

import dev.reprise.ExecutionEndedException;
import dev.reprise.ExecutionNotFoundException;
import dev.reprise.ExecutionStatus;
import dev.reprise.IdempotencyConflictException;
import dev.reprise.UnknownQueueException;
import dev.reprise.runtime.execution.CallRequest;
import dev.reprise.runtime.execution.Engine;
import dev.reprise.runtime.execution.ForkRefusedException;
import dev.reprise.runtime.execution.Post;
import dev.reprise.runtime.execution.Submission;
import dev.reprise.runtime.function.FunctionDefinition;
import dev.reprise.runtime.function.Parameter;
import dev.reprise.runtime.function.Policy;
import dev.reprise.runtime.json.ExceptionCodec;
import dev.reprise.runtime.json.JsonCodec;
import dev.reprise.runtime.store.ExecutionFilter;
import dev.reprise.runtime.store.ExecutionRow;
import dev.reprise.runtime.store.OperationKind;
import dev.reprise.runtime.store.OperationRow;
import dev.reprise.runtime.store.Placement;
import dev.reprise.runtime.store.Position;
import dev.reprise.runtime.store.QueueStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * An engine in memory, for the tests of HTTP: runs functions at once on the caller's thread, except {@code held}, which
 * goes on until it is ended.
 */
final class FakeEngine implements Engine {
  private final JsonCodec codec;
  private final Map<String, FunctionDefinition> functions = new TreeMap<>();
  private final Map<String, ExecutionRow> rows = new LinkedHashMap<>();
  private final Map<String, CompletableFuture<ExecutionRow>> settled = new LinkedHashMap<>();
  private final List<CallRequest> requests = new ArrayList<>();
  private @Nullable RuntimeException refusal;
  private long count;
  private boolean durable = true;
  private int looks;

  FakeEngine(JsonCodec codec) {
    this.codec = codec;
    for (var method : ShopFunctions.class.getDeclaredMethods()) {
      if (!method.isSynthetic()) {
        var definition = definition(method);
        functions.put(definition.name(), definition);
      }
    }
  }

  /** From now on every call is refused. */
  synchronized void refuse(RuntimeException exception) {
    refusal = exception;
  }

  synchronized CallRequest lastRequest() {
    return requests.get(requests.size() - 1);
  }

  synchronized int requestCount() {
    return requests.size();
  }

  /** Ends a held execution, or puts one into any other state. */
  void end(String id, ExecutionStatus status, @Nullable String output, @Nullable String error) {
    CompletableFuture<ExecutionRow> waiting;
    ExecutionRow row;
    synchronized (this) {
      row = with(Objects.requireNonNull(rows.get(id)), status, output, error);
      rows.put(id, row);
      waiting = future(id);
    }
    waiting.complete(row);
  }

  @Override
  public synchronized Submission submit(CallRequest request) {
    if (refusal != null) {
      throw refusal;
    }
    requests.add(request);
    var types = request.function().parameters().stream().map(Parameter::type).toList();
    var input = codec.encodeArguments(request.arguments(), types);
    var key = request.key();
    var id = key == null ? "generated-" + ++count : key;
    var known = rows.get(id);
    if (known != null) {
      if (!known.input().equals(input)
          || !known.function().equals(request.function().name())) {
        throw new IdempotencyConflictException("the key " + id + " was used for another call");
      }
      return new Submission(id, future(id));
    }
    rows.put(id, row(id, request, input));
    var future = new CompletableFuture<ExecutionRow>();
    settled.put(id, future);
    if (!request.function().name().endsWith(".held")) {
      run(id, request);
    }
    return new Submission(id, future);
  }

  @Override
  public synchronized Optional<ExecutionRow> find(String id) {
    looks++;
    return durable ? Optional.ofNullable(rows.get(id)) : Optional.empty();
  }

  /** How often an execution was looked for. */
  synchronized int looks() {
    return looks;
  }

  /** Whether executions can be found in the database. */
  synchronized void setDurable(boolean durable) {
    this.durable = durable;
  }

  @Override
  public synchronized List<ExecutionRow> list(ExecutionFilter filter) {
    var after = filter.after();
    return rows.values().stream()
        .filter(row -> filter.function() == null || row.function().equals(filter.function()))
        .filter(row -> filter.statuses().isEmpty() || filter.statuses().contains(row.status()))
        .filter(row -> row.tags().entrySet().containsAll(filter.tags().entrySet()))
        .filter(row -> filter.from() == null || !row.createdAt().isBefore(filter.from()))
        .filter(row -> filter.to() == null || row.createdAt().isBefore(filter.to()))
        .sorted(Comparator.comparing(ExecutionRow::execution).reversed())
        .filter(row -> after == null || row.execution().compareTo(after) < 0)
        .limit(filter.limit())
        .toList();
  }

  @Override
  public synchronized Optional<List<OperationRow>> operations(String id) {
    var operation = new OperationRow(
        Position.parse("3.1.2"),
        OperationKind.TRANSACTION,
        "ShopFunctions.reserve",
        1,
        null,
        ExceptionCodec.encode(new IllegalStateException("no")),
        2,
        -1L,
        "10:12:11",
        "serializable",
        null,
        Instant.EPOCH);
    return Optional.ofNullable(rows.get(id)).map(row -> List.of(operation));
  }

  @Override
  public synchronized CompletableFuture<ExecutionRow> whenSettled(String id) {
    require(id);
    return future(id).copy();
  }

  @Override
  public void cancel(String id) {
    var row = require(id);
    if (row.status().isTerminal() && row.status() != ExecutionStatus.CANCELLED) {
      throw new ExecutionEndedException("execution " + id + " has ended as " + row.status());
    }
    end(id, ExecutionStatus.CANCELLED, null, null);
  }

  @Override
  public void resume(String id) {
    if (require(id).status().isTerminal()) {
      throw new ExecutionEndedException("execution " + id + " has ended");
    }
  }

  @Override
  public synchronized String fork(String id, @Nullable String from, @Nullable String version) {
    var row = require(id);
    if (from != null && !from.equals("1")) {
      throw new ForkRefusedException("the last valid one is 1");
    }
    var fork = id + "-fork";
    rows.put(fork, row);
    return fork;
  }

  @Override
  public Post post() {
    throw new UnsupportedOperationException("no messages here");
  }

  @Override
  public Optional<FunctionDefinition> function(String name) {
    return Optional.ofNullable(functions.get(name));
  }

  @Override
  public List<FunctionDefinition> functions() {
    return List.copyOf(functions.values());
  }

  @Override
  public List<QueueStore.Queue> queues() {
    return List.of();
  }

  @Override
  public void changeQueue(String name, QueueStore.Limits limits) {
    throw new UnknownQueueException("there is no queue " + name);
  }

  /** The call has no durable trace and will get none. */
  void fail(String id, RuntimeException cause) {
    future(id).completeExceptionally(cause);
  }

  private synchronized ExecutionRow require(String id) {
    return find(id)
        .orElseThrow(() -> new ExecutionNotFoundException("there is no execution " + id));
  }

  private synchronized CompletableFuture<ExecutionRow> future(String id) {
    return Objects.requireNonNull(settled.get(id));
  }

  private void run(String id, CallRequest request) {
    var method = request.function().method();
    try {
      var result = method.invoke(new ShopFunctions(), request.arguments().toArray());
      var output = method.getReturnType() == void.class
          ? null
          : codec.encode(result, method.getGenericReturnType());
      end(id, ExecutionStatus.SUCCEEDED, output, null);
    } catch (InvocationTargetException e) {
      end(id, ExecutionStatus.FAILED, null, ExceptionCodec.encode(e.getTargetException()));
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  private ExecutionRow row(String id, CallRequest request, String input) {
    return new ExecutionRow(
        new UUID(0, rows.size() + 1L),
        id,
        request.principal(),
        request.function().name(),
        request.function().kind(),
        null,
        ExecutionStatus.RUNNING,
        input,
        null,
        null,
        null,
        null,
        Instant.parse("2026-01-01T00:00:00Z").plusSeconds(rows.size()),
        null,
        null,
        null,
        null,
        null,
        1,
        request.tags(),
        0,
        null,
        null,
        null,
        Placement.of(request.options(), Instant.EPOCH));
  }

  private static ExecutionRow with(
      ExecutionRow row, ExecutionStatus status, @Nullable String output, @Nullable String error) {
    return row.settled(status, output == null ? error : output, row.createdAt());
  }

  private static FunctionDefinition definition(Method method) {
    var parameters = Arrays.stream(method.getParameters())
        .map(parameter -> new Parameter(parameter.getName(), parameter.getParameterizedType()))
        .toList();
    return new FunctionDefinition(
        "ShopFunctions." + method.getName(), new Policy.OfWorkflow(null), method, parameters, null);
  }
}
