package dev.reprise.debugger.replay;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Does deeds on a connection, and keeps what they saw. What is undone again leaves nothing behind in that: keys and codes that
 * were generated for it are recorded nowhere. For one thread.
 */
final class DeedScript {
  static final String SCHEMA = """
      create table account (id int primary key, owner int not null, amount int not null);
      create index on account (owner);
      create table parent (id int primary key, note text not null default '');
      create table child (id bigint generated always as identity primary key,
        parent int not null references parent, label text, made timestamptz not null default clock_timestamp());
      create table leaf (id bigserial primary key, child bigint not null references child on delete cascade);
      create table token (k text primary key, n int not null default 0, code uuid not null default gen_random_uuid());
      create table journal (id bigserial primary key, what text not null, at timestamptz not null default now());
      create table seat (id int primary key, place int not null unique deferrable initially deferred);
      insert into account select i, i % 3, 100 from generate_series(1, 8) i;
      insert into parent select i from generate_series(1, 4) i;
      insert into token select 'k' || i from generate_series(1, 3) i;
      insert into seat select i, i from generate_series(1, 5) i;
      """;

  static final List<String> TABLES =
      List.of("account", "parent", "child", "leaf", "token", "journal", "seat");

  private final Connection connection;
  private final List<String> seen = new ArrayList<>();

  DeedScript(Connection connection) {
    this.connection = connection;
  }

  /** Does all of them; gives what they saw. */
  List<String> perform(List<Deed> deeds) throws SQLException {
    for (var deed : deeds) {
      perform(deed);
    }
    return seen;
  }

  private void perform(Deed deed) throws SQLException {
    int a = deed.a();
    int b = deed.b();
    int n = deed.n();
    switch (deed.kind()) {
      case READ -> see("select amount from account where id = ?", a);
      case ADD -> add(a, n);
      case SPEND ->
        see(
            "update account set amount = amount - ? where id = ? and amount >= ? returning amount",
            n,
            a,
            n);
      case OPEN -> see("insert into account values (?, ?, ?)", a, b, n);
      case CLOSE -> see("delete from account where id = ? returning amount", a);
      case SUM ->
        see(
            "select count(*) || ':' || coalesce(sum(amount), 0) from account where id between ? and ?",
            a,
            b);
      case RAISE -> see("update account set amount = amount + ? where owner = ?", n, a % 3);
      case LOCK -> see("select amount from account where id = ? for update", a);
      case SHARE -> see("select note from parent where id = ? for share", a);
      case PARENT -> see("insert into parent values (?) on conflict do nothing returning id", a);
      case PARENT_NOTE ->
        see("update parent set note = right(note || ?, 20) where id = ? returning note", n, a);
      case PARENT_DELETE -> see("delete from parent where id = ?", a);
      case CHILD -> child(a, n);
      case CHILD_MOVE -> see("update child set parent = ? where parent = ?", b, a);
      case CHILD_DELETE -> see("delete from child where parent = ?", a);
      case TOKEN -> see("insert into token (k, n) values ('k' || ?, ?) returning code", a, n);
      case TOKEN_UPSERT ->
        see(
            "insert into token as t values ('k' || ?) on conflict (k) do update set n = t.n + ? returning n",
            a,
            n);
      case TOKEN_ONCE ->
        see(
            "insert into token (k, n) values ('k' || ?, ?) on conflict do nothing returning code",
            a,
            n);
      case TOKEN_DELETE -> see("delete from token where k = 'k' || ? returning n", a);
      case JOURNAL ->
        see(
            "insert into journal (what) select ? || ':' || coalesce(max(id), 0) from journal returning what",
            n);
      case SWAP -> swap(a, b);
      case LINGER -> Pace.linger(n);
      case TRY -> attempt(deed.within());
      case UNDO -> undo(deed.within());
      case FAIL -> throw new IllegalStateException("changed its mind after " + seen.size());
    }
  }

  /** Reads, then writes what it made of it. */
  private void add(int account, int n) throws SQLException {
    int before = seen.size();
    see("select amount from account where id = ?", account);
    if (seen.size() > before) {
      int amount = Integer.parseInt(seen.get(before));
      see(
          "update account set amount = ? where id = ?",
          amount % 2 == 0 ? amount + n : amount - n,
          account);
    }
  }

  private void child(int parent, int label) throws SQLException {
    int before = seen.size();
    see("insert into child (parent, label) values (?, 'c' || ?) returning id", parent, label);
    see(
        "insert into leaf (child) values (?), (?) returning id",
        Integer.parseInt(seen.get(before)),
        Integer.parseInt(seen.get(before)));
  }

  private void swap(int a, int b) throws SQLException {
    see("""
        update seat set place = (select s.place from seat s where s.id = case when seat.id = ? then ? else ? end)
         where id in (?, ?)
        """, a, b, a, a, b);
    see("select place from seat where id in (?, ?) order by id", a, b);
  }

  private void attempt(List<Deed> within) throws SQLException {
    var savepoint = connection.setSavepoint();
    int before = seen.size();
    try {
      perform(within);
      connection.releaseSavepoint(savepoint);
    } catch (SQLException e) {
      if (String.valueOf(e.getSQLState()).startsWith("40")) {
        throw e;
      }
      connection.rollback(savepoint);
      seen.subList(before, seen.size()).clear();
      seen.add("refused " + e.getSQLState());
    }
  }

  private void undo(List<Deed> within) throws SQLException {
    var savepoint = connection.setSavepoint();
    int before = seen.size();
    perform(within);
    connection.rollback(savepoint);
    seen.subList(before, seen.size()).clear();
  }

  /** What a query selects, or how many rows a statement changed. */
  private void see(String sql, int... arguments) throws SQLException {
    try (var statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < arguments.length; i++) {
        statement.setInt(i + 1, arguments[i]);
      }
      if (statement.execute()) {
        try (var rows = statement.getResultSet()) {
          while (rows.next()) {
            seen.add(rows.getString(1));
          }
        }
      } else {
        seen.add(statement.getUpdateCount() + " rows");
      }
    }
  }
}
