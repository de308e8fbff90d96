package dev.reprise.runtime.store;

import static dev.reprise.runtime.store.ExecutionReader.COLUMNS;
import static dev.reprise.runtime.store.ExecutionReader.JOINS;

import dev.reprise.runtime.postgres.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads executions and their logs, and takes requests about them. Each method is one transaction. Thread-safe. */
public final class ExecutionStore {
  private final LogDatabase database;
  private final DatabaseClock clock;

  /** On this database, with the times of {@code clock}. */
  public ExecutionStore(LogDatabase database, DatabaseClock clock) {
    this.database = database;
    this.clock = clock;
  }

  /** An execution and its log, as of one moment. */
  public record Loaded(ExecutionRow row, List<OperationRow> operations) {}

  /** The execution of a public id. */
  public Optional<ExecutionRow> find(String id) {
    return database.log(connection -> find(connection, id));
  }

  /** How many runs the execution of a public id went through before it went on as the one that has the id now; 0 where there is none. */
  public int earlierRuns(String id) {
    return database.log(connection -> Jdbc.queryOne(
            connection,
            "select continued from reprise.executions where id = ? and id !~ '~[0-9]+$'",
            statement -> new Columns(statement).add(id),
            row -> row.getInt(1))
        .orElse(0));
  }

  /** The living execution of this deduplication key in the queue. */
  public Optional<ExecutionRow> findDuplicate(String queue, String deduplication) {
    var sql = """
        select %s from reprise.executions e %s
         where e.queue = ? and e.deduplication = ? and e.completed_at is null
        """.formatted(COLUMNS, JOINS);
    return database.log(connection -> Jdbc.queryOne(
        connection,
        sql,
        statement -> new Columns(statement).add(queue).add(deduplication),
        ExecutionReader::read));
  }

  /** The execution of an internal id with its log. */
  public Optional<Loaded> load(UUID execution) {
    return database.log(connection -> load(connection, execution));
  }

  static Optional<Loaded> load(Connection connection, UUID execution) throws SQLException {
    // the row before the log: what is delivered in between is then in the log already, and
    // counted only later
    var sql =
        "select %s from reprise.executions e %s where e.execution = ?".formatted(COLUMNS, JOINS);
    var row = Jdbc.queryOne(
        connection, sql, statement -> statement.setObject(1, execution), ExecutionReader::read);
    return row.isEmpty()
        ? Optional.empty()
        : Optional.of(new Loaded(row.get(), operations(connection, execution)));
  }

  /**
   * The logs of many executions by their internal ids, as one query. Those that do not fit into it are left out.
   *
   * @param most how many operations are read
   */
  public Map<UUID, List<OperationRow>> logs(Collection<UUID> executions, int most) {
    var sql = """
        select execution, position, kind, function, arguments, output, error, attempt, transaction_id, snapshot,
               isolation, started_at, completed_at
          from reprise.operations where execution = any(?)
         order by execution, position
         limit ?
        """;
    record Entry(UUID execution, OperationRow operation) {}
    var rows = database.log(connection -> Jdbc.query(
        connection,
        sql,
        statement -> new Columns(statement)
            .add("uuid", List.copyOf(executions), execution -> execution)
            .add(most),
        row ->
            new Entry(row.getObject("execution", UUID.class), ExecutionReader.readOperation(row))));
    var logs = new HashMap<UUID, List<OperationRow>>();
    executions.forEach(execution -> logs.put(execution, new ArrayList<>()));
    rows.forEach(row -> logs.getOrDefault(row.execution(), new ArrayList<>()).add(row.operation()));
    if (rows.size() == most) { // the last one may go on, and those behind it may have some
      var seen = new HashSet<UUID>();
      rows.forEach(row -> seen.add(row.execution()));
      seen.remove(rows.get(most - 1).execution());
      logs.keySet().retainAll(seen);
    }
    return logs;
  }

  /** The log of an execution in the order of positions; empty where there is no such execution. */
  public Optional<List<OperationRow>> operations(String id) {
    return database.log(connection -> {
      var row = find(connection, id);
      return row.isEmpty()
          ? Optional.empty()
          : Optional.of(operations(connection, row.get().execution()));
    });
  }

  /** Executions, the newest first. */
  public List<ExecutionRow> list(ExecutionFilter filter) {
    var offset = Duration.ofNanos(clock.offsetMicros() * 1000);
    return database.log(connection -> ExecutionSearch.list(connection, filter, offset));
  }

  /**
   * An execution that has settled.
   *
   * @param asked who was asked for: it, or one that it went on from
   */
  public record Settled(UUID asked, ExecutionRow row) {}

  /** Those of the given executions, or that they went on as, that are terminal, parked or stranded. */
  public List<Settled> settled(Collection<UUID> executions) {
    var sql = """
        with recursive incarnation (asked, execution) as (
            select execution, execution from unnest(?::uuid[]) as asked (execution)
             union all
            select i.asked, c.successor from incarnation i join reprise.executions c using (execution)
             where c.successor is not null)
        select i.asked, %s from incarnation i join reprise.executions e using (execution) %s
         where e.successor is null and e.status not in ('PENDING', 'RUNNING', 'WAITING')
        """.formatted(COLUMNS, JOINS);
    return database.log(connection -> Jdbc.query(
        connection,
        sql,
        statement ->
            new Columns(statement).add("uuid", List.copyOf(executions), execution -> execution),
        row -> new Settled(row.getObject("asked", UUID.class), ExecutionReader.read(row))));
  }

