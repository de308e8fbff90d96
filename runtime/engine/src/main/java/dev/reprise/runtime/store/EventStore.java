package dev.reprise.runtime.store;

import dev.reprise.runtime.postgres.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What executions publish. An event is numbered by the count of what its execution has told the outside, under the lock
 * of its row: no smaller number appears later. Thread-safe.
 */
public final class EventStore {
  private final LogDatabase database;
  private final DatabaseClock clock;

  /** On this database, with the times of {@code clock}. */
  public EventStore(LogDatabase database, DatabaseClock clock) {
    this.database = database;
    this.clock = clock;
  }

  /** A value that was published. */
  public record Event(int sequence, String key, String value) {}

  /**
   * How far an execution is for those outside.
   *
   * @param told how much it has told
   * @param ended whether nothing more will be told
   */
  public record Progress(String id, int told, boolean ended) {}

  /** Publishes a value of an execution that has a row; gives its number. */
  public int publish(Connection connection, UUID execution, String key, String value)
      throws SQLException {
    var sql = """
        with teller as (
            update reprise.executions e set told = e.told + 1 where e.execution = ?
            returning e.told, coalesce(e.lineage, e.execution) as lineage)
        insert into reprise.events (lineage, sequence, published_at, key, value)
        select lineage, told, clock_timestamp() + ? * interval '1 microsecond', ?, ? from teller
        returning sequence
        """;
    return Jdbc.queryOne(
            connection,
            sql,
            statement -> new Columns(statement)
                .add(execution)
                .add(clock.offsetMicros())
                .add(key)
                .add(value),
            row -> row.getInt(1))
        .orElseThrow(() -> new SQLException("execution " + execution + " has no row"));
  }

  /** The latest value of a key of the execution of that id. */
  public Optional<Event> latest(String id, String key) {
    var sql = """
        select v.sequence, v.key, v.value
          from reprise.executions e join reprise.events v on v.lineage = coalesce(e.lineage, e.execution)
         where e.id = ? and v.key = ?
         order by v.sequence desc limit 1
        """;
    return database.log(connection -> Jdbc.queryOne(
        connection,
        sql,
        statement -> new Columns(statement).add(id).add(key),
        row -> new Event(row.getInt(1), row.getString(2), row.getString(3))));
  }

  /** The values of a key after a number, in order, at most so many. */
  public List<Event> after(String id, String key, int sequence, int atMost) {
    var sql = """
        select v.sequence, v.key, v.value
          from reprise.executions e join reprise.events v on v.lineage = coalesce(e.lineage, e.execution)
         where e.id = ? and v.key = ? and v.sequence > ?
         order by v.sequence limit ?
        """;
    return database.log(connection -> Jdbc.query(
        connection,
        sql,
        statement -> new Columns(statement).add(id).add(key).add(sequence).add(atMost),
        row -> new Event(row.getInt(1), row.getString(2), row.getString(3))));
  }

  /** How far the executions of these ids are; those that do not exist are left out. */
  public List<Progress> progress(Collection<String> ids) {
    var sql = """
        select id, told, completed_at is not null from reprise.executions where id = any(?)
        """;
    return database.log(connection -> Jdbc.query(
        connection,
        sql,
        statement -> new Columns(statement).add("text", List.copyOf(ids), id -> id),
        row -> new Progress(row.getString(1), row.getInt(2), row.getBoolean(3))));
  }
}
