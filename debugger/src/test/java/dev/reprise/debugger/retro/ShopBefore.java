package dev.reprise.debugger.retro;

import dev.reprise.Function;
import dev.reprise.Step;
import dev.reprise.Transaction;
import dev.reprise.Workflow;
import java.sql.SQLException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;

/** The shop of the founding article's figure 3: checks in one transaction, takes in another. */
@Function("Shop")
public class ShopBefore {
  static final ConcurrentHashMap<String, CountDownLatch> GATES = new ConcurrentHashMap<>();
  private final DataSource database;

  public ShopBefore(DataSource database) {
    this.database = database;
  }

  @Workflow
  public String checkout(String customer, String item) throws Exception {
    if (!isThere(item)) {
      return "sold out";
    }
    pay(customer);
    take(customer, item);
    return "bought";
  }

  @Transaction(readOnly = true)
  public boolean isThere(String item) throws SQLException {
    return Sql.number(database, "select stock from item where name = ?", item) > 0;
  }

  @Step
  public String pay(String customer) throws InterruptedException {
    var gate = GATES.get(customer);
    if (gate != null && !gate.await(60, TimeUnit.SECONDS)) {
      throw new IllegalStateException("nobody opened the gate of " + customer);
    }
    return "paid by " + customer;
  }

  @Transaction
  public void take(String customer, String item) throws SQLException {
    Sql.change(database, "update item set stock = stock - 1 where name = ?", item);
    Sql.change(database, "insert into sale (customer, item) values (?, ?)", customer, item);
  }
}
