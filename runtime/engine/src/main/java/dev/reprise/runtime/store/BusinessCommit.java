package dev.reprise.runtime.store;

import dev.reprise.runtime.store.LogWrite.Birth;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Ends a business transaction: records the outcome and commits, in one round trip.
 *
 * <p>Why it is right: the rows are written by plain INSERTs, so a second runner of the same call fails here and its
 * business effects are rolled back with it; {@code ON CONFLICT} would commit the loser's effects. The statements travel
 * together with COMMIT as one text that the driver sends before one Sync: an error in any of them makes PostgreSQL skip
 * the rest, so nothing is committed without its record (PostgreSQL manual, 55.2.3 Extended Query). A transaction that
 * wrote nothing gets no transaction id from us: the condition keeps the row out, its outcome is buffered by the caller.
 * The log is not read here: under SERIALIZABLE that would be a read to conflict with.
 */
public final class BusinessCommit {
  private static final String READS = """
      insert into reprise.operations (execution, position, kind, function, arguments, output, error, attempt, snapshot,
             isolation, started_at, completed_at)
      select ?, position, kind::reprise.operation_kind, function, arguments, output, error, attempt,
             snapshot::pg_snapshot, isolation, started_at::timestamptz, completed_at::timestamptz
        from unnest(?::text[], ?::text[], ?::text[], ?::bigint[], ?::text[], ?::text[], ?::int[], ?::text[], ?::text[],
               ?::text[], ?::text[])
             as row (position, kind, function, arguments, output, error, attempt, snapshot, isolation, started_at,
               completed_at)
       where pg_current_xact_id_if_assigned() is not null;
      """;

  private static final String OPERATION = """
      with written as (
        insert into reprise.operations (execution, position, kind, function, arguments, output, attempt,
               transaction_id, snapshot, isolation, started_at, completed_at)
        select ?, ?, 'transaction', ?, ?, ?, ?, pg_current_xact_id(), pg_current_snapshot(), ?,
               now() + ? * interval '1 microsecond', clock_timestamp() + ? * interval '1 microsecond'
         where pg_current_xact_id_if_assigned() is not null
        returning completed_at)
      select pg_current_xact_id_if_assigned()::text, pg_current_snapshot()::text,
             coalesce((select completed_at from written), clock_timestamp() + ? * interval '1 microsecond'),
             now() + ? * interval '1 microsecond';
      commit
      """;

  private static final String READ_ONLY = """
      select null, pg_current_snapshot()::text, clock_timestamp() + ? * interval '1 microsecond',
             now() + ? * interval '1 microsecond';
      commit
      """;

  private final DatabaseClock clock;

  /** Writes with the times of {@code clock}. */
  public BusinessCommit(DatabaseClock clock) {
    this.clock = clock;
  }

  /**
   * What is recorded.
   *
   * @param birth the execution's row where this is its first commit
   * @param reads outcomes of the branch that no commit has carried yet, in the order of positions
   * @param readOnly whether the transaction is declared read only, so that nothing can be recorded in it
   * @param resetRole whether the function ran under a role of its own
   */
  public record Record(
      UUID execution,
      @Nullable Birth birth,
      List<OperationRow> reads,
      Position position,
      String function,
      long arguments,
      @Nullable String output,
      int attempt,
      String isolation,
      boolean readOnly,
      boolean resetRole) {}

  /**
   * What the database said.
   *
   * @param transactionId null where the transaction wrote nothing; then nothing is recorded
   */
  public record Committed(
      @Nullable Long transactionId, String snapshot, Instant startedAt, Instant completedAt) {}

  /**
   * Records and commits. Any {@link SQLException} means that nothing was committed, but for a lost connection, after
   * which nobody knows.
   */
  public Committed commit(Connection connection, Record record) throws SQLException {
    long offset = clock.offsetMicros();
    if (record.readOnly()) {
      try (var statement = connection.prepareStatement(READ_ONLY)) {
        statement.setLong(1, offset);
        statement.setLong(2, offset);
        return committed(statement);
      }
    }
    try (var statement = connection.prepareStatement(text(record))) {
      int i = 1;
      if (record.birth() != null) {
        i = Births.bind(statement, i, record.birth(), offset);
      }
      if (!record.reads().isEmpty()) {
        i = bindReads(statement, i, record);
      }
      statement.setObject(i++, record.execution());
      statement.setString(i++, record.position().toString());
      statement.setString(i++, record.function());
      statement.setLong(i++, record.arguments());
      statement.setString(i++, record.output());
      statement.setInt(i++, record.attempt());
      statement.setString(i++, record.isolation());
      for (int times = 0; times < 4; times++) {
        statement.setLong(i++, offset);
      }
      return committed(statement);
    }
  }

  private static String text(Record record) {
    return (record.resetRole() ? "reset role;\n" : "")
        .concat(record.birth() == null ? "" : Births.WITH_FIRST_COMMIT)
        .concat(record.reads().isEmpty() ? "" : READS)
        .concat(OPERATION);
  }

  private static int bindReads(PreparedStatement statement, int from, Record record)
      throws SQLException {
    var reads = record.reads();
    statement.setObject(from, record.execution());
    new Columns(statement, from)
        .add("text", reads, OperationRow::position)
        .add("text", reads, read -> read.kind().label())
        .add("text", reads, OperationRow::function)
        .add("bigint", reads, OperationRow::arguments)
        .add("text", reads, OperationRow::output)
        .add("text", reads, OperationRow::error)
        .add("int", reads, OperationRow::attempt)
        .add("text", reads, OperationRow::snapshot)
        .add("text", reads, OperationRow::isolation)
        .add("text", reads, OperationRow::startedAt)
        .add("text", reads, OperationRow::completedAt);
    return from + 12;
  }

  private static Committed committed(PreparedStatement statement) throws SQLException {
    boolean isRows = statement.execute();
    while (!isRows) {
      if (statement.getUpdateCount() == -1) {
        throw new SQLException("the log statement gave no row");
      }
      isRows = statement.getMoreResults();
    }
    try (ResultSet row = statement.getResultSet()) {
      if (!row.next()) {
        throw new SQLException("the log statement gave no row");
      }
      var transactionId = row.getString(1);
      return new Committed(
          transactionId == null ? null : Long.parseUnsignedLong(transactionId),
          row.getString(2),
          row.getTimestamp(4).toInstant(),
          row.getTimestamp(3).toInstant());
    }
  }
}
