package dev.reprise.runtime.postgres;

import java.io.IOException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;

/**
 * What a failure of the database means, decided by SQLSTATE and never by message. Causes and next exceptions count too,
 * so that a failure inside a batch or behind a library's own exception is recognised.
 *
 * <p>Source: PostgreSQL documentation, appendix A, "PostgreSQL Error Codes".
 */
public final class SqlState {
  /**
   * The session is gone: terminated by an administrator, crash, start-up, dropped database, idle time-out (57P05), idle
   * in transaction (25P03), transaction time-out (25P04).
   */
  private static final Set<String> ENDED_SESSION =
      Set.of("57P01", "57P02", "57P03", "57P04", "57P05", "25P03", "25P04");

  private SqlState() {}

  /** Whether the same transaction may succeed when it is run again: serialization failure or deadlock. */
  public static boolean isRetryable(Throwable failure) {
    return anySql(failure, e -> isRetryableState(e.getSQLState()));
  }

  /** The SQLSTATE of the first failure in the chain that has one; empty where none has. */
  public static String of(Throwable failure) {
    for (Throwable e = failure; e != null; e = e.getCause()) {
      if (e instanceof SQLException sql && sql.getSQLState() != null) {
        return sql.getSQLState();
      }
    }
    return "";
  }

  /** Whether the connection is no longer usable; what became of the transaction is unknown if it was committing. */
  public static boolean isConnectionLost(Throwable failure) {
    return any(failure, SqlState::isLoss);
  }

  /** Whether there was no connection to be had: lost, refused, too many of them, or none free in the pool in time. */
  public static boolean isUnavailable(Throwable failure) {
    return any(
        failure,
        e -> isLoss(e)
            || e instanceof SQLTransientConnectionException
            || (e instanceof SQLException sql && "53300".equals(sql.getSQLState())));
  }

  /** Whether the server itself reported it, rather than the driver or the pool. */
  public static boolean isServerError(Throwable failure) {
    return any(failure, e -> e instanceof PSQLException p && p.getServerErrorMessage() != null);
  }

  /** Whether a unique or primary key of that table refused a row. */
  public static boolean isUniqueViolationOf(Throwable failure, String schema, String table) {
    return any(failure, e -> {
      if (!(e instanceof PSQLException p) || !"23505".equals(p.getSQLState())) {
        return false;
      }
      var message = p.getServerErrorMessage();
      return message != null
          && Objects.equals(message.getSchema(), schema)
          && Objects.equals(message.getTable(), table);
    });
  }

  private static boolean isRetryableState(@Nullable String state) {
    return "40001".equals(state) || "40P01".equals(state);
  }

  private static boolean isLoss(Throwable e) {
    if (!(e instanceof SQLException sql)) {
      return false;
    }
    String state = sql.getSQLState();
    // An IOException elsewhere may be the user's own.
    return sql.getCause() instanceof IOException
        || (state != null && (state.startsWith("08") || ENDED_SESSION.contains(state)));
  }

  private static boolean anySql(Throwable failure, Predicate<SQLException> test) {
    return any(failure, e -> e instanceof SQLException sql && test.test(sql));
  }

  private static boolean any(Throwable failure, Predicate<Throwable> test) {
    Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    var open = new ArrayDeque<Throwable>();
    open.add(failure);
    while (!open.isEmpty()) {
      Throwable e = open.remove();
      if (!seen.add(e)) {
        continue;
      }
      if (test.test(e)) {
        return true;
      }
      if (e.getCause() != null) {
        open.add(e.getCause());
      }
      if (e instanceof SQLException sql && sql.getNextException() != null) {
        open.add(sql.getNextException());
      }
    }
    return false;
  }
}
