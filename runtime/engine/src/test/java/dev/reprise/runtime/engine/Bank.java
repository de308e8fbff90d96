package dev.reprise.runtime.engine;

import dev.reprise.Durable;
import dev.reprise.Step;
import dev.reprise.Transaction;
import dev.reprise.Workflow;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/** Functions over a table {@code account (name, balance)}, for tests. */
public class Bank {
  /** How often a step body ran. */
  static final AtomicInteger STEPS = new AtomicInteger();

  private final DataSource database;

  public Bank(DataSource database) {
    this.database = database;
  }

  /** Says no. */
  public static class NoFunds extends Exception {
    public NoFunds(String message) {
      super(message);
    }
  }

  @Transaction
  public long deposit(String account, long amount) throws SQLException {
    try (var connection = database.getConnection();
        var statement = connection.prepareStatement(
            "insert into account values (?, ?) on conflict (name) do update set balance = account.balance +"
                + " excluded.balance returning balance")) {
      statement.setString(1, account);
      statement.setLong(2, amount);
      try (var rows = statement.executeQuery()) {
        rows.next();
        return rows.getLong(1);
      }
    }
  }

  @Transaction
  public void withdraw(String account, long amount) throws SQLException, NoFunds {
    try (var connection = database.getConnection();
        var statement = connection.prepareStatement(
            "update account set balance = balance - ? where name = ? and balance >= ?")) {
      statement.setLong(1, amount);
      statement.setString(2, account);
      statement.setLong(3, amount);
      if (statement.executeUpdate() == 0) {
        throw new NoFunds(account + " has not " + amount);
      }
    }
  }

  @Transaction(readOnly = true)
  public long balance(String account) throws SQLException {
    try (var connection = database.getConnection();
        var statement = connection.prepareStatement("select balance from account where name = ?")) {
      statement.setString(1, account);
      try (var rows = statement.executeQuery()) {
        return rows.next() ? rows.getLong(1) : 0;
      }
    }
  }

  @Step
  public String notify(String account) {
    return "mail " + STEPS.incrementAndGet() + " to " + account;
  }

  @Workflow
  public long transfer(String from, String to, long amount) throws Exception {
    var saga = Durable.saga();
    saga.run(() -> withdraw(from, amount), () -> deposit(from, amount));
    return deposit(to, amount);
  }

  @Workflow
  public String slow(String account) throws Exception {
    long before = deposit(account, 1);
    Durable.sleep(Duration.ofDays(1));
    long after = deposit(account, 1);
    return before + " " + after + " " + notify(account);
  }

  @Workflow
  public List<Long> parallel(String account) throws Exception {
    var branches = new ArrayList<dev.reprise.Branch<Long, SQLException>>();
    for (int i = 0; i < 3; i++) {
      int number = i;
      branches.add(Durable.async(() -> deposit(account + number, number)));
    }
    return Durable.all(branches);
  }

  @Workflow
  public long parent(String from, String to) throws Exception {
    return transfer(from, to, 1) + transfer(from, to, 2);
  }

  @Workflow
  public long compensated(String from, String to) throws Exception {
    var saga = Durable.saga();
    saga.run(() -> withdraw(from, 5), () -> deposit(from, 5));
    saga.run(() -> deposit(to, 5), result -> withdraw(to, 5));
    throw new NoFunds("after " + balance(from));
  }
}
