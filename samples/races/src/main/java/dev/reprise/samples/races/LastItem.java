package dev.reprise.samples.races;

import dev.reprise.Transaction;
import dev.reprise.Workflow;
import java.sql.SQLException;
import javax.sql.DataSource;

/**
 * The reservation of figures 3 and 4 of Li and Kraft, "Transactions and Serverless are Made for Each Other" (ACM Queue,
 * 2024): whether there is one left is checked in one transaction, and it is taken in another. Two customers who look before
 * either takes both get the last item. The remedy is one transaction for both, as in the shop.
 */
public class LastItem {
  private final DataSource database;

  public LastItem(DataSource database) {
    this.database = database;
  }

  /**
   * Sells one of an item.
   *
   * @return whether there was one
   */
  @Workflow
  public boolean checkout(String item, String customer) throws SQLException {
    if (!isAvailable(item)) {
      return false;
    }
    sell(item, customer);
    return true;
  }

  /** Whether there is one left. */
  @Transaction(readOnly = true)
  public boolean isAvailable(String item) throws SQLException {
    try (var connection = database.getConnection();
        var query = connection.prepareStatement(
            "select from last_item.item where name = ? and stock > 0")) {
      query.setString(1, item);
      try (var rows = query.executeQuery()) {
        return rows.next();
      }
    }
  }

  /** Takes one out of the stock, and notes for whom. */
  @Transaction
  public void sell(String item, String customer) throws SQLException {
    try (var connection = database.getConnection();
        var take = connection.prepareStatement(
            "update last_item.item set stock = stock - 1 where name = ?");
        var note = connection.prepareStatement(
            "insert into last_item.sale (item, customer) values (?, ?)")) {
      take.setString(1, item);
      take.executeUpdate();
      note.setString(1, item);
      note.setString(2, customer);
      note.executeUpdate();
    }
  }
}
