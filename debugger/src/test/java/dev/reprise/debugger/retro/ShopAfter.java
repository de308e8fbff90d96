package dev.reprise.debugger.retro;

import dev.reprise.Function;
import dev.reprise.Isolation;
import dev.reprise.Step;
import dev.reprise.Transaction;
import dev.reprise.Workflow;
import java.sql.SQLException;
import javax.sql.DataSource;

/** The shop of figure 5: checks and takes in one transaction. */
@Function("Shop")
public class ShopAfter {
  private final DataSource database;

  public ShopAfter(DataSource database) {
    this.database = database;
  }

  @Workflow
  public String checkout(String customer, String item) throws Exception {
    if (!takeIfThere(customer, item)) {
      return "sold out";
    }
    pay(customer);
    return "bought";
  }

  @Step
  public String pay(String customer) {
    throw new IllegalStateException("not to be called");
  }

  @Transaction(isolation = Isolation.REPEATABLE_READ)
  public boolean takeIfThere(String customer, String item) throws SQLException {
    if (Sql.number(database, "select stock from item where name = ?", item) == 0) {
      return false;
    }
    Sql.change(database, "update item set stock = stock - 1 where name = ?", item);
    Sql.change(database, "insert into sale (customer, item) values (?, ?)", customer, item);
    return true;
  }
}
