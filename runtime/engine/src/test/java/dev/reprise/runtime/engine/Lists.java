package dev.reprise.runtime.engine;

import dev.reprise.Isolation;
import dev.reprise.Transaction;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Appends numbers to lists and reads them, over a table {@code list (key, numbers)}. */
public class Lists {
  /** Lets two calls of {@code crosswise} have their snapshots before either writes. */
  static volatile CountDownLatch bothHaveRead = new CountDownLatch(0);

  private final DataSource database;

  public Lists(DataSource database) {
    this.database = database;
  }

  /** An append of a number; a read where there is none. */
  public record Act(int key, @Nullable Integer append) {}

  @Transaction(isolation = Isolation.SERIALIZABLE)
  public List<List<Integer>> serializable(List<Act> acts) throws SQLException {
    return run(acts);
  }

  @Transaction(isolation = Isolation.REPEATABLE_READ)
  public List<List<Integer>> repeatable(List<Act> acts) throws SQLException {
    return run(acts);
  }

  @Transaction(isolation = Isolation.SERIALIZABLE)
  public List<Integer> crosswiseSerializable(int read, int write, int number) throws Exception {
    return crosswise(read, write, number);
  }

  @Transaction(isolation = Isolation.REPEATABLE_READ)
  public List<Integer> crosswiseRepeatable(int read, int write, int number) throws Exception {
    return crosswise(read, write, number);
  }

  private List<Integer> crosswise(int read, int write, int number) throws Exception {
    try (var connection = database.getConnection()) {
      var seen = read(connection, read);
      bothHaveRead.countDown();
      bothHaveRead.await();
      append(connection, write, number);
      return seen;
    }
  }

  private List<List<Integer>> run(List<Act> acts) throws SQLException {
    try (var connection = database.getConnection()) {
      var seen = new ArrayList<List<Integer>>();
      for (var act : acts) {
        if (act.append() == null) {
          seen.add(read(connection, act.key()));
        } else {
          append(connection, act.key(), act.append());
          seen.add(List.of());
        }
      }
      return seen;
    }
  }

  static List<Integer> read(Connection connection, int key) throws SQLException {
    try (var statement = connection.prepareStatement("select numbers from list where key = ?")) {
      statement.setInt(1, key);
      try (var rows = statement.executeQuery()) {
        return rows.next() ? List.of((Integer[]) rows.getArray(1).getArray()) : List.of();
      }
    }
  }

  private static void append(Connection connection, int key, int number) throws SQLException {
    try (var statement = connection.prepareStatement(
        "insert into list values (?, array[?]) on conflict (key) do update set numbers = list.numbers || excluded.numbers")) {
      statement.setInt(1, key);
      statement.setInt(2, number);
      statement.executeUpdate();
    }
  }
}
