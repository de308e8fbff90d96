package dev.reprise.debugger.report;

import dev.reprise.RepriseException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;

/** Queries that must return no row, asked of a state. */
public final class Checks {
  /** How many rows of a result are kept. */
  public static final int ROWS = 20;

  private static final int SHOWN = 40;
  private static final String SELECT = "select * from (\n";
  private static final String EXPLAIN = "explain " + SELECT;

  private Checks() {}

  /**
   * Asks both states all checks, in their order.
   *
   * @param before the state that the original run left; a session without a transaction
   * @param after the same for the run with other code
   * @throws RepriseException a check cannot be run on one of them
   */
  public static List<CheckResult> run(List<String> checks, Connection before, Connection after)
      throws SQLException {
    var results = new ArrayList<CheckResult>();
    for (var sql : checks) {
      results.add(new CheckResult(
          sql,
          rows(before, sql, "the original end state"),
          rows(after, sql, "the end state of the changed code")));
    }
    return results;
  }

  /**
   * The first {@value #ROWS} rows that a check returns, by the names of its columns; empty where it holds.
   *
   * @param connection a session without a transaction
   * @throws RepriseException it cannot be run
   */
  public static List<Map<String, @Nullable String>> rows(Connection connection, String sql)
      throws SQLException {
    return rows(connection, sql, "the database");
  }

  /**
   * Has the server parse and plan them, without running them.
   *
   * @param connection a session without a transaction
   * @param where what database that is, for the message
   * @throws RepriseException one of them cannot be run there, telling the place in it
   */
  public static void require(List<String> checks, Connection connection, String where)
      throws SQLException {
    for (var sql : checks) {
      var unused = asked(connection, EXPLAIN, sql, where);
    }
  }

  private static List<Map<String, @Nullable String>> rows(
      Connection connection, String sql, String where) throws SQLException {
    return asked(connection, SELECT, sql, where);
  }

  @SuppressWarnings("try") // held for its close
  private static List<Map<String, @Nullable String>> asked(
      Connection connection, String begin, String sql, String where) throws SQLException {
    var query = query(sql);
    try (var reading = Reading.asGiven(connection);
        var statement = reading.connection().createStatement()) {
      statement.setEscapeProcessing(false);
      statement.setMaxRows(ROWS);
      // as a subquery, so that it can be nothing but one query
      try (var found = statement.executeQuery(begin + query + "\n) as this_check")) {
        var rows = new ArrayList<Map<String, @Nullable String>>();
        while (found.next()) {
          rows.add(row(found));
        }
        return rows;
      }
    } catch (SQLException e) {
      throw new RepriseException(
          "The check cannot be run on %s: %s%n  check: %s%n  A check is one query (select, values, with) that returns the rows that must not be"
              .formatted(where, told(e, begin.length(), query), sql),
          e);
    }
  }

  private static String query(String sql) {
    var query = sql.strip();
    while (query.endsWith(";")) {
      query = query.substring(0, query.length() - 1).stripTrailing();
    }
    return query;
  }

  /** What the server said, with the place in the check as it was given. */
  private static String told(SQLException e, int before, String query) {
    var said = e instanceof PSQLException server ? server.getServerErrorMessage() : null;
    if (said == null) {
      return String.valueOf(e.getMessage());
    }
    var text = new StringBuilder(String.valueOf(said.getMessage()));
    int place = said.getPosition() - before;
    if (place > query.codePointCount(0, query.length())) {
      text.append(", at the end of the check");
    } else if (place > 0) {
      var from = query.substring(query.offsetByCodePoints(0, place - 1));
      text.append(", at character ")
          .append(place)
          .append(" of the check, \"")
          .append(Words.cut(Words.line(from), SHOWN))
          .append('"');
    }
    for (var more : List.of(String.valueOf(said.getDetail()), String.valueOf(said.getHint()))) {
      if (!more.equals("null")) {
        text.append("; ").append(more);
      }
    }
    return text.toString();
  }

  private static Map<String, @Nullable String> row(ResultSet found) throws SQLException {
    var row = new LinkedHashMap<String, @Nullable String>();
    var columns = found.getMetaData();
    for (int i = 1; i <= columns.getColumnCount(); i++) {
      var name = columns.getColumnLabel(i);
      for (int again = 2; row.containsKey(name); again++) {
        name = columns.getColumnLabel(i) + "_" + again;
      }
      row.put(name, found.getString(i));
    }
    return row;
  }
}
