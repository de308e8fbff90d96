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
  /** Runs SQL in a transaction that is rolled back. */
  static SqlResult of(Connection connection, String sql) {
    try {
      connection.setAutoCommit(false);
      try (var statement = connection.createStatement()) {
        if (!statement.execute(sql)) {
          return new SqlResult(List.of(), List.of(), Math.max(0, statement.getUpdateCount()));
        }
        try (var found = statement.getResultSet()) {
          return read(found);
        }
      } finally {
        connection.rollback();
      }
    } catch (SQLException e) {
      throw new RepriseException("the statement failed: " + e.getMessage(), e);
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
      return changed + " rows changed, and rolled back";
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
