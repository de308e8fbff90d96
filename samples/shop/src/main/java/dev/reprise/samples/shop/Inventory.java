package dev.reprise.samples.shop;

import dev.reprise.Transaction;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** What the shop has. */
public class Inventory {
  private final DataSource database;

  public Inventory(DataSource database) {
    this.database = database;
  }

  /**
   * Takes items out of the stock.
   *
   * @throws OutOfStock where there are fewer; nothing is taken then
   */
  @Transaction
  public void reserve(String item, int quantity) throws SQLException, OutOfStock, UnknownItem {
    requirePositive(quantity);
    try (var connection = database.getConnection();
        var take = connection.prepareStatement(
            "update shop.item set stock = stock - ? where item = ? and stock >= ?")) {
      take.setInt(1, quantity);
      take.setString(2, item);
      take.setInt(3, quantity);
      if (take.executeUpdate() == 0) {
        throw new OutOfStock(
            quantity + " x " + item + " asked for, " + stock(connection, item) + " left");
      }
    }
  }

  /** Gives reserved items back; the undoing of {@link #reserve}. */
  @Transaction
  public void release(String item, int quantity) throws SQLException, UnknownItem {
    add(item, quantity);
  }

  /**
   * Adds newly arrived items.
   *
   * @return the stock after it
   */
  @Transaction
  public int restock(String item, int quantity) throws SQLException, UnknownItem {
    return add(item, quantity);
  }

  /** How many of an item can still be ordered. */
  @Transaction(readOnly = true)
  public int stock(String item) throws SQLException, UnknownItem {
    try (var connection = database.getConnection()) {
      return stock(connection, item);
    }
  }

  /** All that is sold, by name. */
  @Transaction(readOnly = true)
  public List<Item> items() throws SQLException {
    try (var connection = database.getConnection();
        var query =
            connection.prepareStatement("select item, price, stock from shop.item order by item");
        var rows = query.executeQuery()) {
      var items = new ArrayList<Item>();
      while (rows.next()) {
        items.add(new Item(rows.getString("item"), rows.getLong("price"), rows.getInt("stock")));
      }
      return items;
    }
  }

  private int add(String item, int quantity) throws SQLException, UnknownItem {
    requirePositive(quantity);
    try (var connection = database.getConnection();
        var give = connection.prepareStatement(
            "update shop.item set stock = stock + ? where item = ? returning stock")) {
      give.setInt(1, quantity);
      give.setString(2, item);
      try (var rows = give.executeQuery()) {
        if (!rows.next()) {
          throw unknown(item);
        }
        return rows.getInt("stock");
      }
    }
  }

  private static int stock(Connection connection, String item) throws SQLException, UnknownItem {
    try (var query = connection.prepareStatement("select stock from shop.item where item = ?")) {
      query.setString(1, item);
      try (var rows = query.executeQuery()) {
        if (!rows.next()) {
          throw unknown(item);
        }
        return rows.getInt("stock");
      }
    }
  }

  private static UnknownItem unknown(String item) {
    return new UnknownItem("the shop does not sell \"" + item + "\"");
  }

  private static void requirePositive(int quantity) {
    if (quantity <= 0) {
      throw new IllegalArgumentException("a quantity is above zero, not " + quantity);
    }
  }
}
