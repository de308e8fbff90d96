package dev.reprise.debugger.replay;

import dev.reprise.Durable;
import dev.reprise.Isolation;
import dev.reprise.Transaction;
import dev.reprise.Workflow;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;

/**
 * Transactions that run a list of statements and give what was selected. {@code tell:x} and {@code wait:x} bring calls
 * into an order while they are recorded; when they are replayed everything has been told.
 */
public class Scripted {
  private static final Map<String, CountDownLatch> TOLD = new ConcurrentHashMap<>();

  private final DataSource database;

  public Scripted(DataSource database) {
    this.database = database;
  }

  static void tell(String what) {
    TOLD.computeIfAbsent(what, x -> new CountDownLatch(1)).countDown();
  }

  static void await(String what) {
    try {
      var latch = TOLD.computeIfAbsent(what, x -> new CountDownLatch(1));
      if (!latch.await(60, TimeUnit.SECONDS)) {
        throw new IllegalStateException("nobody told " + what);
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Transaction(isolation = Isolation.REPEATABLE_READ)
  public List<String> run(List<String> script) throws SQLException {
    return perform(script);
  }

  @Transaction
  public List<String> serializable(List<String> script) throws SQLException {
    return perform(script);
  }

  @Transaction(isolation = Isolation.READ_COMMITTED)
  public List<String> readCommitted(List<String> script) throws SQLException {
    return perform(script);
  }

  @Transaction(isolation = Isolation.REPEATABLE_READ, readOnly = true)
  public List<String> read(List<String> script) throws SQLException {
    return perform(script);
  }

  /** Looks, then takes, in transactions of their own: the mistake that oversells. */
  @Workflow
  public String buy(String item) throws SQLException {
    var stock =
        read(List.of("select stock from item where name = '" + item + "'")).get(0);
    await("both looked");
    if (stock.equals("0")) {
      return "sold out";
    }
    run(List.of(
        "update item set stock = stock - 1 where name = '" + item + "'",
        "insert into sale (item) values ('" + item + "')"));
    return "bought";
  }

  @Workflow
  public List<String> parallel(String item) throws SQLException {
    var one = Durable.async(() -> run(List.of("insert into sale (item) values ('one')")));
    var two = Durable.async(() -> run(List.of("insert into sale (item) values ('two')")));
    one.get();
    two.get();
    return serializable(List.of("select count(*) from sale where item <> '" + item + "'"));
  }

  private List<String> perform(List<String> script) throws SQLException {
    var selected = new ArrayList<String>();
    try (var connection = database.getConnection();
        var statement = connection.createStatement()) {
      for (var line : script) {
        if (line.startsWith("tell:")) {
          tell(line.substring(5));
        } else if (line.startsWith("wait:")) {
          await(line.substring(5));
        } else if (line.startsWith("fail:")) {
          throw new IllegalStateException(line.substring(5));
        } else if (statement.execute(line)) {
          try (var rows = statement.getResultSet()) {
            while (rows.next()) {
              selected.add(rows.getString(1));
            }
          }
        }
      }
    }
    return selected;
  }
}
