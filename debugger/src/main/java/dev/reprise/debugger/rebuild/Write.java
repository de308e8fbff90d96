package dev.reprise.debugger.rebuild;

import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A change as a statement.
 *
 * @param values of its parameters, as text
 * @param ofOneRow whether it must find a row
 * @param rows which rows it touches: what touches another may run before or after it
 */
record Write(
    String sql,
    List<? extends @Nullable String> values,
    boolean ofOneRow,
    List<String> rows,
    String table) {
  /**
   * Runs writes with the same statement, in their order.
   *
   * @throws RebuildException a row was not there
   */
  static void run(Connection connection, List<Write> writes) throws SQLException {
    Write first = writes.get(0);
    try (var statement = connection.prepareStatement(first.sql)) {
      if (writes.size() == 1) {
        first.bind(statement);
        first.check(statement.executeUpdate());
        return;
      }
      for (Write write : writes) {
        write.bind(statement);
        statement.addBatch();
      }
      int[] counts = statement.executeBatch();
      for (int i = 0; i < counts.length; i++) {
        writes.get(i).check(counts[i]);
      }
    } catch (SQLException e) {
      SQLException cause = e instanceof BatchUpdateException && e.getNextException() != null
          ? e.getNextException()
          : e;
      throw new SQLException(
          "a recorded change of " + first.table + " cannot be made: " + cause.getMessage(),
          cause.getSQLState(),
          cause);
    }
  }

  private void bind(PreparedStatement statement) throws SQLException {
    for (int i = 0; i < values.size(); i++) {
      // Without a type the server takes that of the column.
      statement.setObject(i + 1, values.get(i), Types.OTHER);
    }
  }

  private void check(int count) {
    if (ofOneRow && count != 1 && count != Statement.SUCCESS_NO_INFO) {
      String command = sql.substring(0, sql.indexOf(' '));
      throw new RebuildException("a recorded " + command + " of " + table + " finds "
          + (count == 0 ? "no row" : count + " rows") + " in the scratch database: "
          + Arrays.toString(values.toArray()));
    }
  }
}
