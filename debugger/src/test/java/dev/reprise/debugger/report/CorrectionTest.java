package dev.reprise.debugger.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.postgresql.util.PSQLException;

class CorrectionTest {
  private final TwoStates states;

  CorrectionTest() throws SQLException {
    states = new TwoStates("set client_min_messages = warning");
  }

  @AfterEach
  void close() throws SQLException {
    states.close();
  }

  private Correction correction(boolean compared) throws SQLException {
    return Correction.of(
        StateDifference.complete(states.before, states.after),
        states.before,
        compared ? states.before : null,
        List.of("from shop-1.jar", "to shop-2.jar\n; drop table item; --"));
  }

  private void apply(Correction correction) throws SQLException {
    TwoStates.execute(states.before, correction.sql());
  }

  private static final String SHOP = """
      create schema "My Shop";
      create type "My Shop".mood as enum ('good', 'b''ad');
      create table "My Shop".customer (id int generated always as identity primary key, name text unique,
        boss int references "My Shop".customer, "Ünder ""quoted"" x" "My Shop".mood, twice int generated always as (length(name) * 2) stored);
      create table "My Shop".purchase (id serial, part char(3), customer int not null references "My Shop".customer on delete cascade,
        price numeric(8,2), weight real, at timestamptz, tags text[], doc json, extra jsonb, area point, ok boolean, primary key (id, part));
      insert into "My Shop".customer (name, boss) values ('ann', null), ('bob', 1), ('cy', 2);
      insert into "My Shop".purchase (part, customer, price, weight, doc, area, ok, at)
        values ('a', 1, 1.5, 0.1, '{"a": 1}', '(1,2)', true, 'infinity'), ('b', 2, null, 'NaN', null, null, null, null), ('c', 3, -5, -0.1, '[]', null, false, now());
      """;

  private static final String CHANGE = """
      set search_path = "My Shop";
      insert into customer (name, boss) values ('zoe', 2);
      update purchase set customer = 4, price = -7.25, weight = 1e-7, tags = '{"a b",null}', doc = '{"b":2}', area = '(3,4)', ok = null where id = 1;
      delete from purchase where id = 3; delete from customer where name = 'cy';
      insert into customer (name, boss, "Ünder ""quoted"" x") values ('cy', 4, 'b''ad');
      insert into purchase (part, customer, extra, tags) values ('d', 5, '"it''s \\\\ \\n {fn now()} :x ?"', array[E'new\\nline -- ''; \\\\', '$$ $1']);
      update customer set name = E'ann\\n; drop table x; -- \\\\! {d' where id = 1;
      """;

  @Test
  void whatTheChangedCodeLeftIsBroughtAbout() throws SQLException {
    states.both(SHOP.replace("now()", "'2026-01-01Z'"));
    TwoStates.execute(states.after, CHANGE);

    for (boolean compared : new boolean[] {true, false}) {
      var correction = correction(compared);
      assertThat(correction.statements()).isEqualTo(7);
      assertThat(correction.changedSince()).isEmpty();
      assertThat(correction.notCorrected()).isEmpty();
      assertThat(correction.sql().lines().filter(line -> line.startsWith("-- to shop-2")))
          .containsExactly("-- to shop-2.jar ; drop table item; --");
    }
    apply(correction(true));
    assertThat(states.difference()).isEqualTo(StateDifference.NONE);
    TwoStates.execute(states.before, "insert into \"My Shop\".customer (name) values ('next')");
    assertThat(
            Checks.rows(states.before, "select id from \"My Shop\".customer where name = 'next'"))
        .as("its sequence goes on behind the inserted rows")
        .containsExactly(java.util.Map.of("id", "6"));
  }

  @Test
  void ifOneRowChangedMeanwhileNothingIsDoneAndItIsNamed() throws SQLException {
    states.both(SHOP.replace("now()", "'2026-01-01Z'"));
    TwoStates.execute(states.after, CHANGE);
    var correction = correction(false);
    TwoStates.execute(states.before, "update \"My Shop\".purchase set price = 3 where id = 1");
    var digest = StateDigest.of(states.before, false);

    assertThatThrownBy(() -> apply(correction))
        .isInstanceOf(PSQLException.class)
        .hasMessageContaining("1 of the rows to correct are not as expected; nothing was changed")
        .hasMessageContaining(
            "My Shop.purchase (id=1, part=a): is gone or was changed, to be updated");
    TwoStates.execute(states.before, "rollback");
    assertThat(StateDigest.of(states.before, false)).isEqualTo(digest);
  }

