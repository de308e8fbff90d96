package dev.reprise.runtime.store;

import dev.reprise.IdempotencyConflictException;
import dev.reprise.Options;
import dev.reprise.RepriseException;
import dev.reprise.UnknownQueueException;
import dev.reprise.runtime.json.Json;
import dev.reprise.runtime.postgres.DatabaseFailureException;
import dev.reprise.runtime.postgres.Jdbc;
import java.sql.SQLException;

/** Starts executions with {@code reprise.start}, as anybody may who has nothing but a connection. Thread-safe. */
public final class SqlStart {
  private final LogDatabase database;

  /** On this database. */
  public SqlStart(LogDatabase database) {
    this.database = database;
  }

  /**
   * Starts one.
   *
   * @param arguments a JSON array
   * @return its id, or that of the one that is there already
   * @throws RepriseException it is refused; the message says why
   */
  public String start(String function, String arguments, Options options) {
    var sql = """
        select reprise.start(?, ?::jsonb, id => ?, queue => ?, priority => ?, partition => ?, deduplicate => ?,
                 delay => ? * interval '1 microsecond', tags => ?::jsonb)
        """;
    try {
      return database.log(connection -> Jdbc.queryOne(
              connection,
              sql,
              statement -> {
                statement.setString(1, function);
                statement.setString(2, arguments);
                statement.setString(3, options.id());
                statement.setString(4, options.queue());
                statement.setInt(5, options.priority());
                statement.setString(6, options.partition());
                statement.setString(7, options.deduplication());
                statement.setLong(8, options.delay().toNanos() / 1000);
                statement.setString(9, Json.write(options.tags()));
              },
              row -> row.getString(1))
          .orElseThrow());
    } catch (DatabaseFailureException e) {
      throw refusal(e);
    }
  }

  private static RuntimeException refusal(DatabaseFailureException failure) {
    if (!(failure.getCause() instanceof SQLException cause)) {
      return failure;
    }
    // what the database adds about its own places is nobody's business
    var message = String.valueOf(cause.getMessage())
        .replaceFirst("^ERROR: ", "")
        .replaceFirst("(?s)\\R  Where: .*", "");
    return switch (String.valueOf(cause.getSQLState())) {
      case "23505" -> new IdempotencyConflictException(message);
      case "42704" -> new UnknownQueueException(message);
      case "42883", "22023" -> new RepriseException(message, cause);
      default -> failure;
    };
  }
}
