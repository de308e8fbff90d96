package dev.reprise.debugger.rebuild;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.debugger.history.History;
import dev.reprise.debugger.history.Snapshot;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rows from before a rule, and values that are hard to find again. */
class LaterRulesTest {
  private RecordedSource source;

  @BeforeEach
  void create() throws SQLException, IOException {
    source = new RecordedSource();
  }

  @AfterEach
  void drop() throws SQLException {
    source.close();
  }

  private Scratch rebuilt(Snapshot snapshot) {
    History history = source.history();
    var scratch = Scratch.embedded();
    return new Rebuilder(history)
        .at(history.epochSeeing(snapshot), Visibility.of(snapshot), scratch, Set.of());
  }

  @Test
  void rowsThatDidNotKeepItYetDoNotHinderARule() throws SQLException {
    source.execute("""
        create domain word as text;
        create table filled (id int primary key, old text, said word);
        create table keyed (id int, name text);
        create table part (id int not null, kind text not null) partition by list (kind);
        create table standalone (id int not null, kind text not null);
        insert into filled values (1, null, 'bad'), (2, 'x', null);
        insert into keyed values (1, 'one'), (1, 'again'), (2, 'two');
        insert into standalone values (1, 'b'), (2, 'a');
        """);
    source.begin();
    source.execute("alter table filled add column fresh int");
    source.tableChanged("filled");
    source.schemaSeen();
    source.transaction("""
        update filled set old = 'filled', said = 'good', fresh = id;
        insert into keyed values (2, 'twice');
        delete from keyed where name in ('again', 'twice');
        delete from standalone where kind = 'b'
        """);
    source.execute("""
        alter table filled alter old set not null, alter fresh set not null, alter fresh set default 7;
        alter domain word add constraint no_bad_words check (value <> 'bad');
        alter domain word add constraint short check (length(value) < 99) not valid;
        alter domain word set not null;
        alter table keyed add primary key (id);
        alter table part attach partition standalone for values in ('a');
        """);
    source.tableChanged("filled");
    source.tableChanged("keyed");
    source.schemaSeen();
    source.transaction(
        "insert into filled values (3, 'y', 'fine', 3); insert into part values (3, 'a')");
    source.transaction("update keyed set name = 'TWO' where id = 2");
    Snapshot snapshot = source.snapshot();
    String contents = source.contents();
    source.transaction("delete from filled");

    try (var scratch = rebuilt(snapshot);
        Connection session = scratch.open()) {
      assertThat(RecordedSource.contents(session)).isEqualTo(contents);
      assertThat(scratch.notes()).isEmpty();
      String schema = """
          select string_agg(what, ' ' order by what) from (
            select attname || ' ' || attnotnull from pg_attribute where attrelid = 'filled'::regclass and attnum > 0
            union all select conname || ' ' || convalidated from pg_constraint where contypid = 'word'::regtype and contype = 'c'
            union all select 'word ' || typnotnull from pg_type where oid = 'word'::regtype
            union all select 'key ' || count(*) from pg_index where indrelid = 'keyed'::regclass and indisprimary
            union all select 'partitions ' || count(*) from pg_inherits where inhparent = 'part'::regclass) w (what)
          """;
      assertThat(RecordedSource.text(session, schema)).isEqualTo(source.text(schema));
    }
  }

  @Test
  void rowsAreFoundThatAreHardToTell() throws SQLException {
    source.execute("""
        create table swapped (id int primary key deferrable initially deferred, name text);
        create table things (what regclass, kinds regtype[]);
        create domain amount as numeric;
        create domain id as amount;
        create sequence numbers;
        create table numbered (id id default nextval('numbers'), name text);
        create sequence of_domain;
        create domain drawn as bigint default nextval('of_domain');
        create table drawing (id drawn primary key, again int generated always as identity);
        insert into drawing default values;
        alter table swapped replica identity full;
        insert into swapped values (1, 'a'), (2, 'b');
        insert into things values ('swapped', '{id,int}'), ('swapped', '{int}');
        insert into numbered values ('NaN', 'none'), ('1e30', 'out of range'), (41.5, 'between');
        """);
    source.begin();
    source.transaction("update swapped set id = 3 - id");
    source.transaction("delete from things where kinds = '{int}'");
    source.transaction("insert into numbered values ('Infinity', 'more')");
    source.transaction("insert into drawing default values; update drawing set again = default");
    Snapshot snapshot = source.snapshot();
    String contents = source.contents();
    source.transaction("delete from swapped");

    try (var scratch = rebuilt(snapshot);
        Connection session = scratch.open()) {
      assertThat(RecordedSource.contents(session)).isEqualTo(contents);
      assertThat(RecordedSource.text(session, "select nextval('numbers')")).isEqualTo("42");
      assertThat(RecordedSource.text(
              session, "insert into drawing default values returning id || ' ' || again"))
          .isEqualTo("3 5");
    }
  }
}
