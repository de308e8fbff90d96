package dev.reprise.debugger.crash;

import dev.reprise.Durable;
import dev.reprise.Isolation;
import dev.reprise.Step;
import dev.reprise.Transaction;
import dev.reprise.Workflow;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import javax.sql.DataSource;

/** Functions that move money and keep its sum. */
public class Bank {
  static final int ACCOUNTS = 8;
  static final int MONEY = ACCOUNTS * 1000;
  static final List<String> TABLES = List.of("account", "entry");
  static final List<String> SCHEMA = List.of(
      "create table account (id int primary key, balance int not null check (balance >= 0))",
      """
      create table entry (id bigint generated always as identity primary key, account int not null references account,
        amount int not null, balance int not null, code uuid not null default gen_random_uuid(),
        at timestamptz not null default clock_timestamp())
      """,
      "insert into account select i, 1000 from generate_series(1, " + ACCOUNTS + ") i");

  private final DataSource database;

  public Bank(DataSource database) {
    this.database = database;
  }

  @Transaction
  public String move(int from, int to, int amount) throws SQLException {
    return moved(from, to, amount);
  }

  @Transaction(isolation = Isolation.REPEATABLE_READ)
  public String moveRepeatable(int from, int to, int amount) throws SQLException {
    return moved(from, to, amount);
  }

  @Transaction(isolation = Isolation.REPEATABLE_READ, readOnly = true)
  public int sum() throws SQLException {
    try (var connection = database.getConnection()) {
      return ask(connection, "select sum(balance) from account where id > ?", 0);
    }
  }

  /** Another each time that it is done. */
  @Step
  public int quote(int most) {
    return 1 + ThreadLocalRandom.current().nextInt(most);
  }

  /** As much as a step says, by two branches at once. */
  @Workflow
  public String split(int from, int one, int other, int most) throws SQLException {
    int amount = quote(most);
    var first = Durable.async(() -> move(from, one, amount));
    var second = Durable.async(() -> moveRepeatable(from, other, amount));
    var said = first.get() + " " + second.get();
    return said + " of " + sum();
  }

  private String moved(int from, int to, int amount) throws SQLException {
    try (var connection = database.getConnection()) {
      int left = ask(connection, "select balance from account where id = ?", from);
      if (left < amount) {
        throw new IllegalStateException("only " + left);
      }
      add(connection, Math.min(from, to), from < to ? -amount : amount);
      add(connection, Math.max(from, to), from < to ? amount : -amount);
      return from + ": " + (left - amount);
    }
  }

  private static void add(Connection connection, int account, int amount) throws SQLException {
    int balance = ask(
        connection,
        "update account set balance = balance + " + amount + " where id = ? returning balance",
        account);
    try (var insert = connection.prepareStatement(
        "insert into entry (account, amount, balance) values (?, ?, ?)")) {
      insert.setInt(1, account);
      insert.setInt(2, amount);
      insert.setInt(3, balance);
      insert.executeUpdate();
    }
  }

  private static int ask(Connection connection, String sql, int account) throws SQLException {
    try (var statement = connection.prepareStatement(sql)) {
      statement.setInt(1, account);
      try (var rows = statement.executeQuery()) {
        rows.next();
        return rows.getInt(1);
      }
    }
  }
}
