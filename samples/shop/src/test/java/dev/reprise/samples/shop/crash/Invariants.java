package dev.reprise.samples.shop.crash;

import dev.reprise.runtime.postgres.Binder;
import dev.reprise.runtime.postgres.Jdbc;
import dev.reprise.samples.shop.crash.OrderLoad.Placed;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What must hold once all has settled. What does not is complained about. */
final class Invariants {
  private final List<Placed> placed;
  private final LedgerFile ledger;
  private final Consumer<String> complaints;
  private final Map<String, Execution> executions;
  private final Map<String, Sale> sales;
  private final List<StockTake> stock;
  private final Set<String> suspects = new TreeSet<>();

  private record Execution(
      String id, String function, String status, int operations, int effects) {}

  private record Sale(String id, String status, long total, String payment) {}

  private record StockTake(String item, long stock, long sold) {}

  /** Looks at the database once. */
  Invariants(
      Connection connection, List<Placed> placed, LedgerFile ledger, Consumer<String> complaints)
      throws SQLException {
    this.placed = placed;
    this.ledger = ledger;
    this.complaints = complaints;
    this.executions =
        byId(Jdbc.query(connection, """
            select e.id, e.function, e.status, count(o.*), count(o.transaction_id)
              from reprise.executions e left join reprise.operations o using (execution)
             group by e.execution
            """, Binder.NOTHING, Invariants::execution), Execution::id);
    this.sales = byId(
        Jdbc.query(
            connection,
            "select id, status, total, coalesce(payment, '') from shop.orders",
            Binder.NOTHING,
            Invariants::sale),
        Sale::id);
    this.stock = Jdbc.query(connection, """
        select item, stock, coalesce((select sum(quantity) from shop.order_line l
                                        join shop.orders o on o.id = l.order_id
                                       where l.item = i.item and o.status = 'ready'), 0)
          from shop.item i
        """, Binder.NOTHING, Invariants::stockTake);
  }

  private static Execution execution(ResultSet row) throws SQLException {
    return new Execution(
        row.getString(1), row.getString(2), row.getString(3), row.getInt(4), row.getInt(5));
  }

  private static Sale sale(ResultSet row) throws SQLException {
    return new Sale(row.getString(1), row.getString(2), row.getLong(3), row.getString(4));
  }

  private static StockTake stockTake(ResultSet row) throws SQLException {
    return new StockTake(row.getString(1), row.getLong(2), row.getLong(3));
  }

  private static <T> Map<String, T> byId(List<T> rows, Function<T, String> id) {
    return rows.stream().collect(Collectors.toMap(id, row -> row));
  }

  void check() {
    executions.values().forEach(this::ended);
    placed.forEach(this::recorded);
    sales.values().forEach(this::paid);
    ledger.orders().stream()
        .filter(order -> !sales.containsKey(order))
        .forEach(order -> complain(order, "order " + order + " does not exist and was charged"));
    stockTaken();
  }

  /** Nothing is left under way, and nothing needs help. */
  private void ended(Execution execution) {
    switch (execution.status()) {
      case "SUCCEEDED", "FAILED", "CANCELLED", "TIMED_OUT" -> {}
      default -> complain(execution.id(), "not terminal: " + execution);
    }
  }

  /** What the client was told is what the log says, and what the log says is what was done. */
  private void recorded(Placed order) {
    var request = order.request();
    var execution = executions.get(request.key());
    if (execution == null) {
      complain(request.key(), "answered and not in the log: " + order);
      return;
    }
    var told = switch (order.answer().status()) {
      case 200, 204 -> "SUCCEEDED";
      case 422 -> "FAILED";
      case 409 -> "CANCELLED";
      default -> "nothing";
    };
    if (!told.equals(execution.status())) {
      complain(request.key(), order + " was told otherwise than " + execution);
    }
    if (request.function().equals(Request.CHECKOUT)) {
      sold(order, execution);
    } else if (execution.status().equals("CANCELLED") && execution.effects() > 0) {
      complain(request.key(), execution + " took effect");
    }
  }

  private void sold(Placed order, Execution execution) {
    var sale = sales.get(order.request().key());
    boolean ready = sale != null && sale.status().equals("ready");
    boolean succeeded = execution.status().equals("SUCCEEDED");
    if (ready != succeeded || sale != null && sale.status().equals("created")) {
      complain(execution.id(), execution + " and " + sale);
    }
    if (sale != null && succeeded) {
      var receipt = "{\"order\":\"%s\",\"total\":%d,\"payment\":\"%s\"}"
          .formatted(sale.id(), sale.total(), sale.payment());
      if (!order.answer().body().equals(receipt)) {
        complain(sale.id(), "the receipt of " + sale + " is " + order.answer().body());
      }
      int expected = 3 + order.request().lines().size();
      if (execution.operations() != expected) {
        complain(execution.id(), execution + " should have " + expected + " operations");
      }
    }
  }

  /** One charge where it was fulfilled, none or one that was given back where it was not. */
  private void paid(Sale sale) {
    var charges = ledger.charges(sale.id());
    if (charges.size() > 1 || sale.status().equals("ready") && charges.isEmpty()) {
      complain(sale.id(), sale + " was charged " + charges.size() + " times: " + charges);
      return;
    }
    for (var charge : charges) {
      int refunds = ledger.refunds(charge.chargeKey()).size();
      int expected = sale.status().equals("ready") ? 0 : 1;
      if (refunds != expected || charge.amount() != sale.total()) {
        complain(sale.id(), sale + " was paid by " + charge + ", with " + refunds + " refunds");
      }
      if (expected == 0 && !charge.id().equals(sale.payment())) {
        complain(sale.id(), sale + " was paid by another charge: " + charge);
      }
    }
  }

  private void stockTaken() {
    var restocked = new HashMap<String, Long>();
    for (var order : placed) {
      if (order.request().function().equals(Request.RESTOCK) && order.answer().status() == 200) {
        order
            .request()
            .lines()
            .forEach(line -> restocked.merge(line.item(), (long) line.quantity(), Long::sum));
      }
    }
    for (var item : stock) {
      long there =
          RequestMix.STOCK.getOrDefault(item.item(), 0) + restocked.getOrDefault(item.item(), 0L);
      if (item.stock() + item.sold() != there) {
        complaints.accept("of " + item.item() + " there were " + there + ", " + item.sold()
            + " are sold and " + item.stock() + " are left");
      }
    }
  }

  /** How the executions ended, and the orders. */
  String summary() {
    var ends = executions.values().stream()
        .collect(Collectors.groupingBy(Execution::status, Collectors.counting()));
    var states =
        sales.values().stream().collect(Collectors.groupingBy(Sale::status, Collectors.counting()));
    return "executions " + ends + ", orders " + states + ", " + ledger;
  }

  /** How many orders are in that state. */
  long sales(String status) {
    return sales.values().stream().filter(sale -> sale.status().equals(status)).count();
  }

  private void complain(String id, String what) {
    suspects.add(id);
    complaints.accept(what);
  }

  /** What the log has of the executions that were complained about. */
  String evidence(Connection connection) throws SQLException {
    return String.join(
        "\n",
        Jdbc.query(
            connection,
            """
        select row_to_json(e)::text || coalesce(string_agg(E'\n  ' || row_to_json(o), '' order by o.position), '')
          from reprise.executions e left join reprise.operations o using (execution)
         where e.id = any (?)
         group by e.execution order by e.id
        """,
            statement ->
                statement.setArray(1, connection.createArrayOf("text", suspects.toArray())),
            row -> row.getString(1)));
  }
}
