package dev.reprise.runtime.record;

import dev.reprise.runtime.json.Json;
import dev.reprise.runtime.json.JsonObject;
import dev.reprise.runtime.postgres.Binder;
import dev.reprise.runtime.postgres.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the schema of an application out of the catalogs, as DDL that makes it anew in an empty database of the same
 * version or a newer one. Roles, grants, policies, comments and tablespaces are not read; what else cannot be told as DDL
 * is named under {@code omitted}. The same schema gives the same text but for the
 * numbers in the catalogs and what their older rows have.
 *
 * <p>The text is a JSON object:
 *
 * <pre>
 * serverVersion, serverVersionNumber     "17.5", 170005
 * database                               {encoding, provider, collation, ctype, locale}
 * settings                               ["search_path=app, public", ..] that ALTER DATABASE made
 * extensions                             [{name, version, schema}, ..]
 * collations                             ["de-x-icu", ..]: used by name, to be there before
 * tables                                 [{oid, schema, name, columns: [{name, number, type, missing?, filled?}, ..]}, ..]
 *                                        that hold rows; missing: what rows have that are older than the column;
 *                                        filled: such rows may have got a value, each its own
 * statements                             [{phase, object, sql}, ..] in an order in which they run
 * omitted                                ["operator public.===", ..]
 * </pre>
 *
 * The phase is {@code before} or {@code after} the rows are loaded. Functions want {@code check_function_bodies = off}.
 */
public final class SchemaReader {
  private SchemaReader() {}

  /**
   * Reads the schema. In a transaction of the caller it sees what that sees and leaves it as it was; in autocommit it
   * takes one of its own.
   *
   * @throws SQLException also where an object went away meanwhile, which may be tried again
   */
  public static String read(Connection connection) throws SQLException {
    if (!connection.getAutoCommit()) {
      return readQualified(connection);
    }
    connection.setAutoCommit(false);
    try {
      return readQualified(connection);
    } finally {
      connection.rollback();
      connection.setAutoCommit(true);
    }
  }

  /** Names are written with their schemas where the search path is empty. */
  private static String readQualified(Connection connection) throws SQLException {
    String path = setSearchPath(connection, "");
    String json = json(connection);
    setSearchPath(connection, path);
    return json;
  }

  private static String setSearchPath(Connection connection, String path) throws SQLException {
    String sql = """
        select current_setting('search_path'), set_config('search_path', ?, true)
        """;
    return Jdbc.query(
            connection, sql, statement -> statement.setString(1, path), row -> row.getString(1))
        .get(0);
  }

  private static String json(Connection connection) throws SQLException {
    var order = new SchemaOrder();
    for (SchemaPart part : SchemaParts.ALL) {
      order.addAll(part.read(connection));
    }
    order.addDependencies(connection);
    List<JsonObject> statements = order.sorted().stream()
        .map(statement -> new JsonObject()
            .put("phase", statement.afterRows() ? "after" : "before")
            .put("object", statement.object())
            .put("sql", statement.sql()))
        .toList();
    return new JsonObject()
        .put("serverVersion", text(connection, "show server_version"))
        .put("serverVersionNumber", Integer.valueOf(text(connection, "show server_version_num")))
        .put("database", rows(connection, SchemaFacts.DATABASE).get(0))
        .put("settings", texts(connection, SchemaFacts.SETTINGS))
        .put("extensions", rows(connection, SchemaFacts.EXTENSIONS))
        .put("collations", texts(connection, SchemaFacts.COLLATIONS))
        .put("tables", rows(connection, SchemaFacts.TABLES))
        .put("statements", statements)
        .put("omitted", texts(connection, SchemaFacts.OMITTED))
        .toString();
  }

  /** Rows that are one JSON object each, without the properties that are null. */
  private static List<@Nullable Object> rows(Connection connection, String sql)
      throws SQLException {
    var found = new ArrayList<@Nullable Object>();
    for (String row : texts(connection, sql)) {
      found.add(withoutNulls(Json.parse(row)));
    }
    return found;
  }

  private static @Nullable Object withoutNulls(@Nullable Object json) {
    if (json instanceof List<?> list) {
      return list.stream().map(SchemaReader::withoutNulls).toList();
    }
    if (json instanceof Map<?, ?> map) {
      var kept = new LinkedHashMap<String, Object>();
      map.forEach((name, value) -> {
        var property = withoutNulls(value);
        if (property != null) {
          kept.put(String.valueOf(name), property);
        }
      });
      return kept;
    }
    return json;
  }

  private static List<String> texts(Connection connection, String sql) throws SQLException {
    return Jdbc.query(connection, sql, Binder.NOTHING, row -> row.getString(1));
  }

  private static String text(Connection connection, String sql) throws SQLException {
    return texts(connection, sql).get(0);
  }
}
