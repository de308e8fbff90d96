package dev.reprise.debugger.report;

import dev.reprise.runtime.postgres.Binder;
import dev.reprise.runtime.postgres.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Tells defaults that give another value at every run from others. Immutable.
 *
 * @param functions the names of functions that may give another value at every call
 */
record Defaults(Set<String> functions) {
  private static final Pattern CALL = Pattern.compile("([\\p{L}_][\\p{L}\\p{N}_$]*)\"?\\(");
  private static final Pattern TIME =
      Pattern.compile("\\b(CURRENT_(TIMESTAMP|DATE|TIME)|LOCALTIME|LOCALTIMESTAMP)\\b");
  /** A default that a replay has put before the one of the application. */
  private static final Pattern INSTRUMENT =
      Pattern.compile("(?s)^CASE\\s+WHEN reprise_replay\\.is_recorded\\(.*?\\sELSE (.*)\\sEND$");

  private static final String VOLATILE = """
      select distinct proname from pg_proc
       where provolatile = 'v' and pronamespace <> coalesce(to_regnamespace('reprise_replay'), 0::oid)
          or proname in ('now', 'transaction_timestamp', 'statement_timestamp', 'txid_current', 'pg_current_xact_id')
      """;

  static Defaults read(Connection connection) throws SQLException {
    return new Defaults(
        new HashSet<>(Jdbc.query(connection, VOLATILE, Binder.NOTHING, row -> row.getString(1))));
  }

  /** Whether the default is the next value of a sequence. */
  static boolean isSequence(@Nullable String expression) {
    return expression != null && original(expression).contains("nextval(");
  }

  /** Whether the default gives another value at every run; null for no default. */
  boolean isDrawn(@Nullable String expression) {
    if (expression == null) {
      return false;
    }
    var code = original(expression).replaceAll("'([^']|'')*'", "''");
    return TIME.matcher(code).find()
        || CALL.matcher(code).results().anyMatch(call -> functions.contains(call.group(1)));
  }

  private static String original(String expression) {
    var matcher = INSTRUMENT.matcher(expression);
    return matcher.matches() ? matcher.group(1) : expression;
  }
}
