package dev.reprise.runtime.engine;

import dev.reprise.Durable;
import dev.reprise.Transaction;
import dev.reprise.Workflow;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import javax.sql.DataSource;

/** Functions to be called badly, over a table {@code reserved (item, quantity)}; a quantity is above zero. */
public class Stock {
  /** Counted down when {@code blocked} runs. */
  static volatile CountDownLatch entered = new CountDownLatch(1);

  /** Lets {@code blocked} go on. */
  static volatile CountDownLatch gate = new CountDownLatch(0);

  private final DataSource database;

  public Stock(DataSource database) {
    this.database = database;
  }

  /** Where to. */
  public record Place(String street, int number) {}

  /** It can hold itself, and then it has no JSON. */
  public record Box(String name, List<Box> inside) {}

  /** Says no. */
  public static class OutOfStock extends Exception {
    public OutOfStock(String message) {
      super(message);
    }
  }

  @Transaction
  public void reserve(String item, int quantity, Optional<Place> to) throws SQLException {
    insert(item + to.map(Place::street).orElse(""), quantity);
  }

  @Transaction
  public void forget(String item) throws SQLException {
    insert(item, 1);
  }

  @Transaction
  public void refuse(String item) throws Exception {
    insert(item, 1);
    throw new OutOfStock("there is no " + item + " left");
  }

  @Transaction
  public Box box(String name) throws SQLException {
    insert(name, 1);
    var box = new Box(name, new ArrayList<>());
    box.inside().add(box);
    return box;
  }

  @Transaction
  public void misspelt(String item) throws SQLException {
    insert(item, 1);
    run("insert into reservd values ('" + item + "', 1)");
  }

  @Transaction
  public void wrapped(String item) {
    try {
      run("insert into reservd values ('" + item + "', 1)");
    } catch (SQLException e) {
      throw new IllegalStateException("cannot reserve: " + e.getMessage(), e);
    }
  }

  @Transaction
  public void commits(String item) throws SQLException {
    insert(item, 1);
    run("commit");
  }

  @Transaction
  public void blocked(String item) throws Exception {
    entered.countDown();
    gate.await();
    insert(item, 1);
  }

  @Workflow
  public String later(String item) {
    Durable.sleep(Duration.ofDays(1));
    return item;
  }

  private void insert(String item, int quantity) throws SQLException {
    try (var connection = database.getConnection();
        var statement = connection.prepareStatement("insert into reserved values (?, ?)")) {
      statement.setString(1, item);
      statement.setInt(2, quantity);
      statement.executeUpdate();
    }
  }

  private void run(String sql) throws SQLException {
    try (var connection = database.getConnection();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
