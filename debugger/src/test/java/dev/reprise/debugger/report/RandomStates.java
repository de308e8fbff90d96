package dev.reprise.debugger.report;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Random tables, rows and changes of them in the schema {@code r}, which is made anew. */
final class RandomStates {
  private static final List<String> TEXTS = List.of(
      "''",
      "'a'",
      "'null'",
      "E'\\\\'",
      "'it''s'",
      "E'a\\nb'",
      "'; --'",
      "'é😀'",
      "'$$'",
      "'{d ?'",
      "'  x'",
      "':x'");
  private static final Map<String, List<String>> TYPES = Map.ofEntries(
      Map.entry("int", List.of("0", "1", "-7", "2147483647")),
      Map.entry("bigint", List.of("-9223372036854775808", "5")),
      Map.entry("numeric", List.of("'NaN'", "1.00", "1.0", "-0.5", "1e30")),
      Map.entry("real", List.of("0.1", "'-0'", "1e-30", "'Infinity'")),
      Map.entry("float8", List.of("0.1", "1e300", "'NaN'")),
      Map.entry("text", TEXTS),
      Map.entry("varchar(9)", TEXTS),
      Map.entry("char(5)", List.of("'a'", "'abc'", "E'\\\\'")),
      Map.entry("\"char\"", List.of("'a'", "''")),
      Map.entry("name", TEXTS),
      Map.entry("boolean", List.of("true", "false")),
      Map.entry("timestamptz", List.of("'2026-01-01 12:00+05'", "'infinity'", "'0044-03-15 BC'")),
      Map.entry("timestamp(0)", List.of("'2026-01-01 12:00'", "'-infinity'")),
      Map.entry("date", List.of("'2026-01-02'", "'0044-03-15 BC'")),
      Map.entry("timetz", List.of("'10:00+03'", "'10:00:00.5Z'")),
      Map.entry("interval", List.of("'-1 mon 3 days -02:00'", "'1 year'", "'0'")),
      Map.entry("uuid", List.of("'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'")),
      Map.entry("json", List.of("'{\"a\": 1}'", "'null'", "E'\"\\\\\\\\ \\\\n\"'")),
      Map.entry("jsonb", List.of("'{\"a\": 1}'", "'null'")),
      Map.entry("bytea", List.of("'\\x00ff'", "''")),
      Map.entry("text[]", List.of("'{}'", "array['a b', null, 'null', '\"', ',{}', E'\\\\']")),
      Map.entry("int4range", List.of("'[1,5)'", "'empty'")),
      Map.entry("point", List.of("'(1,2)'", "'(0.1,-1)'")),
      Map.entry("xml", List.of("'<a>&amp;</a>'")),
      Map.entry("money", List.of("1.5::numeric::money", "(-3)::money")),
      Map.entry("inet", List.of("'10.0.0.1/8'", "'::1'")),
      Map.entry("bit(3)", List.of("B'101'")),
      Map.entry("r.mood", List.of("'good'", "'b''ad'")),
      Map.entry("r.small", List.of("1", "2")),
      Map.entry("r.pair", List.of("'(1,\"a b\")'", "E'(,\"\\\\\\\\ \")'")),
      Map.entry("regclass", List.of("'r.parent'", "'pg_class'")));
  private static final List<String> NAMES = List.of("parent", "child", "tree", "parts");

  private final Random random;
  private final List<String> columns = new ArrayList<>();
  private final List<String> types = new ArrayList<>();

  RandomStates(long seed) {
    this.random = new Random(seed);
    var all = TYPES.keySet().stream().sorted().toList();
    for (int i = 0; i < 6; i++) {
      columns.add(i == 0 ? "\"A \"\"col\"\"; --\"" : "v" + i);
      types.add(pick(all));
    }
  }

  String schema() {
    var values = new ArrayList<String>();
    for (int i = 0; i < columns.size(); i++) {
      values.add(columns.get(i) + " " + types.get(i));
    }
    var rest = "mark int not null default 0, " + String.join(", ", values);
    return """
        drop schema if exists r cascade; create schema r;
        create type r.mood as enum ('good', 'b''ad'); create domain r.small as int check (value < 100);
        create type r.pair as (a int, b text);
        create table r.parent (id int%1$s primary key, code text unique, %2$s);
        create table r.child (id int, part varchar(3), parent int references r.parent %3$s, by_code text references r.parent (code) %4$s, %2$s,
          sum int generated always as (mark * 2) stored, primary key (part, id));
        create table r.tree (id int primary key, up int references r.tree%5$s, seat int unique, %2$s);
        create table r.parts (id int primary key, child int, part varchar(3), foreign key (part, child) references r.child %3$s, %2$s)
          partition by hash (id);
        create table r.parts_0 partition of r.parts for values with (modulus 2, remainder 0);
        create table r.parts_1 partition of r.parts for values with (modulus 2, remainder 1);
        """.formatted(
            random.nextBoolean() ? " generated always as identity" : "",
            rest,
            pick(List.of("", "on delete cascade", "on delete set null")),
            pick(List.of("", "on update cascade", "on delete set default")),
            pick(List.of("", " deferrable", " deferrable initially deferred")));
  }

  /** Tries statements; what the constraints refuse is left out. */
  void change(Connection connection, int statements) throws SQLException {
    for (int i = 0; i < statements; i++) {
      try {
        TwoStates.execute(connection, statement());
      } catch (SQLException e) {
        if (!String.valueOf(e.getSQLState()).startsWith("23")) {
          throw e;
        }
      }
    }
  }

  private String statement() {
    var table = pick(NAMES);
    int column = random.nextInt(columns.size());
    int id = id();
    return switch (random.nextInt(5)) {
      case 0, 1 -> insert(table, column, value(column));
      case 2 ->
        "update r.%s set mark = mark + 1, %s = %s where id %% 4 = %d"
            .formatted(table, columns.get(column), value(column), id % 4);
      case 3 ->
        "update r.%s set mark = mark + 1, %s where id = %d".formatted(table, link(table), id);
      default -> "delete from r.%s where id = %d".formatted(table, id);
    };
  }

  private String insert(String table, int column, String value) {
    return switch (table) {
      case "parent" ->
        "insert into r.parent (id, code, %s) overriding system value values (%d, 'c%d', %s)"
            .formatted(columns.get(column), id(), id(), value);
      case "child" ->
        "insert into r.child (id, part, parent, by_code, %s) values (%d, '%s', %s, 'c%d', %s)"
            .formatted(columns.get(column), id(), part(), maybe(), id(), value);
      case "tree" ->
        "insert into r.tree (id, up, seat, %s) values (%d, %s, %s, %s)"
            .formatted(columns.get(column), id(), maybe(), maybe(), value);
      default ->
        "insert into r.parts (id, child, part, %s) select %d, id, part, %s from r.child order by random() limit 1"
            .formatted(columns.get(column), id(), value);
    };
  }

  private String link(String table) {
    return switch (table) {
      case "parent" -> "code = 'c" + id() + "'";
      case "child" -> "parent = " + maybe() + ", by_code = null";
      case "tree" -> random.nextBoolean() ? "up = " + maybe() : "seat = " + maybe();
      default -> "child = null";
    };
  }

  private int id() {
    return random.nextInt(12);
  }

  private String maybe() {
    return random.nextInt(4) == 0 ? "null" : String.valueOf(id());
  }

  private String part() {
    return pick(List.of("a", "b'", "\\")).replace("'", "''");
  }

  private String value(int column) {
    return random.nextInt(6) == 0
        ? "null"
        : pick(TYPES.getOrDefault(types.get(column), List.of("null")));
  }

  private <T> T pick(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }
}
