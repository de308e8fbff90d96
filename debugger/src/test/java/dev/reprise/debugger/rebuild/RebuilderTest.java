package dev.reprise.debugger.rebuild;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.debugger.history.History;
import dev.reprise.debugger.history.Snapshot;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RebuilderTest {
  private RecordedSource source;

  @BeforeEach
  void create() throws SQLException, IOException {
    source = new RecordedSource();
  }

  @AfterEach
  void drop() throws SQLException {
    source.close();
  }

  private Scratch rebuilt(Snapshot snapshot, String... onlyTables) {
    History history = source.history();
    var scratch = Scratch.embedded();
    try {
      return new Rebuilder(history)
          .at(history.epochSeeing(snapshot), Visibility.of(snapshot), scratch, Set.of(onlyTables));
    } catch (RuntimeException e) {
      scratch.close();
      throw e;
    }
  }

  private void assertRebuilt(Snapshot snapshot, String contents) throws SQLException {
    try (var scratch = rebuilt(snapshot);
        Connection session = scratch.open()) {
      assertThat(RecordedSource.contents(session)).isEqualTo(contents);
    }
  }

  private static String text(Scratch scratch, String sql) throws SQLException {
    try (Connection session = scratch.open()) {
      return RecordedSource.text(session, sql);
    }
  }

  @Test
  void hasTheRowsOfTheBaseAndTheChangesThatWereVisible() throws SQLException {
    source.execute("""
        create table account (id int primary key, name text, balance numeric);
        insert into account values (1, 'a', 1.50), (2, null, 2), (3, E'tab\\tline\\nback\\\\slash', null);
        """);
    source.begin();
    Snapshot before = source.snapshot();
    String contentsBefore = source.contents();
    source.transaction(
        "insert into account values (4, 'NULL', 1); update account set balance = 7 where id = 2");
    try (Connection late = source.session();
        Connection early = source.session()) {
      late.setAutoCommit(false);
      RecordedSource.execute(late, "delete from account where id = 1");
      early.setAutoCommit(false);
      RecordedSource.execute(early, "update account set id = 33 where id = 3");
      source.commit(early);
      Snapshot between = source.snapshot();
      String contentsBetween = source.contents();
      source.commit(late);
      source.transaction("truncate account; insert into account values (9, '', 0)");
      Snapshot after = source.snapshot();
      String contentsAfter = source.contents();
      source.transaction("delete from account");

      assertRebuilt(before, contentsBefore);
      assertRebuilt(between, contentsBetween);
      assertRebuilt(after, contentsAfter);
    }
  }

  @Test
  void changesOneOfSeveralEqualRowsOnly() throws SQLException {
    source.execute("""
        create table log (a int, b json, c numeric);
        insert into log values (1, '{"a":  1}', 1.0), (1, '{"a":  1}', 1.0), (1, '{"a":  1}', 1.00), (null, null, null),
          (null, null, null);
        """);
    source.begin();
    source.transaction("delete from log where ctid = (select min(ctid) from log)");
    source.transaction("delete from log where ctid = (select max(ctid) from log)");
    source.transaction("update log set b = '[]' where c::text = '1.00'");
    source.transaction("insert into log select 5, '5', 5 from generate_series(1, 3)");
    source.transaction("update log set a = 6 where ctid = (select max(ctid) from log)");
    Snapshot snapshot = source.snapshot();
    String contents = source.contents();
    source.transaction("truncate log");

    assertRebuilt(snapshot, contents);
  }

  @Test
  void keepsLargeValuesThatWereNotSent() throws SQLException {
    source.execute("""
        create table document (id int primary key, body text, note text);
        insert into document select i, repeat('x', 600) || i, 'n' from generate_series(1, 3) i;
        """);
    source.begin();
    source.transaction("update document set note = 'changed' where id = 1");
    source.transaction("update document set id = 20, note = 'moved' where id = 2");
    source.transaction("update document set note = 'again' where id = 20");
    source.transaction("insert into document values (4, repeat('y', 700), 'new')");
    source.transaction("update document set note = note || '!'");
    Snapshot snapshot = source.snapshot();
    String contents = source.contents();
    source.transaction("update document set body = ''");

    assertRebuilt(snapshot, contents);
  }

  @Test
  void hasTheColumnsOfThatTimeWhateverTheyWereCalled() throws SQLException {
    source.execute("""
        create table item (id int primary key, gone int, title text, size text default 'new rows');
        insert into item values (1, 1, 'one', 'S'), (2, 2, 'two', 'M');
        """);
    source.begin();
    source.transaction("insert into item values (3, 3, 'three', 'L')");
    Snapshot first = source.snapshot();
    String contentsFirst = source.contents();
    source.execute("""
        alter table item drop column gone;
        alter table item rename column title to name;
        alter table item rename column size to title;
        alter table item add column stock int default 12, add column plain text;
        alter table item alter column stock set default 99;
        """);
    source.tableChanged("item");
    source.schemaSeen();
    source.transaction("insert into item (id, name) values (4, 'four')");
    source.transaction("update item set title = 'XL', stock = 5 where id = 1");
    source.transaction("delete from item where id = 2");
    Snapshot second = source.snapshot();
    String contentsSecond = source.contents();
    source.execute("alter table item rename to article");
    source.tableChanged("article");
    source.schemaSeen();
    source.transaction("update article set name = 'FOUR' where id = 4");
    Snapshot third = source.snapshot();
    String contentsThird = source.contents();
    source.transaction("delete from article");

    assertRebuilt(first, contentsFirst);
    assertRebuilt(second, contentsSecond);
    assertRebuilt(third, contentsThird);
  }

  @Test
  void takesTheLatestBaseCopyThatIsNotTooLate() throws SQLException {
    source.execute("create table early (id int primary key); insert into early values (1)");
    source.begin();
    source.transaction("insert into early values (2)");
    Snapshot first = source.snapshot();
    String contentsFirst = source.contents();
    source.transaction("insert into early values (3)");
    source.execute("create table late (id int primary key); insert into late values (10)");
    source.copy("late");
    source.schemaSeen();
    source.transaction("insert into late values (11); insert into early values (4)");
    Snapshot second = source.snapshot();
    String contentsSecond = source.contents();
    source.execute("alter table early add column copied int default 5");
    source.copy("early");
    source.schemaSeen();
    source.transaction("update early set copied = 6 where id = 1");
    Snapshot third = source.snapshot();
    String contentsThird = source.contents();
    source.transaction("delete from early; delete from late");

    assertRebuilt(first, contentsFirst);
    assertRebuilt(second, contentsSecond);
    assertRebuilt(third, contentsThird);
  }

  // tidy: every kind of object, once
  @Test
  void hasAllThatTheSchemaHasAndWorks() throws SQLException {
    source.execute("""
        create type state as enum ('open', 'closed');
        create table customer (id bigint generated always as identity primary key, email text unique);
        create table purchase (
          id bigserial primary key, customer bigint not null references customer, state state default 'open',
          total int, double_total int generated always as (total * 2) stored, changed int default 0,
          check (total > 0));
        create index on purchase (state) where total > 5;
        create table part (id int generated by default as identity, at date) partition by range (at);
        create table part_1 partition of part for values from ('2024-01-01') to ('2025-01-01');
        create sequence down increment -1;
        create table counted_down (n int default nextval('down'));
        create view open_purchase as select * from purchase where state = 'open';
        create materialized view totals as select customer, sum(total) from purchase group by customer;
        create function count_change() returns trigger language plpgsql as
          'begin new.changed := old.changed + 1; return new; end';
        create trigger on_change before update on purchase for each row execute function count_change();
        insert into customer (email) values ('a'), ('b');
        """);
    source.begin();
    source.transaction("""
        insert into customer (email) values ('c');
        insert into purchase (customer, total) values (1, 10), (3, 20);
        update purchase set total = 30 where customer = 3;
        insert into part (at) values ('2024-02-02'), ('2024-02-03');
        insert into counted_down default values;
        insert into counted_down default values;
        """);
    // An order in which unique values are free again.
    source.transaction(
        "update customer set email = 'x' where id = 2; update customer set email = 'b' where id = 1");
    source.transaction(
        "delete from customer where id = 2; insert into customer (email) values ('x')");
    Snapshot snapshot = source.snapshot();
    source.execute("refresh materialized view totals");
    String contents = source.contents();
    source.transaction("delete from purchase");

    try (var scratch = rebuilt(snapshot);
        Connection session = scratch.open()) {
      assertThat(RecordedSource.contents(session)).isEqualTo(contents);
      assertThat(scratch.notes()).isEmpty();
      RecordedSource.execute(session, "insert into customer (email) values ('fresh')");
      RecordedSource.execute(session, "insert into part (at) values ('2024-03-03')");
      RecordedSource.execute(session, "insert into counted_down default values");
      RecordedSource.execute(session, "update purchase set total = 31 where customer = 3");
      assertThat(RecordedSource.text(session, "select max(id) from customer")).isEqualTo("5");
      assertThat(RecordedSource.text(session, "select max(id) from part")).isEqualTo("3");
      assertThat(RecordedSource.text(session, "select min(n) from counted_down"))
          .isEqualTo("-3");
      assertThat(RecordedSource.text(session, "select max(changed) from purchase"))
          .isEqualTo("2");
      assertThatThrownBy(() -> RecordedSource.execute(session, "delete from customer where id = 1"))
          .hasMessageContaining("purchase_customer_fkey");
      assertThatThrownBy(
              () -> RecordedSource.execute(session, "insert into customer (email) values ('x')"))
          .hasMessageContaining("customer_email_key");
      assertThat(RecordedSource.text(
              session, "select count(*) from pg_class where relname like 'reprise_rebuild_%'"))
          .isEqualTo("0");
    }
  }

  @Test
  void loadsNamedTablesOnly() throws SQLException {
    source.execute("""
        create table a (id int primary key);
        create table b (id int primary key, a int references a);
        insert into a values (1);
        insert into b values (1, 1);
        """);
    source.begin();
    source.transaction("insert into a values (2); insert into b values (2, 2)");
    Snapshot snapshot = source.snapshot();
    source.transaction("delete from b");

    try (var scratch = rebuilt(snapshot, "public.b")) {
      assertThat(
              text(scratch, "select (select count(*) from a) || ' ' || (select count(*) from b)"))
          .isEqualTo("0 2");
    }
    assertThatThrownBy(() -> rebuilt(snapshot, "public.c"))
        .isInstanceOf(RebuildException.class)
        .hasMessageContaining("public.c")
        .hasMessageContaining("public.a");
  }

  @Test
  void aScratchDatabaseCanBeCopied() throws SQLException {
    source.execute("create table a (id int primary key); insert into a values (1)");
    source.begin();
    source.transaction("insert into a values (2)");
    Snapshot snapshot = source.snapshot();
    source.transaction("insert into a values (3)");

    try (var scratch = rebuilt(snapshot);
        var copy = scratch.copy()) {
      assertThat(text(copy, "select count(*) from a")).isEqualTo("2");
    }
  }

  @Test
  void namesWhatTheScratchServerLacks() throws SQLException {
    source.execute("create table a (id int)");
    source.begin();
    source.execute("""
        update reprise_history.schemas set ddl = ddl
          || '{"extensions": [{"name": "no_such_thing", "version": "3.1"}], "collations": ["xx_XX"]}'
        """);
    source.transaction("insert into a values (1)");
    Snapshot snapshot = source.snapshot();
    source.transaction("insert into a values (1)");

    assertThatThrownBy(() -> rebuilt(snapshot))
        .isInstanceOf(ScratchUnfitException.class)
        .hasMessageContaining("extension no_such_thing 3.1")
        .hasMessageContaining("collation \"xx_XX\"")
        .hasMessageContaining("--scratch");

    source.execute(
        "update reprise_history.schemas set ddl = ddl || '{\"serverVersionNumber\": 990001}'");
    assertThatThrownBy(() -> rebuilt(snapshot))
        .isInstanceOf(ScratchUnfitException.class)
        .hasMessageContaining("newer");
  }

  @Test
  void takesOverSettingsAndTheOrderOfTexts() throws SQLException {
    source.execute("""
        create schema app;
        create table app.a (id text primary key);
        insert into app.a values ('b'), ('A'), ('a');
        """);
    source.execute("alter database " + source.text("select current_database()")
        + " set search_path = app, public");
    source.begin();
    source.execute("""
        update reprise_history.schemas set ddl = ddl
          || '{"database": {"encoding": "UTF8", "provider": "icu", "collation": "C", "ctype": "C", "locale": "de"}}'
        """);
    Snapshot snapshot = source.snapshot();
    source.transaction("insert into app.a values ('c')");

    try (var scratch = rebuilt(snapshot)) {
      assertThat(text(scratch, "select string_agg(id, '' order by id) from a")).isEqualTo("aAb");
      assertThat(scratch.notes()).isEmpty();
    }
  }

  @Test
  void tenThousandChangesTakeSeconds() throws SQLException {
    source.execute("""
        create table product (id int primary key, stock int);
        create table sale (id int primary key, product int, state text);
        insert into product select i, 1000 from generate_series(1, 100) i;
        create table plain (id int, name text);
        insert into plain select i, 'n' || i from generate_series(1, 20000) i;
        """);
    source.begin();
    source.transaction("""
        do $$ begin
          for i in 1 .. 3000 loop
            insert into sale values (i, i % 100 + 1, 'new');
            update product set stock = stock - 1 where id = i % 100 + 1;
            update sale set state = 'done' where id = i;
          end loop;
          update plain set name = name || 'x' where id % 20 = 0;
        end $$
        """);
    Snapshot snapshot = source.snapshot();
    String contents = source.contents();
    source.transaction("delete from sale");
    assertRebuilt(snapshot, contents);
    try (var scratch = Scratch.embedded()) {
      History history = source.history();
      long began = System.nanoTime();
      new Rebuilder(history)
          .at(history.epochSeeing(snapshot), Visibility.of(snapshot), scratch, Set.of());
      var took = Duration.ofNanos(System.nanoTime() - began);
      // Two on a machine that has nothing else to do.
      assertThat(took).isLessThan(Duration.ofSeconds(60));
    }
  }
}
