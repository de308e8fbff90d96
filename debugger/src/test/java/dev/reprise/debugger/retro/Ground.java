package dev.reprise.debugger.retro;

import dev.reprise.debugger.rebuild.Scratch;
import dev.reprise.debugger.replay.Captured;
import dev.reprise.debugger.replay.Instruments;
import dev.reprise.runtime.postgres.Binder;
import dev.reprise.runtime.postgres.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** A scratch database with instruments, in which tests run transactions. */
final class Ground implements AutoCloseable {
  static final String SCHEMA = """
      create table owner (id int primary key, name text not null);
      create table pen (id int primary key, owner int references owner on delete cascade, code text unique, ink int,
        note text default '');
      create index pen_ink on pen (ink);
      create table price (amount numeric primary key, n int);
      create table plain (a int, b int);
      create table part (id int primary key, n int) partition by range (id);
      create table part_low partition of part for values from (0) to (100);
      create table part_high partition of part for values from (100) to (200);
      create unlogged table notes (id int primary key, n int);
      create sequence numbers;
      create table span (id int primary key, at int4range, exclude using gist (at with &&));
      create collation loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
      create table word (w text collate loose primary key, n int);
      create table unowned (id int primary key, name text unique);
      create table user_of_owner (owner int primary key references unowned);
      """;

  private final Scratch scratch = Scratch.embedded();
  private final Instruments instruments;
  private final Footprints footprints;

  Ground() throws SQLException {
    try (var connection = scratch.open()) {
      execute(connection, SCHEMA);
      instruments = Instruments.install(
          connection,
          List.of(
              "public.owner",
              "public.pen",
              "public.price",
              "public.plain",
              "public.span",
              "public.word",
              "public.unowned",
              "public.user_of_owner",
              "public.part_low",
              "public.part_high"));
      footprints = Footprints.of(connection);
    }
  }

  /** What a program is: it may fail, which is an outcome as any. */
  @FunctionalInterface
  interface Body {
    String run(Connection connection) throws SQLException;
  }

  /** What a transaction came to. */
  record Done(String outcome, List<String> changes, Footprint footprint) {}

  Connection open() throws SQLException {
    var connection = scratch.open();
    for (var setting : Footprints.sessionSettings()) {
      execute(connection, setting);
    }
    return connection;
  }

  /** In a transaction of its own. */
  Done run(String isolation, boolean commits, Body body) throws SQLException {
    try (var connection = open()) {
      return run(connection, isolation, commits, body);
    }
  }

  Done run(Connection connection, String isolation, boolean commits, Body body)
      throws SQLException {
    connection.setAutoCommit(true);
    Instruments.prepare(connection);
    execute(connection, "begin isolation level " + isolation);
    try {
      execute(connection, "savepoint body");
      String outcome;
      try {
        outcome = body.run(connection);
        execute(connection, "set constraints all immediate");
      } catch (SQLException e) {
        execute(connection, "rollback to savepoint body");
        outcome = e.getSQLState();
      }
      var changes = Captured.take(connection, instruments);
      var footprint = footprints.of(connection, changes);
      return new Done(outcome, changes.stream().map(Captured::text).toList(), footprint);
    } finally {
      execute(connection, commits ? "commit" : "rollback");
    }
  }

  Footprint of(String... statements) throws SQLException {
    return run("serializable", false, connection -> {
          for (var statement : statements) {
            execute(connection, statement);
          }
          return "";
        })
        .footprint();
  }

  void set(String sql) throws SQLException {
    try (var connection = scratch.open()) {
      execute(connection, sql);
    }
  }

  static void execute(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  static String rows(Connection connection, String query) throws SQLException {
    return rows(connection, query, "");
  }

  static String rows(Connection connection, String query, String with) throws SQLException {
    return new ArrayList<>(Jdbc.query(
            connection,
            with + "select t::text from (" + query + ") t",
            Binder.NOTHING,
            row -> row.getString(1)))
        .toString();
  }

  @Override
  public void close() {
    scratch.close();
  }
}
