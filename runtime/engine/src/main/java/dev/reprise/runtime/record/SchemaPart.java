package dev.reprise.runtime.record;

import dev.reprise.runtime.postgres.Binder;
import dev.reprise.runtime.postgres.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * One kind of thing in a schema, and how it is read.
 *
 * @param query gives catalog, oid, object, sql
 */
record SchemaPart(int rank, int step, String query) {
  List<SchemaStatement> read(Connection connection) throws SQLException {
    return Jdbc.query(connection, query, Binder.NOTHING, row -> {
      var key = new SchemaStatement.Key(row.getLong(1), row.getLong(2), step);
      return new SchemaStatement(key, rank, row.getString(3), row.getString(4));
    });
  }
}
