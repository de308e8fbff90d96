package dev.reprise.runtime.store;

import dev.reprise.ExecutionStatus;
import dev.reprise.runtime.postgres.Jdbc;
import dev.reprise.runtime.store.LogWrite.Birth;
import dev.reprise.runtime.store.LogWrite.Result;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Writes what many executions have to record in one READ COMMITTED transaction: rows without business effects.
 *
 * <p>Why it looks as it does: rows are inserted in the order of their keys, so that two writers with the same keys wait
 * for each other and do not deadlock; {@code ON CONFLICT DO NOTHING RETURNING} tells each execution whether it won, so
 * that one duplicate does not fail the group. A conflicting row of an unfinished transaction is waited for. Plain
 * INSERTs would be wrong here and {@code ON CONFLICT} would be wrong in a business transaction, whose effects must go
 * with the row.
 */
public final class GroupWrite {
  /** One order of all keys that rows may meet at, for all writers. */
  private static final Comparator<Birth> ORDER = Comparator.comparing(
          (Birth birth) -> String.valueOf(birth.row().placement().deduplication()))
      .thenComparing(birth -> birth.row().id());

  private final DatabaseClock clock;

  /** Writes with the times of {@code clock}. */
  public GroupWrite(DatabaseClock clock) {
    this.clock = clock;
  }

  /**
   * Writes all, in the transaction of the connection.
   *
   * @return a result for each, in the order given
   */
  public List<Result> write(Connection connection, List<LogWrite> writes) throws SQLException {
    Set<UUID> unborn = insertBirths(connection, writes);
    Set<Key> recorded = insertOperations(connection, writes, unborn);
    var results = new ArrayList<Result>();
    var moving = new ArrayList<LogWrite>();
    for (LogWrite write : writes) {
      boolean won = !unborn.contains(write.execution())
          && write.operations().stream()
              .allMatch(o -> recorded.contains(new Key(write.execution(), o.position())));
      results.add(won ? Result.WRITTEN : Result.LOST_RACE);
      if (won && write.transition() != null) {
        moving.add(write);
      }
    }
    Set<UUID> moved = applyTransitions(connection, moving);
    for (int i = 0; i < writes.size(); i++) {
      LogWrite write = writes.get(i);
      if (results.get(i) == Result.WRITTEN
          && write.transition() != null
          && !moved.contains(write.execution())) {
        results.set(i, Result.NOT_APPLIED);
      }
    }
    deliverToParents(
        connection, moving.stream().filter(w -> moved.contains(w.execution())).toList());
    return results;
  }

  /** Gives the executions whose own row could not be inserted. */
  private Set<UUID> insertBirths(Connection connection, List<LogWrite> writes) throws SQLException {
    var births = new ArrayList<Birth>();
    var own = new HashSet<UUID>();
    for (LogWrite write : writes) {
      if (write.birth() != null) {
        births.add(write.birth());
        own.add(write.execution());
      }
      births.addAll(write.children());
    }
    if (births.isEmpty()) {
      return Set.of();
    }
    births.sort(ORDER);
    own.removeAll(Births.insert(connection, births, clock.offsetMicros()));
    return own;
  }

  private Set<Key> insertOperations(Connection connection, List<LogWrite> writes, Set<UUID> unborn)
      throws SQLException {
    var rows = new ArrayList<Keyed>();
    for (LogWrite write : writes) {
      if (!unborn.contains(write.execution())) {
        write.operations().forEach(operation -> rows.add(new Keyed(write.execution(), operation)));
      }
    }
    return insertOperations(connection, rows);
  }

  private Set<Key> insertOperations(Connection connection, List<Keyed> rows) throws SQLException {
    if (rows.isEmpty()) {
      return Set.of();
    }
    rows.sort(Comparator.comparing(Keyed::execution)
        .thenComparing(keyed -> keyed.row().position().toString()));
    var sql = """
        insert into reprise.operations (execution, position, kind, function, arguments, output, error, attempt,
               snapshot, isolation, started_at, completed_at)
        select execution, position, kind::reprise.operation_kind, function, arguments, output, error, attempt,
               snapshot::pg_snapshot, isolation, started_at::timestamptz, completed_at::timestamptz
          from unnest(?::uuid[], ?::text[], ?::text[], ?::text[], ?::bigint[], ?::text[], ?::text[], ?::int[],
                 ?::text[], ?::text[], ?::text[], ?::text[]) with ordinality
               as row (execution, position, kind, function, arguments, output, error, attempt, snapshot, isolation,
                 started_at, completed_at, place)
         order by place
        on conflict do nothing
        returning execution, position
        """;
    return new HashSet<>(Jdbc.query(
        connection,
        sql,
        statement -> bindOperations(new Columns(statement), rows),
        row -> new Key(row.getObject(1, UUID.class), Position.parse(row.getString(2)))));
  }

  private static void bindOperations(Columns columns, List<Keyed> rows) throws SQLException {
    columns
        .add("uuid", rows, Keyed::execution)
        .add("text", rows, keyed -> keyed.row().position())
        .add("text", rows, keyed -> keyed.row().kind().label())
        .add("text", rows, keyed -> keyed.row().function())
        .add("bigint", rows, keyed -> keyed.row().arguments())
        .add("text", rows, keyed -> keyed.row().output())
        .add("text", rows, keyed -> keyed.row().error())
        .add("int", rows, keyed -> keyed.row().attempt())
        .add("text", rows, keyed -> keyed.row().snapshot())
        .add("text", rows, keyed -> keyed.row().isolation())
        .add("text", rows, keyed -> keyed.row().startedAt())
        .add("text", rows, keyed -> keyed.row().completedAt());
  }

