package dev.reprise.runtime.postgres;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Statements without ceremony: everything is closed when a method returns. */
public final class Jdbc {
  private Jdbc() {}

  /** The rows of a query, in its order; the list is the caller's. */
  public static <T extends @Nullable Object> List<T> query(
      Connection connection, String sql, Binder binder, RowReader<T> reader) throws SQLException {
    try (var statement = connection.prepareStatement(sql)) {
      binder.bind(statement);
      try (ResultSet rows = statement.executeQuery()) {
        var found = new ArrayList<T>();
        while (rows.next()) {
          found.add(reader.read(rows));
        }
        return found;
      }
    }
  }

  /**
   * The only row of a query, if there is one.
   *
   * @throws SQLException with SQLSTATE 21000 where there are more
   */
  public static <T> Optional<T> queryOne(
      Connection connection, String sql, Binder binder, RowReader<T> reader) throws SQLException {
    List<T> found = query(connection, sql, binder, reader);
    if (found.size() > 1) {
      throw new SQLException(
          "at most one row was expected, there are " + found.size() + ": " + sql, "21000");
    }
    return found.isEmpty() ? Optional.empty() : Optional.of(found.get(0));
  }

  /** Runs a statement that changes rows and tells how many; 0 for statements that have no count. */
  public static int update(Connection connection, String sql, Binder binder) throws SQLException {
    try (var statement = connection.prepareStatement(sql)) {
      binder.bind(statement);
      return statement.executeUpdate();
    }
  }
}
