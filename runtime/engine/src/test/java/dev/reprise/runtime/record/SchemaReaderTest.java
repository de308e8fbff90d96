package dev.reprise.runtime.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.json.Json;
import dev.reprise.runtime.postgres.ScratchDatabase;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class SchemaReaderTest {
  @Test
  void whatWasReadMakesTheSameSchemaAgain() throws SQLException, IOException {
    try (var source = ScratchDatabase.forTests();
        var copy = ScratchDatabase.forTests();
        var from = open(source);
        var to = open(copy)) {
      runScript(source, richSchema());
      execute(from, "alter database %s set search_path = app, public".formatted(from.getCatalog()));
      execute(to, "alter database %s set search_path = app, public".formatted(to.getCatalog()));
      String text = SchemaReader.read(from);
      Map<?, ?> read = object(text);

      make(to, read);
      execute(to, "create operator app.=== (function = app.same, leftarg = int, rightarg = int)");

      String textAgain = SchemaReader.read(to);
      Map<?, ?> again = object(textAgain);
      assertThat(list(again, "statements")).containsExactlyElementsOf(list(read, "statements"));
      assertThat(withoutCatalogNumbers(textAgain)).isEqualTo(withoutCatalogNumbers(text));
      assertThat(list(read, "omitted")).containsExactly("operator app.===(integer, integer)");
      assertThat(list(read, "settings")).hasSize(1);
      assertThat(list(read, "statements")).hasSizeGreaterThan(60);
      assertWorks(to);
    }
  }

  @Test
  void leavesTheTransactionOfItsCallerAsItWas() throws SQLException {
    try (var source = ScratchDatabase.forTests();
        var connection = open(source)) {
      execute(connection, "set search_path = pg_catalog, public");
      connection.setAutoCommit(false);
      execute(connection, "create table public.fresh (id int primary key)");

      assertThat(SchemaReader.read(connection)).contains("create table public.fresh");
      execute(connection, "select 1 from fresh");
      connection.commit();
      connection.setAutoCommit(true);

      assertThat(SchemaReader.read(connection)).contains("create table public.fresh");
      assertThat(connection.getAutoCommit()).isTrue();
      execute(connection, "select 1 from fresh");
    }
  }

  @Test
  void tellsWhatOlderRowsHaveInANewColumn() throws SQLException {
    try (var source = ScratchDatabase.forTests();
        var connection = open(source)) {
      execute(connection, "create table t (a int, gone int, b text)");
      execute(connection, "insert into t values (1)");
      execute(
          connection,
          "alter table t drop column gone, add column c text default 'it''s {new}, \"so\"'");

      var table =
          (Map<?, ?>) list(object(SchemaReader.read(connection)), "tables").get(0);
      assertThat(list(table, "columns"))
          .isEqualTo(List.of(
              Map.of("name", "a", "number", 1, "type", "integer"),
              Map.of("name", "b", "number", 3, "type", "text"),
              Map.of("name", "c", "number", 4, "type", "text", "missing", "it's {new}, \"so\"")));
      assertThat(table.get("oid")).isNotNull();
    }
  }

  @Test
  void readsAnEmptyDatabase() throws SQLException {
    try (var source = ScratchDatabase.forTests();
        var connection = open(source)) {
      var read = object(SchemaReader.read(connection));

      assertThat(list(read, "tables")).isEmpty();
      assertThat(list(read, "omitted")).isEmpty();
      assertThat(read.get("serverVersionNumber")).isInstanceOf(Integer.class);
    }
  }

  private static void assertWorks(Connection to) throws SQLException {
    execute(to, """
        insert into app.orders (customer, state, price, amounts) values (1, 'open', (10, 'EUR'), '{1,2}');
        insert into app.shapes values (1);
        insert into app.measurement (city, at, peak) values (1, '2024-02-03', 7);
        """);
    try (var statement = to.createStatement();
        var rows = statement.executeQuery("select total, note from app.orders")) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.getInt(1)).isEqualTo(3);
      assertThat(rows.getString(2)).isEqualTo("triggered");
    }
  }

  /** As whoever rebuilds does it. */
  private static void make(Connection to, Map<?, ?> schema) throws SQLException {
    execute(to, "set check_function_bodies = off; set search_path = ''");
    for (Object statement : list(schema, "statements")) {
      execute(to, String.valueOf(((Map<?, ?>) statement).get("sql")));
    }
  }

  private static Map<?, ?> object(String json) {
    return (Map<?, ?>) Objects.requireNonNull(Json.parse(json));
  }

  private static String withoutCatalogNumbers(String json) {
    return json.replaceAll("\"oid\":\\d+,", "")
        .replaceAll(",\"(number\":\\d+|missing\":\"[^\"]*\"|filled\":true)", "");
  }

  private static List<Object> list(Map<?, ?> object, String name) {
    return new ArrayList<>((List<?>) Objects.requireNonNull(object.get(name)));
  }

  private static Connection open(ScratchDatabase database) throws SQLException {
    return DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password());
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new SQLException(sql + ": " + e.getMessage(), e.getSQLState(), e);
    }
  }

  /** The driver does not find the end of BEGIN ATOMIC; the server does. */
  private static void runScript(ScratchDatabase database, String script) throws SQLException {
    String url = database.jdbcUrl() + (database.jdbcUrl().contains("?") ? "&" : "?");
    try (var connection = DriverManager.getConnection(
        url + "preferQueryMode=simple", database.user(), database.password())) {
      execute(connection, script);
    }
  }

  private static String richSchema() throws IOException {
    try (InputStream sql = SchemaReaderTest.class.getResourceAsStream("rich_schema.sql")) {
      return new String(Objects.requireNonNull(sql).readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
