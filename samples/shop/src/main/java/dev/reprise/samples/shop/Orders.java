package dev.reprise.samples.shop;

import dev.reprise.Transaction;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;

/** The orders and where they stand. */
public class Orders {
  private final DataSource database;

  public Orders(DataSource database) {
    this.database = database;
  }

  /**
   * Takes an order down, at today's prices.
   *
   * @return the total in cents
   * @throws IllegalArgumentException where the order makes no sense; the message names what is wrong
   */
  @Transaction
  public long create(String id, Order order) throws SQLException, UnknownItem {
    check(order);
    try (var connection = database.getConnection()) {
      long total = 0;
      var prices = new long[order.lines().size()];
      for (int i = 0; i < prices.length; i++) {
        var line = order.lines().get(i);
        prices[i] = price(connection, line.item());
        total = plus(total, prices[i], line.quantity());
      }
      insertOrder(connection, id, order.customer(), total);
      insertLines(connection, id, order.lines(), prices);
      return total;
    }
  }

  /** Marks an order as paid and ready to fulfil. */
  @Transaction
  public void markReady(String id, String payment) throws SQLException, UnknownOrder {
    try (var connection = database.getConnection();
        var update = connection.prepareStatement("""
            update shop.orders set status = 'ready', payment = ? where id = ? and status = 'created'
            """)) {
      update.setString(1, payment);
      update.setString(2, id);
      if (update.executeUpdate() == 0) {
        throw new UnknownOrder("there is no open order " + id);
      }
    }
  }

  /**
   * Cancels an order; the undoing of {@link #create}. It may be ready by then: a cancellation of the execution is accepted
   * until its end is recorded.
   */
  @Transaction
  public void cancel(String id) throws SQLException, UnknownOrder {
    try (var connection = database.getConnection();
        var update = connection.prepareStatement("""
            update shop.orders set status = 'cancelled' where id = ? and status <> 'cancelled'
            """)) {
      update.setString(1, id);
      if (update.executeUpdate() == 0) {
        throw new UnknownOrder("there is no open order " + id);
      }
    }
  }

  /** Where an order stands: {@code created}, {@code ready} (to fulfil) or {@code cancelled}. */
  @Transaction(readOnly = true)
  public String status(String id) throws SQLException, UnknownOrder {
    try (var connection = database.getConnection();
        var query = connection.prepareStatement("select status from shop.orders where id = ?")) {
      query.setString(1, id);
      try (var rows = query.executeQuery()) {
        if (!rows.next()) {
          throw new UnknownOrder("there is no order " + id);
        }
        return rows.getString("status");
      }
    }
  }

  private static void check(Order order) {
    if (order.customer() == null || order.customer().isBlank()) {
      throw new IllegalArgumentException("an order names its customer");
    }
    if (order.lines() == null || order.lines().isEmpty()) {
      throw new IllegalArgumentException("an order has at least one line");
    }
    for (var line : order.lines()) {
      if (line == null || line.item() == null) {
        throw new IllegalArgumentException("a line of an order names its item");
      }
      if (line.quantity() <= 0) {
        throw new IllegalArgumentException(
            "the quantity of " + line.item() + " is above zero, not " + line.quantity());
      }
    }
  }

  private static long plus(long total, long price, int quantity) {
    try {
      return Math.addExact(total, Math.multiplyExact(price, (long) quantity));
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException("the total of the order is too large", e);
    }
  }

  private static long price(Connection connection, String item) throws SQLException, UnknownItem {
    try (var query = connection.prepareStatement("select price from shop.item where item = ?")) {
      query.setString(1, item);
      try (var rows = query.executeQuery()) {
        if (!rows.next()) {
          throw new UnknownItem("the shop does not sell \"" + item + "\"");
        }
        return rows.getLong("price");
      }
    }
  }

  private static void insertOrder(Connection connection, String id, String customer, long total)
      throws SQLException {
    try (var insert = connection.prepareStatement(
        "insert into shop.orders (id, customer, total) values (?, ?, ?)")) {
      insert.setString(1, id);
      insert.setString(2, customer);
      insert.setLong(3, total);
      insert.executeUpdate();
    }
  }

  private static void insertLines(Connection connection, String id, List<Line> lines, long[] prices)
      throws SQLException {
    try (var insert = connection.prepareStatement("""
        insert into shop.order_line (order_id, line, item, quantity, price) values (?, ?, ?, ?, ?)
        """)) {
      for (int i = 0; i < prices.length; i++) {
        insert.setString(1, id);
        insert.setInt(2, i + 1);
        insert.setString(3, lines.get(i).item());
        insert.setInt(4, lines.get(i).quantity());
        insert.setLong(5, prices[i]);
        insert.addBatch();
      }
      insert.executeBatch();
    }
  }
}
