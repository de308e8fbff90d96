package dev.reprise.runtime.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Work inside one transaction. It may run several times, so it has no effect outside the database. */
@FunctionalInterface
public interface SqlWork<T extends @Nullable Object> {
  /** Does it. The connection is lent: the work neither commits nor closes it. */
  T run(Connection connection) throws SQLException;
}
