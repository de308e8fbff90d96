package dev.reprise.debugger.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.RepriseException;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StateDifferenceTest {
  private final TwoStates states;

  StateDifferenceTest() throws SQLException {
    states = new TwoStates("set client_min_messages = warning");
  }

  @AfterEach
  void close() throws SQLException {
    states.close();
  }

  @Test
  void rowsAreMatchedByKeyAndOnlyThoseThatDifferAreTold() throws SQLException {
    states.both("""
        create schema shop;
        create table shop.item (id int primary key, name text, price numeric(8,2));
        create table shop.quiet (id int primary key);
        create schema reprise; create table reprise.operations (id int);
        create schema reprise_replay; create table reprise_replay.captured (id int);
        insert into shop.item select g, 'item ' || g, g from generate_series(1, 5000) g;
        insert into shop.quiet select generate_series(1, 100);
        """);
    assertThat(states.difference()).isEqualTo(StateDifference.NONE);
    TwoStates.execute(states.after, """
        update shop.item set price = null where id = 7;
        delete from shop.item where id = 4000;
        insert into shop.item values (10001, 'new', 1);
        insert into reprise.operations values (1); insert into reprise_replay.captured values (1);
        """);

    var difference = states.difference();
    assertThat(difference.notes()).isEmpty();
    assertThat(difference.tables()).hasSize(1);
    var table = difference.tables().get(0);
    assertThat(table.name()).isEqualTo("shop.item");
    assertThat(table.key()).containsExactly("id");
    assertThat(table.total()).isEqualTo(3);
    assertThat(table.rows())
        .extracting(row -> row.key().get("id"))
        .containsExactly("7", "4000", "10001");
    assertThat(table.rows().get(0).columns()).containsExactly("price");
    assertThat(table.rows().get(0).before()).containsEntry("price", "7.00");
    assertThat(table.rows().get(0).after())
        .containsEntry("price", null)
        .containsEntry("name", "item 7");
    assertThat(table.rows().get(1).after()).isNull();
    assertThat(table.rows().get(2).before()).isNull();
    assertThat(states.before.getAutoCommit()).isTrue();
  }

  @Test
  void rowsWithoutAKeyAreCountedAsWholes() throws SQLException {
    states.both("create table line (a int, b text)");
    TwoStates.execute(
        states.before, "insert into line values (1,'x'), (1,'x'), (1,'x'), (2,null), (3,'c')");
    TwoStates.execute(states.after, "insert into line values (3,'c'), (1,'x'), (2,''), (1, 'y')");

    var table = states.difference().tables().get(0);
    assertThat(table.key()).isEmpty();
    assertThat(table.total()).isEqualTo(5);
    assertThat(table.rows()).allMatch(row -> row.key().isEmpty());
    assertThat(table.rows().stream().filter(row -> row.after() == null).map(row -> row.before()))
        .extracting(row -> row.get("a") + row.get("b"))
        .containsExactlyInAnyOrder("1x", "1x", "2null");
    assertThat(table.rows().stream().filter(row -> row.before() == null).map(row -> row.after()))
        .extracting(row -> row.get("a") + row.get("b"))
        .containsExactlyInAnyOrder("1y", "2");
  }

  @Test
  void equalValuesHaveEqualTextsWhateverTheSessionsAre() throws SQLException {
    states.both("""
        create table event (id int primary key, at timestamptz, took interval, share float8, bytes bytea, paid money, on_day date);
        insert into event values (1, '2026-01-02 03:04:05Z', '1 day 02:00', 0.1, '\\xdeadbeef', 12.5::numeric::money, '2026-02-01');
        """);
    TwoStates.execute(states.after, """
        set TimeZone = 'Asia/Tokyo'; set IntervalStyle = iso_8601; set extra_float_digits = -10; set bytea_output = escape;
        set DateStyle = 'ISO, DMY'
        """);

    assertThat(states.difference()).isEqualTo(StateDifference.NONE);
    assertThat(StateDigest.of(states.after, false)).isEqualTo(StateDigest.of(states.before, false));
    try (var statement = states.after.createStatement();
        var row = statement.executeQuery("show TimeZone")) {
      assertThat(row.next()).isTrue();
      assertThat(row.getString(1)).isEqualTo("Asia/Tokyo");
    }
  }

  @Test
  void partitionedAndInheritedTablesAreReadOnce() throws SQLException {
    states.both("""
        create table sale (id int, region text, primary key (id, region)) partition by list (region);
        create table sale_north partition of sale for values in ('n');
        create table sale_rest partition of sale default;
        insert into sale values (1, 'n'), (2, 's');
        create table base (id int); create table child () inherits (base);
        """);
    TwoStates.execute(
        states.after, "insert into sale values (3, 'n'); insert into child values (1)");

    assertThat(states.difference().tables())
        .extracting(table -> table.name() + " " + table.total())
        .containsExactly("public.child 1", "public.sale 1");
  }

  @Test
  void whatIsOnOneSideOnlyIsToldAndNotCompared() throws SQLException {
    states.both("create table item (id int primary key, n int); insert into item values (1, 1)");
    TwoStates.execute(states.before, "create table old (id int); alter table item add gone int");
    TwoStates.execute(states.after, """
        create table fresh (id int); insert into fresh values (1), (2); alter table item add came int default 5;
        alter table item alter n type bigint; update item set n = 2;
        """);

    var difference = states.difference();
    assertThat(difference.tables()).hasSize(1);
    assertThat(difference.tables().get(0).rows().get(0).after()).containsOnlyKeys("id", "n");
    assertThat(difference.notes())
        .containsExactlyInAnyOrder(
            "column public.item.gone is there only before the change: not compared",
            "column public.item.came is there only after the change: not compared",
            "column public.item.n is integer before the change and bigint after it: compared by"
                + " text",
            "table public.fresh is there only after the change, with 2 rows: not compared",
            "table public.old is there only before the change, with 0 rows: not compared");
  }

  @Test
  void aKeyThatIsAnotherOneAfterTheChangeMatchesNothing() throws SQLException {
    states.both(
        "create table item (id int primary key, n int); insert into item values (1, 1), (2, 1)");
    TwoStates.execute(
        states.after, "alter table item drop constraint item_pkey; insert into item values (2, 1)");

    assertThat(states.difference().tables().get(0).total()).isEqualTo(1);
    assertThat(states.difference().notes())
        .containsExactly(
            "the primary key of public.item is another one after the change: its rows are compared"
                + " as a whole");
  }

  @Test
  void onlySoManyRowsAreKeptButAllAreCounted() throws SQLException {
    states.both("create table item (id int primary key, n int)");
    TwoStates.execute(
        states.after, "insert into item select g, 0 from generate_series(1, 100001) g");

    var table =
        StateDifference.between(states.before, states.after, 10).tables().get(0);
    assertThat(table.rows()).hasSize(10);
    assertThat(table.total()).isEqualTo(100_001);
    assertThatThrownBy(() -> StateDifference.complete(states.before, states.after))
        .isInstanceOf(RepriseException.class)
        .hasMessageStartingWith("100001 rows differ, and no more than 100000");
    TwoStates.execute(states.after, "delete from item where id = 5");
    assertThat(StateDifference.complete(states.before, states.after)
            .tables()
            .get(0)
            .rows())
        .hasSize(100_000);
  }

  private static final String DRAWN = """
      create function lucky() returns int language sql volatile as 'select 4';
      create table customer (id int generated always as identity primary key, name text, at timestamptz default now(),
        token uuid default gen_random_uuid(), kind text default lower('X'), note text default 'now()', day date default current_date,
        luck int default lucky(), twice int generated always as (length(name)) stored);
      create table purchase (id serial primary key, customer int references customer, what text);
      """;

  @Test
  void drawnColumnsAreThoseOfDefaultsThatDifferAndWhatRefersToThem() throws SQLException {
    states.both(DRAWN);
    TwoStates.execute(states.after, """
        create schema reprise_replay;
        create function reprise_replay.is_recorded(o oid) returns boolean language sql volatile as 'select false';
        create function reprise_replay.recorded(o oid, i int) returns text language sql volatile as $$select 'x'$$;
        alter table customer alter kind set default
          case when reprise_replay.is_recorded(7::oid) then (reprise_replay.recorded(7::oid, 2))::text else (lower('X'))::text end;
        alter table customer alter at set default
          case when reprise_replay.is_recorded(7::oid) then (reprise_replay.recorded(7::oid, 2))::timestamptz else (now())::timestamptz end;
        """);

    var drawn = Set.of(
        "public.customer.id",
        "public.customer.at",
        "public.customer.token",
        "public.customer.day",
        "public.customer.luck",
        "public.purchase.id",
        "public.purchase.customer");
    assertThat(StateDifference.volatileColumns(states.before)).isEqualTo(drawn);
    assertThat(StateDifference.volatileColumns(states.after)).isEqualTo(drawn);
  }

  @Test
  void endsThatDifferInDrawnValuesOnlyAreTheSame() throws SQLException {
    states.both(DRAWN);
    TwoStates.execute(states.before, """
        insert into customer (name) values ('ann'), ('bob');
        insert into purchase (customer, what) values (1, 'pen'), (2, 'cup');
        """);
    TwoStates.execute(states.after, """
        alter sequence customer_id_seq restart with 10;
        insert into customer (name) values ('bob'), ('ann');
        insert into purchase (customer, what) values (10, 'cup'), (11, 'pen');
        """);

    assertThat(StateDigest.of(states.after, true)).isEqualTo(StateDigest.of(states.before, true));
    assertThat(StateDigest.of(states.after, false))
        .isNotEqualTo(StateDigest.of(states.before, false));
    var drawn = StateDifference.volatileColumns(states.before);
    assertThat(StateDifference.between(states.before, states.after, 10, drawn))
        .isEqualTo(StateDifference.NONE);

    TwoStates.execute(states.after, "update purchase set customer = 21 - customer");
    assertThat(StateDigest.of(states.after, true))
        .as("the pen is bob's now")
        .isNotEqualTo(StateDigest.of(states.before, true));
  }

  @Test
  void aDigestCountsEqualRows() throws SQLException {
    states.both("create table line (a int)");
    TwoStates.execute(states.before, "insert into line values (1), (1), (2)");
    TwoStates.execute(states.after, "insert into line values (1), (2), (2)");

    assertThat(StateDigest.of(states.after, true))
        .isNotEqualTo(StateDigest.of(states.before, true));
    assertThat(new StateDifference.Row(Map.of(), Map.of("a", "1"), null).columns())
        .isEqualTo(List.of("a"));
  }
}
