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

/** Queries that must return no row, asked of a state. */
public final class Checks {
  /** How many rows of a result are kept. */
  public static final int ROWS = 20;

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

  @SuppressWarnings("try") // held for its close
  private static List<Map<String, @Nullable String>> rows(
      Connection connection, String sql, String where) throws SQLException {
    try (var reading = Reading.asGiven(connection);
        var statement = reading.connection().createStatement()) {
      statement.setEscapeProcessing(false);
      statement.setMaxRows(ROWS);
      try (var found = statement.executeQuery(asQuery(sql))) {
        var rows = new ArrayList<Map<String, @Nullable String>>();
        while (found.next()) {
          rows.add(row(found));
        }
        return rows;
      }
    } catch (SQLException e) {
      throw new RepriseException(
          "The check cannot be run on %s: %s%n  check: %s%n  A check is one query (select, values, with) that returns the rows that must not be"
              .formatted(where, e.getMessage(), sql),
          e);
    }
  }

  /** As a subquery, so that it can be nothing but one query. */
  private static String asQuery(String sql) {
    var query = sql.strip();
    while (query.endsWith(";")) {
      query = query.substring(0, query.length() - 1).stripTrailing();
    }
    return "select * from (\n" + query + "\n) as this_check";
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