  @Test
  void everyKindOfMissIsNamed() throws SQLException {
    states.both("""
        create table item (id int primary key, n int);
        create table part (item int references item on delete cascade);
        insert into item values (1, 1), (2, 2), (3, 3)
        """);
    TwoStates.execute(
        states.after,
        "update item set n = 9 where id = 1; delete from item where id > 1; insert into item"
            + " values (4, 4)");
    var correction = correction(true);
    assertThat(correction.changedSince()).isEmpty();
    TwoStates.execute(
        states.before,
        "delete from item where id = 1; insert into item values (4, 4); update item set n = 0"
            + " where id = 2; insert into part values (3)");

    assertThatThrownBy(() -> apply(correction))
        .hasMessageContaining("4 of the rows")
        .hasMessageContaining("(id=1): is gone")
        .hasMessageContaining("(id=2): is gone, was changed")
        .hasMessageContaining("(id=3): is gone, was changed or is referred to by new rows")
        .hasMessageContaining("(id=4): is there already");
    TwoStates.execute(states.before, "rollback");
    assertThat(Checks.rows(states.before, "select item from part")).hasSize(1);
  }

  @Test
  void rowsThatChangedSinceAreToldAndLeftOut() throws SQLException {
    states.both("""
        create table item (id int primary key, n int, note text);
        insert into item select g, g, 'x' from generate_series(1, 6) g
        """);
    TwoStates.execute(
        states.after,
        "update item set n = 100; delete from item where id = 6; insert into item values (7, 7,"
            + " '-'), (8, 8, '-')");
    var difference = StateDifference.complete(states.before, states.after);
    try (var original = new TwoStates("select 1")) {
      TwoStates.execute(
          original.before, "create table item (id int primary key, n int, note text)");
      TwoStates.execute(original.before, """
          insert into item values (1, 1, 'only the note changed'), (2, 77, E'x\\n; drop table item'), (3, 100, 'x'), (5, 5, 'x'), (6, 66, 'x'), (8, 0, '');
          """);

      var correction = Correction.of(difference, states.before, original.before, List.of());
      assertThat(correction.changedSince())
          .containsExactlyInAnyOrder(
              "public.item (id=2): n is 77 now, expected 2",
              "public.item (id=3): is already what the changed code makes of it",
              "public.item (id=4): is not there any more",
              "public.item (id=6): n is 66 now, expected 6",
              "public.item (id=8): is there already: {id=8, n=0, note=}");
      assertThat(correction.statements()).isEqualTo(3);
      assertThat(correction.sql()).contains("--   public.item (id=2): n is 77 now, expected 2\n");
      TwoStates.execute(original.before, correction.sql());
      assertThat(Checks.rows(
              original.before,
              "select string_agg(id || ':' || n, ' ' order by id) as all from item"))
          .containsExactly(java.util.Map.of("all", "1:100 2:77 3:100 5:100 6:66 7:7 8:0"));
    }
  }

  @Test
  void uniqueValuesArePassedOnInOrder() throws SQLException {
    states.both("""
        create table seat (id int primary key, holder text unique);
        insert into seat values (1, 'a'), (2, 'b'), (3, 'c'), (4, 'd');
        """);
    TwoStates.execute(states.after, """
        update seat set holder = null where id = 2; update seat set holder = 'b' where id = 1; update seat set holder = 'a' where id = 3;
        delete from seat where id = 4; insert into seat values (5, 'd'), (6, 'c');
        """);

    apply(correction(false));
    assertThat(states.difference()).isEqualTo(StateDifference.NONE);
  }

  @Test
  void circlesAreToldAndDeferredWhereTheSchemaAllowsIt() throws SQLException {
    states.both("""
        create table one (id int primary key, other int);
        create table two (id int primary key, other int references one deferrable);
        alter table one add foreign key (other) references two deferrable;
        """);
    TwoStates.execute(
        states.after,
        "begin; set constraints all deferred; insert into one values (1, 1); insert into two"
            + " values (1, 1); commit");

    var correction = correction(false);
    assertThat(correction.sql()).contains("2 statements depend on each other in a circle");
    apply(correction);
    assertThat(states.difference()).isEqualTo(StateDifference.NONE);
  }

  @Test
  void whatCannotBeCorrectedIsTold() throws SQLException {
    states.both("""
        create table plain (a int);
        create table numbered (id int primary key, at int generated always as identity, n int);
        create table audited (id int primary key, at timestamptz default now());
        create function noted() returns trigger language plpgsql as 'begin return null; end';
        create trigger note after insert on audited execute function noted();
        insert into numbered (id) values (1);
        """);
    TwoStates.execute(
        states.after,
        "insert into plain values (1); update numbered set at = default; insert into audited"
            + " values (1)");
    try (var today = new TwoStates("create table numbered (id int primary key)")) {
      var correction = Correction.of(
          StateDifference.complete(states.before, states.after),
          states.before,
          today.before,
          List.of());

      assertThat(correction.notCorrected())
          .containsExactly(
              "public.numbered (id=1): column at is generated always as identity and cannot be"
                  + " updated",
              "public.plain: 1 rows differ; it has no primary key, so that rows cannot be told"
                  + " apart",
              "public.audited: 1 rows differ; today's database has no such table");
      assertThat(correction.sql()).contains("-- NOT CORRECTED:\n", "-- No row to correct.\n");
      assertThat(correction.isEmpty()).isFalse();
      TwoStates.execute(today.before, correction.sql());
    }
    assertThat(correction(false).sql()).contains("the trigger note of public.audited fires");
  }
}
