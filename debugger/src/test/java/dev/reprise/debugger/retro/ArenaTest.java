package dev.reprise.debugger.retro;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.debugger.rebuild.Scratch;
import dev.reprise.debugger.report.StateDigest;
import dev.reprise.runtime.postgres.Binder;
import dev.reprise.runtime.postgres.Jdbc;
import dev.reprise.runtime.postgres.ScratchDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A database that is used again is as it was, to the order of its rows; where that is not to be had it is another one. */
class ArenaTest {
  private ScratchDatabase server;
  private Scratch start;
  private Arena arena;

  @BeforeEach
  void create() throws SQLException {
    server = ScratchDatabase.forTests();
    start = Scratch.on(server.config());
    try (var connection = start.open()) {
      execute(connection, """
          create schema "Odd one";
          create table owner (id int primary key, name text not null);
          create table "Odd one"."item" (id bigint generated always as identity primary key,
            owner int not null references owner on delete cascade, price int not null,
            twice int generated always as (price * 2) stored);
          create table note (at int, what text) partition by list (at);
          create table note_one partition of note for values in (1);
          create table note_two partition of note default;
          create table other (n int);
          create function refuse() returns trigger language plpgsql as $$ begin raise 'no'; end $$;
          create trigger refuse before insert on other for each row execute function refuse();
          insert into owner values (2, 'bob'), (1, 'ann');
          insert into "Odd one"."item" (owner, price) values (1, 5), (2, 7);
          update owner set name = 'anna' where id = 1;
          insert into note values (1, 'x'), (7, 'y');
          """);
    }
    arena = new Arena(start::copy);
  }

  @AfterEach
  void close() {
    arena.close();
    start.close();
    server.close();
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private void run(String sql, Set<String> written) throws SQLException {
    try (var connection = arena.open()) {
      connection.setAutoCommit(true);
      execute(connection, sql);
    }
    arena.reset(written);
  }

  private List<String> all(String query) throws SQLException {
    try (var connection = arena.open()) {
      return Jdbc.query(connection, query, Binder.NOTHING, row -> row.getString(1));
    }
  }

  private String digest() throws SQLException {
    try (var connection = arena.open()) {
      return StateDigest.of(connection, false);
    }
  }

  @Test
  void whatARunWroteIsGone() throws SQLException {
    String before;
    try (var connection = start.open()) {
      before = StateDigest.of(connection, false);
    }
    var database = all("select current_database()");
    var places = all("select ctid || name from owner");

    run("""
        update owner set name = name || '!';
        delete from owner where id = 2;
        insert into "Odd one"."item" (owner, price) values (1, 9)
        """, Set.of("public.owner", "Odd one.item"));
    assertThat(digest()).isEqualTo(before);
    run("update owner set name = 'x'", Set.of("public.owner"));
    assertThat(digest()).isEqualTo(before);
    run("insert into note values (1, 'z'); delete from note where at = 7", Set.of("public.note"));
    assertThat(digest()).isEqualTo(before);

    assertThat(all("select ctid || name from owner")).isEqualTo(places);
    assertThat(all("select nextval(pg_get_serial_sequence('\"Odd one\".item', 'id'))"))
        .containsExactly("3");
    assertThat(all("select current_database()")).isEqualTo(database);
  }

  @Test
  void otherDefinitionsMakeItAnotherDatabase() throws SQLException {
    for (var ddl : List.of(
        "alter table other add x int",
        "create table more (n int)",
        "create or replace function refuse() returns trigger language plpgsql as $$ begin return new; end $$",
        "drop trigger refuse on other")) {
      var database = all("select current_database()");
      run(ddl, Set.of());
      assertThat(all("select current_database()")).as(ddl).isNotEqualTo(database);
    }
  }

  @Test
  void aLargeStateIsCopied() throws SQLException {
    try (var connection = start.open()) {
      execute(
          connection,
          "create table big as select i, repeat('x', 900) from generate_series(1, 10000) i");
    }
    var database = all("select current_database()");
    run("update owner set name = 'x'", Set.of("public.owner"));

    assertThat(all("select current_database()")).isNotEqualTo(database);
    assertThat(all("select name from owner order by id")).containsExactly("anna", "bob");
  }
}