  /** The hash of the arguments that an execution was called with, where it has gone on with others since. */
  public OptionalLong begunWith(UUID execution) {
    return database.log(connection -> Jdbc.query(
            connection,
            "select begun_with from reprise.executions where execution = ? and begun_with is not null",
            statement -> statement.setObject(1, execution),
            row -> row.getLong(1))
        .stream()
        .mapToLong(hash -> hash)
        .findFirst());
  }

  /**
   * A child execution.
   *
   * @param calledAt the parent's call that waits for it; null where it was started and not called
   * @param cancelRequested whether it was asked to end
   */
  public record Child(UUID execution, @Nullable Position calledAt, boolean cancelRequested) {}

  /** The children of the execution that are not terminal. */
  public List<Child> livingChildren(UUID execution) {
    var sql = """
        select execution, parent_position, cancel_requested_at is not null as asked
          from reprise.executions where parent = ? and completed_at is null
        """;
    return database.log(connection ->
        Jdbc.query(connection, sql, statement -> statement.setObject(1, execution), row -> {
          var position = row.getString("parent_position");
          return new Child(
              row.getObject("execution", UUID.class),
              position == null ? null : Position.parse(position),
              row.getBoolean("asked"));
        }));
  }

  /** The executions that this one began, in the order of their creation. */
  public List<ExecutionRow> children(UUID execution) {
    var sql =
        "select %s from reprise.executions e %s where e.parent = ? order by e.created_at, e.execution"
            .formatted(COLUMNS, JOINS);
    return database.log(connection -> Jdbc.query(
        connection, sql, statement -> statement.setObject(1, execution), ExecutionReader::read));
  }

  /**
   * A call that committed changes.
   *
   * @param id of its execution
   */
  public record Writer(long transactionId, String id, String position, String function) {}

  /** Which calls made these transactions; those that no call made are left out. Reads the whole log. */
  public List<Writer> writers(Collection<Long> transactionIds) {
    var sql = """
        select o.transaction_id::text::bigint, e.id, o.position, o.function
          from reprise.operations o join reprise.executions e using (execution)
         where o.transaction_id = any(?::text[]::xid8[])
        """;
    return database.log(connection -> Jdbc.query(
        connection,
        sql,
        statement -> new Columns(statement).add("text", List.copyOf(transactionIds), id -> id),
        row -> new Writer(row.getLong(1), row.getString(2), row.getString(3), row.getString(4))));
  }

  /**
   * Asks for the cancellation of living executions and of their living descendants, as one statement; a waiting or parked
   * one becomes due.
   *
   * @return the internal ids of those that were asked just now
   */
  public List<UUID> requestCancellation(Collection<UUID> executions) {
    var sql = """
        with recursive family as (
            select execution from reprise.executions where execution = any(?)
            union
            select c.execution from reprise.executions c join family f on c.parent = f.execution),
          alive as (
            select e.execution from reprise.executions e join family using (execution)
             where e.completed_at is null and e.cancel_requested_at is null
             order by e.execution for update of e)
        update reprise.executions e
           set cancel_requested_at = clock_timestamp() + ? * interval '1 microsecond',
               signals = signals + 1,
               status = case when e.status in ('WAITING', 'PARKED', 'STRANDED') then 'PENDING' else e.status end,
               wake_at = case when e.status <> 'RUNNING' then clock_timestamp() + ? * interval '1 microsecond' end
          from alive where e.execution = alive.execution and e.completed_at is null
        returning e.execution
        """;
    return database.log(connection -> Jdbc.query(
        connection,
        sql,
        statement -> new Columns(statement)
            .add("uuid", List.copyOf(executions), execution -> execution)
            .add(clock.offsetMicros())
            .add(clock.offsetMicros()),
        row -> row.getObject(1, UUID.class)));
  }

  /** The same for one. */
  public List<UUID> requestCancellation(UUID execution) {
    return requestCancellation(List.of(execution));
  }

  /** Makes a parked or stranded execution due; false where it is in another state. */
  public boolean resume(UUID execution) {
    var sql = """
        update reprise.executions
           set status = 'PENDING', error = null, recoveries = null, wake_at = clock_timestamp() + ? * interval '1 microsecond'
         where execution = ? and status in ('PARKED', 'STRANDED')
        """;
    return database.log(connection -> Jdbc.update(
            connection,
            sql,
            statement -> new Columns(statement).add(clock.offsetMicros()).add(execution)))
        == 1;
  }

  private static Optional<ExecutionRow> find(Connection connection, String id) throws SQLException {
    var sql = "select %s from reprise.executions e %s where e.id = ?".formatted(COLUMNS, JOINS);
    return Jdbc.queryOne(
        connection, sql, statement -> statement.setString(1, id), ExecutionReader::read);
  }

  private static List<OperationRow> operations(Connection connection, UUID execution)
      throws SQLException {
    var sql = """
        select position, kind, function, arguments, output, error, attempt, transaction_id, snapshot, isolation,
               started_at, completed_at
          from reprise.operations where execution = ?
         order by string_to_array(position, '.')::int[]
        """;
    return Jdbc.query(
        connection,
        sql,
        statement -> statement.setObject(1, execution),
        ExecutionReader::readOperation);
  }
}
