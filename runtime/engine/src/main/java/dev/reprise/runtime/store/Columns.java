package dev.reprise.runtime.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Binds lists as arrays, a column each, for statements that insert or update many rows through {@code unnest}. */
final class Columns {
  private final PreparedStatement statement;
  private int index;

  Columns(PreparedStatement statement) {
    this(statement, 0);
  }

  /** Goes on after the parameter {@code bound}. */
  Columns(PreparedStatement statement, int bound) {
    this.statement = statement;
    this.index = bound;
  }

  /** The next parameter: the column that {@code field} gives for every row. */
  <R> Columns add(String type, List<R> rows, Function<R, @Nullable Object> field)
      throws SQLException {
    Object[] values = new Object[rows.size()];
    for (int i = 0; i < values.length; i++) {
      Object value = field.apply(rows.get(i));
      values[i] = type.equals("text") && value != null ? value.toString() : value;
    }
    Connection connection = statement.getConnection();
    statement.setArray(++index, connection.createArrayOf(type, values));
    return this;
  }

  /** The next parameter, a single value. */
  Columns add(Object value) throws SQLException {
    statement.setObject(++index, value);
    return this;
  }

  /** Leaves out parameters that the caller binds itself. */
  Columns skip(int count) {
    index += count;
    return this;
  }
}
