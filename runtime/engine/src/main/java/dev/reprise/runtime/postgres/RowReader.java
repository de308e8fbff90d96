package dev.reprise.runtime.postgres;

import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Reads the current row of a result; never moves it. */
@FunctionalInterface
public interface RowReader<T extends @Nullable Object> {
  /** What the row says. */
  T read(ResultSet row) throws SQLException;
}