  private Set<UUID> applyTransitions(Connection connection, List<LogWrite> writes)
      throws SQLException {
    if (writes.isEmpty()) {
      return Set.of();
    }
    var sql = """
        update reprise.executions e
           set status = t.status::reprise.execution_status, output = t.output, error = t.error, owner = null,
               wake_at = t.wake_at::timestamptz, receives = string_to_array(t.receives, ' '),
               recoveries = case when t.status <> 'WAITING' then e.recoveries end,
               completed_at = case when t.ended then clock_timestamp() + ? * interval '1 microsecond' end
          from (select * from unnest(?::uuid[], ?::uuid[], ?::text[], ?::boolean[], ?::text[], ?::text[], ?::text[],
                         ?::int[], ?::text[])
                    as t (execution, owner, status, ended, output, error, wake_at, signals, receives)) t
         where e.execution = t.execution and e.owner = t.owner and e.status = 'RUNNING'
               -- an accepted cancellation is not overtaken by an end of another kind
               -- (what a single transaction or step has done stands: nothing can undo it)
           and (e.cancel_requested_at is null or t.status not in ('SUCCEEDED', 'FAILED') or e.kind <> 'workflow')
               -- nothing may have been delivered that the sleeper has not seen
           and (t.signals is null or e.signals = t.signals)
        returning e.execution
        """;
    return new HashSet<>(Jdbc.query(
        connection,
        sql,
        statement -> new Columns(statement)
            .add(clock.offsetMicros())
            .add("uuid", writes, LogWrite::execution)
            .add("uuid", writes, LogWrite::owner)
            .add("text", writes, write -> transition(write).status())
            .add("bool", writes, write -> transition(write).status().isTerminal())
            .add("text", writes, write -> outcome(transition(write), true))
            .add("text", writes, write -> outcome(transition(write), false))
            .add(
                "text",
                writes,
                write -> transition(write) instanceof Transition.Waiting w ? w.wakeAt() : null)
            .add(
                "int",
                writes,
                write -> transition(write) instanceof Transition.Waiting w ? w.signalsSeen() : null)
            .add("text", writes, write -> topics(transition(write))),
        row -> row.getObject(1, UUID.class)));
  }

  private static Transition transition(LogWrite write) {
    if (write.transition() == null) {
      throw new IllegalArgumentException("no transition for " + write.execution());
    }
    return write.transition();
  }

  /** Topics have no spaces. */
  private static @Nullable String topics(Transition transition) {
    return transition instanceof Transition.Waiting waiting && !waiting.topics().isEmpty()
        ? String.join(" ", waiting.topics())
        : null;
  }

  private static @Nullable String outcome(Transition transition, boolean asOutput) {
    if (transition instanceof Transition.Ended ended) {
      boolean isOutput = ended.status() == ExecutionStatus.SUCCEEDED;
      return !ended.recorded() && isOutput == asOutput ? ended.outcome() : null;
    }
    return transition instanceof Transition.Parked parked && !asOutput ? parked.cause() : null;
  }

  /** The outcome of an ended child goes into its parent's log, and the parent is woken, in the same transaction. */
  private void deliverToParents(Connection connection, List<LogWrite> ended) throws SQLException {
    var children = ended.stream()
        .filter(write -> transition(write).status().isTerminal())
        .map(LogWrite::execution)
        .sorted()
        .toList();
    if (children.isEmpty()) {
      return;
    }
    var sql = """
        with waiting as (
          select p.execution from reprise.executions p
           where p.execution in (select parent from reprise.executions where execution = any(?))
           order by p.execution for update)
        update reprise.executions p
           set signals = signals + 1,
               status = case when p.status = 'WAITING' then 'PENDING' else p.status end,
               wake_at = case when p.status = 'WAITING' then clock_timestamp() + ? * interval '1 microsecond'
                         else p.wake_at end
          from waiting where p.execution = waiting.execution and p.completed_at is null
        returning p.execution
        """;
    Set<UUID> parents = new HashSet<>(Jdbc.query(
        connection,
        sql,
        statement ->
            new Columns(statement).add("uuid", children, child -> child).add(clock.offsetMicros()),
        row -> row.getObject(1, UUID.class)));
    if (parents.isEmpty()) {
      return;
    }
    Map<UUID, OperationRow> outcomes = new HashMap<>();
    for (LogWrite write : ended) {
      if (transition(write) instanceof Transition.Ended end && end.parentOperation() != null) {
        outcomes.put(write.execution(), end.parentOperation());
      }
    }
    insertOperations(connection, parentOperations(connection, outcomes, parents));
  }

  private static List<Keyed> parentOperations(
      Connection connection, Map<UUID, OperationRow> outcomes, Set<UUID> parents)
      throws SQLException {
    if (outcomes.isEmpty()) {
      return List.of();
    }
    var rows = Jdbc.query(
        connection,
        "select execution, parent, begun_with from reprise.executions where execution = any(?)",
        statement ->
            new Columns(statement).add("uuid", List.copyOf(outcomes.keySet()), child -> child),
        row -> new Family(
            row.getObject(1, UUID.class),
            row.getObject(2, UUID.class),
            row.getObject(3, Long.class)));
    var operations = new ArrayList<Keyed>();
    for (var row : rows) {
      var outcome = outcomes.get(row.child);
      if (outcome != null && parents.contains(row.parent)) {
        // the parent called it with the arguments of its first incarnation
        var begun = row.begunWith;
        operations.add(
            new Keyed(row.parent, begun == null ? outcome : outcome.withArguments(begun)));
      }
    }
    return operations;
  }

  private record Family(UUID child, UUID parent, @Nullable Long begunWith) {}

  private record Key(UUID execution, Position position) {}

  private record Keyed(UUID execution, OperationRow row) {}
}
