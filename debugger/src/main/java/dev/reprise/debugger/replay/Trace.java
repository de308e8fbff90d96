package dev.reprise.debugger.replay;

import dev.reprise.RepriseException;
import dev.reprise.debugger.history.Snapshot;
import dev.reprise.runtime.function.Application;
import dev.reprise.runtime.store.ExecutionFilter;
import dev.reprise.runtime.store.ExecutionRow;
import dev.reprise.runtime.store.ExecutionStore;
import dev.reprise.runtime.store.ExecutionStore.Loaded;
import dev.reprise.runtime.store.OperationKind;
import dev.reprise.runtime.store.OperationRow;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Executions with their logs, and the transactions among their operations, in the order in which they began. Immutable.
 *
 * @param scripts one for each execution; none where the code is not at hand
 * @param calls the transactions
 */
public record Trace(List<Script> scripts, List<TracedCall> calls) {
  private static final int PAGE = 1000;

  /**
   * Executions by their ids, with their children.
   *
   * @param code the application that ran an execution
   * @throws RepriseException where there is no execution of an id
   */
  public static Trace of(
      ExecutionStore store, List<String> ids, Function<ExecutionRow, Application> code) {
    return of(scripts(logs(store, ids), code));
  }

  /** Executions created in a span of time, with their children. */
  public static Trace of(
      ExecutionStore store, Instant from, Instant to, Function<ExecutionRow, Application> code) {
    return of(scripts(logs(store, from, to), code));
  }

  /** The transactions of executions whose code is not at hand. */
  public static Trace ofLogs(List<Loaded> logs) {
    return new Trace(List.of(), callsOf(logs));
  }

  /**
   * The rows and logs of executions by their ids, with their children.
   *
   * @throws RepriseException where there is no execution of an id
   */
  public static List<Loaded> logs(ExecutionStore store, List<String> ids) {
    var rows = new ArrayList<ExecutionRow>();
    for (var id : ids) {
      rows.add(
          store.find(id).orElseThrow(() -> new RepriseException("there is no execution " + id)));
    }
    return withChildren(store, rows);
  }

  /** Those of executions created in a span of time, with their children. */
  public static List<Loaded> logs(ExecutionStore store, Instant from, Instant to) {
    var rows = new ArrayList<ExecutionRow>();
    UUID after = null;
    List<ExecutionRow> page;
    do {
      page = store.list(ExecutionFilter.created(from, to, PAGE, after));
      rows.addAll(page);
      after = page.isEmpty() ? null : page.get(page.size() - 1).execution();
    } while (page.size() == PAGE);
    return withChildren(store, rows);
  }

  private static List<Loaded> withChildren(ExecutionStore store, List<ExecutionRow> rows) {
    var all = new LinkedHashMap<UUID, Loaded>();
    var open = new ArrayDeque<>(rows);
    while (!open.isEmpty()) {
      var row = open.poll();
      if (!all.containsKey(row.execution())) {
        all.put(
            row.execution(),
            store
                .load(row.execution())
                .orElseThrow(() -> new RepriseException("execution " + row.id() + " has gone")));
        open.addAll(store.children(row.execution()));
      }
    }
    return List.copyOf(all.values());
  }

  private static List<Script> scripts(List<Loaded> logs, Function<ExecutionRow, Application> code) {
    return logs.stream()
        .map(log -> new Script(code.apply(log.row()), log.row(), log.operations()))
        .toList();
  }

  static Trace of(List<Script> scripts) {
    var logs =
        scripts.stream().map(script -> new Loaded(script.row(), script.log())).toList();
    return new Trace(List.copyOf(scripts), callsOf(logs));
  }

  private static List<TracedCall> callsOf(List<Loaded> logs) {
    var timed = new ArrayList<Timed>();
    logs.forEach(log -> timed.addAll(timed(log)));
    timed.sort(Comparator.comparing(Timed::begun).thenComparing(Timed::ended));
    return timed.stream().map(Timed::call).toList();
  }

  /** A call with times that do not contradict the positions. */
  private record Timed(TracedCall call, Instant begun, Instant ended) {}

  /**
   * Some times are those of a node, some of the database, and a node's clock may be off: no call begins before one that it
   * came after.
   */
  private static List<Timed> timed(Loaded log) {
    var all = new ArrayList<Timed>();
    var transactions = log.operations().stream()
        .filter(operation -> operation.kind() == OperationKind.TRANSACTION)
        .filter(operation -> !log.row().isCopied(operation.position()))
        .sorted(Comparator.comparing(OperationRow::position))
        .toList();
    for (var operation : transactions) {
      var begun = begun(operation);
      var ended = operation.completedAt();
      for (var other : all) {
        if (isBefore(other.call().operation(), operation)) {
          begun = other.begun().isAfter(begun) ? other.begun() : begun;
          ended = other.ended().isAfter(ended) ? other.ended() : ended;
        }
      }
      all.add(new Timed(new TracedCall(log.row(), operation), begun, ended));
    }
    return all;
  }

  static Instant begun(OperationRow operation) {
    return operation.startedAt() == null ? operation.completedAt() : operation.startedAt();
  }

  /** The number of the call that came before in the same branch, or before that began; null for none. */
  @Nullable
  Integer previousOf(int number) {
    var call = calls.get(number);
    Integer found = null;
    for (int i = 0; i < number; i++) {
      var other = calls.get(i);
      if (other.execution().execution().equals(call.execution().execution())
          && isBefore(other.operation(), call.operation())
          && (found == null || isBefore(calls.get(found).operation(), other.operation()))) {
        found = i;
      }
    }
    return found;
  }

  /** Whether one had ended before the other began, by their positions: {@code 1} before {@code 2.1}, not {@code 2.1} before {@code 3}. */
  private static boolean isBefore(OperationRow one, OperationRow other) {
    var first = one.position().toString().split("\\.", -1);
    var second = other.position().toString().split("\\.", -1);
    if (first.length > second.length) {
      return false;
    }
    int last = first.length - 1;
    for (int i = 0; i < last; i++) {
      if (!first[i].equals(second[i])) {
        return false;
      }
    }
    return Integer.parseInt(first[last]) < Integer.parseInt(second[last]);
  }

  /** What a call saw; null where that is not recorded. */
  static @Nullable Snapshot snapshotOf(TracedCall call) {
    var text = call.operation().snapshot();
    if (text == null) {
      return null;
    }
    var own = call.operation().transactionId();
    return own == null ? Snapshot.parse(text) : Snapshot.parse(text).without(own);
  }

  /** Known snapshots by their calls' numbers. */
  Map<Integer, Snapshot> snapshots() {
    var all = new LinkedHashMap<Integer, Snapshot>();
    for (int i = 0; i < calls.size(); i++) {
      var snapshot = snapshotOf(calls.get(i));
      if (snapshot != null) {
        all.put(i, snapshot);
      }
    }
    return all;
  }
}
