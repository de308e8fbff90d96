package dev.reprise.runtime.engine;

import dev.reprise.Isolation;
import dev.reprise.Transaction;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.stream.Stream;
import javax.sql.DataSource;

/**
 * Counters and transfers over a table {@code ledger (name, amount)}, each written in the way that is right on its
 * isolation level: by reading, deciding in Java and writing where the level detects that the read is out of date, else by
 * one statement that decides in the database or by locking first.
 */
public class Ledger {
  private final DataSource database;

  public Ledger(DataSource database) {
    this.database = database;
  }

  /** Says no. */
  public static class NoFunds extends Exception {
    public NoFunds(String message) {
      super(message);
    }
  }

  @Transaction(isolation = Isolation.SERIALIZABLE)
  public long countSerializable(String counter) throws SQLException {
    return readAndWrite(counter, "");
  }

  @Transaction(isolation = Isolation.REPEATABLE_READ)
  public long countRepeatable(String counter) throws SQLException {
    return readAndWrite(counter, "");
  }

  @Transaction(isolation = Isolation.READ_COMMITTED)
  public long countLocked(String counter) throws SQLException {
    return readAndWrite(counter, " for update");
  }

  @Transaction(isolation = Isolation.READ_COMMITTED)
  public long countAtomically(String counter) throws SQLException {
    try (var connection = database.getConnection()) {
      add(connection, counter, 1);
      return amount(connection, counter, "");
    }
  }

  @Transaction(isolation = Isolation.SERIALIZABLE)
  public void transferSerializable(String from, String to, long amount) throws Exception {
    decideAndWrite(from, to, amount, "");
  }

  @Transaction(isolation = Isolation.REPEATABLE_READ)
  public void transferRepeatable(String from, String to, long amount) throws Exception {
    decideAndWrite(from, to, amount, "");
  }

  @Transaction(isolation = Isolation.READ_COMMITTED)
  public void transferLocked(String from, String to, long amount) throws Exception {
    decideAndWrite(from, to, amount, " for update");
  }

  @Transaction(isolation = Isolation.READ_COMMITTED)
  public void transferAtomically(String from, String to, long amount) throws Exception {
    try (var connection = database.getConnection()) {
      for (var account : sorted(from, to)) {
        boolean done = add(connection, account, account.equals(from) ? -amount : amount);
        if (!done) {
          throw new NoFunds(from + " has not " + amount);
        }
      }
    }
  }

  private long readAndWrite(String counter, String lock) throws SQLException {
    try (var connection = database.getConnection()) {
      long next = amount(connection, counter, lock) + 1;
      set(connection, counter, next);
      return next;
    }
  }

  private void decideAndWrite(String from, String to, long amount, String lock) throws Exception {
    try (var connection = database.getConnection()) {
      // always in one order: nobody waits for the deadlock detector
      for (var account : sorted(from, to)) {
        long has = amount(connection, account, lock);
        if (account.equals(from) && has < amount) {
          throw new NoFunds(from + " has not " + amount);
        }
        set(connection, account, has + (account.equals(from) ? -amount : amount));
      }
    }
  }

  private static Iterable<String> sorted(String one, String other) {
    return Stream.of(one, other).sorted().toList();
  }

  private static long amount(Connection connection, String name, String lock) throws SQLException {
    try (var statement =
        connection.prepareStatement("select amount from ledger where name = ?" + lock)) {
      statement.setString(1, name);
      try (var rows = statement.executeQuery()) {
        rows.next();
        return rows.getLong(1);
      }
    }
  }

  private static void set(Connection connection, String name, long amount) throws SQLException {
    try (var statement =
        connection.prepareStatement("update ledger set amount = ? where name = ?")) {
      statement.setLong(1, amount);
      statement.setString(2, name);
      statement.executeUpdate();
    }
  }

  /** Whether the amount stays above zero; else nothing is changed. */
  private static boolean add(Connection connection, String name, long amount) throws SQLException {
    try (var statement = connection.prepareStatement(
        "update ledger set amount = amount + ? where name = ? and amount + ? >= 0")) {
      statement.setLong(1, amount);
      statement.setString(2, name);
      statement.setLong(3, amount);
      return statement.executeUpdate() == 1;
    }
  }
}
