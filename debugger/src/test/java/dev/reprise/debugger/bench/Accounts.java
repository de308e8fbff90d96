package dev.reprise.debugger.bench;

import dev.reprise.Transaction;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** What is measured: a transaction of one statement, and one of twenty-five. */
public class Accounts {
  static final int STATEMENTS = 25;

  private final DataSource database;

  public Accounts(DataSource database) {
    this.database = database;
  }

  @Transaction
  public int point(int account) throws SQLException {
    try (var connection = database.getConnection()) {
      return add(connection, account);
    }
  }

  @Transaction
  public int wide(int first) throws SQLException {
    int sum = 0;
    try (var connection = database.getConnection()) {
      for (int i = 0; i < STATEMENTS; i++) {
        sum += add(connection, first + i);
      }
    }
    return sum;
  }

  private static int add(Connection connection, int account) throws SQLException {
    try (var update = connection.prepareStatement(
        "update account set balance = balance + 1 where id = ? returning balance")) {
      update.setInt(1, account);
      try (var row = update.executeQuery()) {
        row.next();
        return row.getInt(1);
      }
    }
  }
}
