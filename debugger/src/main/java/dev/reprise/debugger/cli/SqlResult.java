package dev.reprise.debugger.cli;

import dev.reprise.RepriseException;
import dev.reprise.runtime.cli.Output;
import dev.reprise.runtime.json.JsonObject;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a statement gave.
 *
 * @param columns empty where it gave no rows
 * @param changed how many rows it changed
 */
record SqlResult(List<String> columns, List<List<@Nullable String>> rows, int changed) {
  /** The SQL has ended the transaction that it was run in: what it did may be there for good. */
  static final class EndedException extends RepriseException {
    EndedException() {
      super("leave COMMIT and ROLLBACK out: the SQL is run in a transaction that is rolled back");
    }
  }

  /**
   * Runs SQL in a transaction that is rolled back.
   *
   * @throws EndedException the SQL ended it itself
   */
  static SqlResult of(Connection connection, String sql) {
    try {
      connection.setAutoCommit(false);
      var transaction = text(connection, "select pg_current_xact_id()::text");
      SqlResult result = null;
      SQLException failure = null;
      try {
        result = run(connection, sql);
        requireSame(transaction, text(connection, "select pg_current_xact_id()::text"));
      } catch (SQLException e) {
        failure = e;
      }
      connection.rollback();
      requireSame(
          "aborted", text(connection, "select pg_xact_status('" + transaction + "'::xid8)"));
      connection.rollback();
      if (result == null || failure != null) {
        throw failure == null ? new SQLException("it gave nothing") : failure;
      }
      return result;
    } catch (SQLException e) {
      throw new RepriseException("the statement failed: " + e.getMessage(), e);
    }
  }

  private static void requireSame(String expected, String found) {
    if (!found.equals(expected)) {
      throw new EndedException();
    }
  }

  private static String text(Connection connection, String query) throws SQLException {
    try (var statement = connection.createStatement();
        var found = statement.executeQuery(query)) {
      found.next();
      return String.valueOf(found.getString(1));
    }
  }

  private static SqlResult run(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      if (!statement.execute(sql)) {
        return new SqlResult(List.of(), List.of(), Math.max(0, statement.getUpdateCount()));
      }
      try (var found = statement.getResultSet()) {
        return read(found);
      }
    }
  }

  private static SqlResult read(ResultSet found) throws SQLException {
    var columns = new ArrayList<String>();
    int count = found.getMetaData().getColumnCount();
    for (int i = 1; i <= count; i++) {
      columns.add(found.getMetaData().getColumnLabel(i));
    }
    var rows = new ArrayList<List<@Nullable String>>();
    while (found.next()) {
      var row = new ArrayList<@Nullable String>();
      for (int i = 1; i <= count; i++) {
        row.add(found.getString(i));
      }
      rows.add(row);
    }
    return new SqlResult(columns, rows, 0);
  }

  /** For people. */
  String text() {
    if (columns.isEmpty()) {
      return changed + (changed == 1 ? " row" : " rows") + " changed, and rolled back";
    }
    var table = new ArrayList<List<String>>();
    table.add(columns);
    for (var row : rows) {
      table.add(row.stream().map(value -> value == null ? "(null)" : value).toList());
    }
    return Output.table(table) + "\n(" + rows.size() + (rows.size() == 1 ? " row)" : " rows)");
  }

  /** For programs: rows as objects. */
  List<JsonObject> json() {
    var all = new ArrayList<JsonObject>();
    for (var row : rows) {
      var object = new JsonObject();
      for (int i = 0; i < columns.size(); i++) {
        object.put(columns.get(i), row.get(i));
      }
      all.add(object);
    }
    return all;
  }
}
