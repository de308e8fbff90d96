package dev.reprise.runtime.record;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The base copy and the stream tell the same value by the same text, and the text makes the value again. */
class RecordedTypesTest {
  private static final String COLUMNS = """
      id int primary key, n numeric(20, 5), big numeric, i8 bigint, f4 real, f8 double precision, flag boolean,
      c char(5), v varchar(20), t text, b bytea, d date, ts timestamp, tz timestamptz, iv interval, u uuid,
      j json, jb jsonb, ai int[], at text[][], e app.mood, dom app.positive, r int4range, ip inet, net cidr,
      bits bit(4), p point, x xml, m money, comp app.pair, ae app.mood[], fts tsvector, cls regclass,
      twice int generated always as (id * 2) stored
      """;
  private static final String VALUES = """
      1.50000, 'NaN', -9223372036854775808, 0.1, 1e-300, true,
      'ab', 'x', E'a\\tb\\n"\\\\ {,} NULL ü', '\\x00ff', '0044-03-15 BC', 'infinity', '2024-02-29 12:00:00.123456+05',
      '-1 mon +2 days', '6ecd8c99-4036-403d-bf84-cf8400f67836', '{"a":  1, "a": 2}', '{"b": [null, 1.0]}',
      '{1,NULL,3}', '{{a,"b\\"c"},{"",NULL}}', 'so so', 7, '[1,5)', '10.0.0.1', '10.0.0.0/8',
      '1010', '(1.5,-2)', '<a>1</a>', '12.34', '(1,"a \\"b\\"")', '{good,"so so"}', 'a fat cat', 'app.all_types'
      """;

  @Test
  void copyAndStreamTellTheSame() {
    try (var database = new RecordedDatabase()) {
      database.run("create schema app; create type app.mood as enum ('good', 'so so')");
      database.run("create domain app.positive as int check (value > 0)");
      database.run("create type app.pair as (a int, b text)");
      database.run("create table app.all_types (" + COLUMNS + ")");
      database.run("insert into app.all_types values (1, " + VALUES + ")");
      database.run("insert into app.all_types (id, comp) values (2, row(null, null))");
      database.record();
      database.run("insert into app.all_types values (3, " + VALUES + ")");
      database.run("insert into app.all_types (id, comp) values (4, row(null, null))");
      database.awaitRecorded();

      var rows = RecordedTable.rows(database, "app.all_types");
      assertThat(rows).hasSize(4);
      assertThat(rows.get(2).replaceFirst("3", "1")).isEqualTo(rows.get(0));
      assertThat(rows.get(3).replaceFirst("4", "2")).isEqualTo(rows.get(1));
      assertThat(rows.get(0))
          .contains("ab   ", "0.1", "1e-300", "\\x00ff", "2024-02-29 07:00:00.123456+00", "NaN")
          .contains("{\"a\":  1, \"a\": 2}", "10.0.0.1,", ", t, ", "app.all_types");
      assertThat(rows.get(1)).contains("(,)");
      assertMadeAgain(database);
    }
  }

  private static void assertMadeAgain(RecordedDatabase database) {
    database.run("create table copy (like app.all_types including generated)");
    database.run("""
        do $$
        declare
          names text;
          made text;
        begin
          select string_agg(quote_ident(c.name), ', ' order by c.place),
                 string_agg(format('v[%s]::%s', c.place, r.types[c.place]), ', ' order by c.place)
            into names, made
            from reprise_history.relations r, unnest(r.columns) with ordinality as c (name, place)
           where r.base_snapshot is not null and r.table_name = 'all_types';
          execute format('insert into copy (%s) select %s from (
            select values as v from reprise_history.base_rows
            union all select new_values from reprise_history.changes) all_values', names, made);
        end $$
        """);
    assertThat(database.text("""
        select count(*) from app.all_types one join copy other using (id) where one::text = other::text
        """)).isEqualTo("4");
  }
}
