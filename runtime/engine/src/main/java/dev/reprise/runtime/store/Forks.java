package dev.reprise.runtime.store;

import dev.reprise.runtime.json.Json;
import dev.reprise.runtime.postgres.Jdbc;
import dev.reprise.runtime.store.ExecutionStore.Loaded;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/** Begins executions with a copy of the log of others. Throws {@code DatabaseFailureException}. Thread-safe. */
public final class Forks {
  private final LogDatabase database;

  /** In that database. */
  public Forks(LogDatabase database) {
    this.database = database;
  }

  /**
   * What is to be made of an execution.
   *
   * @param execution due at once; with a lineage that says where its log ends
   * @param original whose operations are copied
   * @param from operations before this position, in the order of the log, are copied
   */
  public record Plan(NewExecution execution, UUID original, Position from) {}

  /**
   * Forks an execution, as one transaction.
   *
   * @param plan told the execution and its log, which stay meanwhile; what it throws ends the transaction
   * @return the new execution; empty where there is none of that id
   */
  public Optional<NewExecution> fork(String id, Function<Loaded, Plan> plan) {
    return database.log(connection -> {
      // against the deletion of what is old; its own runner may go on
      var original = Jdbc.queryOne(
          connection,
          "select execution from reprise.executions where id = ? for key share",
          statement -> statement.setString(1, id),
          row -> row.getObject(1, UUID.class));
      if (original.isEmpty()) {
        return Optional.empty();
      }
      var loaded = ExecutionStore.load(connection, original.get());
      if (loaded.isEmpty()) {
        return Optional.empty();
      }
      var made = plan.apply(loaded.get());
      insert(connection, made.execution());
      copy(connection, made);
      return Optional.of(made.execution());
    });
  }

  private static void insert(Connection connection, NewExecution row) throws SQLException {
    var lineage = row.lineage();
    if (lineage == null) {
      throw new IllegalArgumentException("a fork has a lineage");
    }
    var sql = """
        insert into reprise.executions (execution, id, principal, function, kind, version, status, input, created_at,
               wake_at, deadline, attempts, tags, traceparent, ancestry)
        values (?, ?, ?, ?, ?::reprise.function_kind, ?, 'PENDING', ?, ?, ?, ?, 0, ?::jsonb, ?, ?)
        """;
    Jdbc.update(connection, sql, statement -> {
      statement.setObject(1, row.execution());
      statement.setString(2, row.id());
      statement.setString(3, row.principal());
      statement.setString(4, row.function());
      statement.setString(5, row.kind().label());
      statement.setString(6, row.version());
      statement.setString(7, row.input());
      Births.setInstant(statement, 8, row.createdAt());
      Births.setInstant(statement, 9, row.createdAt());
      Births.setInstant(statement, 10, row.deadline());
      statement.setString(11, row.tags().isEmpty() ? null : Json.write(row.tags()));
      statement.setString(12, row.traceparent());
      statement.setString(13, lineage.json());
    });
  }

  private static void copy(Connection connection, Plan plan) throws SQLException {
    // without the transaction, which is the original's, and without ends from outside, which the
    // fork has not met
    var sql = """
        insert into reprise.operations (execution, position, kind, function, arguments, output, error, attempt, isolation,
               started_at, completed_at)
        select ?, position, kind, function, arguments, output, error, attempt, isolation, started_at, completed_at
          from reprise.operations
         where execution = ? and kind <> 'closed'
           and string_to_array(position, '.')::int[] < string_to_array(?, '.')::int[]
        """;
    Jdbc.update(connection, sql, statement -> {
      statement.setObject(1, plan.execution().execution());
      statement.setObject(2, plan.original());
      statement.setString(3, plan.from().toString());
    });
  }
}
