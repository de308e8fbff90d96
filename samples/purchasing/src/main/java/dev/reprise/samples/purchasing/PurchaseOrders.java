package dev.reprise.samples.purchasing;

import dev.reprise.Transaction;
import java.sql.SQLException;
import java.util.Map;
import java.util.TreeMap;
import javax.sql.DataSource;

/** The orders and where they stand. */
public class PurchaseOrders {
  private final DataSource database;

  public PurchaseOrders(DataSource database) {
    this.database = database;
  }

  /** Takes an order down. */
  @Transaction
  public void place(String id, PurchaseOrder order) throws SQLException {
    try (var connection = database.getConnection();
        var insert = connection.prepareStatement("""
            insert into purchasing.orders (id, requester, approver, item, amount) values (?, ?, ?, ?, ?)
            """)) {
      insert.setString(1, id);
      insert.setString(2, order.requester());
      insert.setString(3, order.approver());
      insert.setString(4, order.item());
      insert.setLong(5, order.amount());
      insert.executeUpdate();
    }
  }

  /** Ends an order: {@code approved}, {@code refused} or {@code expired}. */
  @Transaction
  public void close(String id, String status, String by) throws SQLException {
    try (var connection = database.getConnection();
        var update = connection.prepareStatement("""
            update purchasing.orders set status = ?, decided_by = ? where id = ? and status = 'open'
            """)) {
      update.setString(1, status);
      update.setString(2, by);
      update.setString(3, id);
      if (update.executeUpdate() == 0) {
        throw new IllegalStateException("there is no open order " + id);
      }
    }
  }

  /** How many open orders wait for each approver. */
  @Transaction(readOnly = true)
  public Map<String, Integer> waiting() throws SQLException {
    try (var connection = database.getConnection();
        var query = connection.prepareStatement("""
            select approver, count(*) from purchasing.orders where status = 'open' group by approver
            """);
        var rows = query.executeQuery()) {
      var waiting = new TreeMap<String, Integer>();
      while (rows.next()) {
        waiting.put(rows.getString(1), rows.getInt(2));
      }
      return waiting;
    }
  }

  /** Where an order stands. */
  @Transaction(readOnly = true)
  public String status(String id) throws SQLException {
    try (var connection = database.getConnection();
        var query =
            connection.prepareStatement("select status from purchasing.orders where id = ?")) {
      query.setString(1, id);
      try (var rows = query.executeQuery()) {
        if (!rows.next()) {
          throw new IllegalArgumentException("there is no order " + id);
        }
        return rows.getString(1);
      }
    }
  }
}
