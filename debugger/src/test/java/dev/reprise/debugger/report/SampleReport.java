package dev.reprise.debugger.report;

import dev.reprise.ExecutionStatus;
import dev.reprise.Isolation;
import dev.reprise.debugger.report.StateDifference.Row;
import dev.reprise.debugger.report.StateDifference.Table;
import dev.reprise.debugger.retro.Footprint;
import dev.reprise.debugger.retro.Performed;
import dev.reprise.debugger.retro.Redone;
import dev.reprise.debugger.retro.Redone.Ending;
import dev.reprise.debugger.retro.Redone.How;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A report as of an oversold item: two orders saw the same stock, and the changed code locks it. */
final class SampleReport {
  private SampleReport() {}

  static RetroReport oversold() {
    return new RetroReport(
        new RetroReport.Run(
            "shop-1.4.jar (3f2a91c0)",
            "shop-1.5-fixed.jar",
            "from the log where function and arguments match, else refused",
            "16.4",
            "18.0"),
        executions(),
        transactions(),
        originals(),
        state(),
        List.of(
            new CheckResult(
                "select id, stock from shop.item where stock < 0",
                List.of(row("id", "pen", "stock", "-1")),
                List.of()),
            new CheckResult(
                "select o.id from shop.orders o\n"
                    + " where not exists (select from shop.payment p where p.order_id = o.id)",
                List.of(),
                List.of())),
        List.of(
            "payment.charge of order-2 was not called: its recorded answer was not used",
            "transaction 7731 of another program was applied at its place"));
  }

  private static List<Redone> executions() {
    return List.of(
        new Redone(
            "order-1",
            "Checkout.order",
            null,
            How.RUN,
            null,
            ok("{\"status\":\"PAID\"}"),
            ok("{\"status\":\"PAID\"}")),
        new Redone(
            "order-2",
            "Checkout.order",
            null,
            How.RUN,
            null,
            ok("{\"status\":\"PAID\"}"),
            new Ending(
                ExecutionStatus.FAILED, null, "OutOfStockException: pen: 1 wanted, 0 there")),
        new Redone(
            "order-2/notify",
            "Mail.send",
            "order-2",
            How.RUN,
            "it is not called any more",
            ok("true"),
            null),
        new Redone(
            "restock-9",
            "Warehouse.restock",
            null,
            How.UNAFFECTED,
            "nothing that the changed functions write is read or written by it",
            ok("12"),
            null),
        new Redone(
            "report-3", "Reports.daily", null, How.SKIPPED, "it wrote nothing", ok("{}"), null));
  }

  private static List<Original> originals() {
    return List.of(
        original("order-1", "1", "Stock.available", 0, 0, false, "1"),
        original("order-2", "1", "Stock.available", 0, 0, false, "1"),
        original(
            "order-1",
            "2",
            "Stock.reserve",
            0,
            0,
            true,
            "true",
            "UPDATE shop.item {id=pen, stock=1 -> 0}"),
        original(
            "order-2",
            "2",
            "Stock.reserve",
            0,
            1,
            true,
            "true",
            "UPDATE shop.item {id=pen, stock=0 -> -1}"),
        original(
            "restock-9",
            "1",
            "Warehouse.count",
            1,
            2,
            true,
            "12",
            "INSERT shop.stocktaking {id=4, at=12}"),
        original(
            "order-1", "4", "Orders.create", 2, 3, true, "\"o-1\"", "INSERT shop.orders {id=o-1}"),
        original(
            "order-2", "4", "Orders.create", 3, 4, true, "\"o-2\"", "INSERT shop.orders {id=o-2}"),
        original(
            "order-2/notify", "1", "Mail.queue", 5, 5, true, "true", "INSERT shop.mail {id=8}"));
  }

  private static List<Performed> transactions() {
    return List.of(
        performed(
            "order-1",
            "1",
            "Stock.reserveLocked",
            List.of("order-1@1", "order-1@2"),
            0,
            0,
            true,
            1,
            "true",
            null,
            false,
            "UPDATE shop.item {id=pen, stock=1 -> 0}"),
        performed(
            "order-2",
            "1",
            "Stock.reserveLocked",
            List.of("order-2@1", "order-2@2"),
            0,
            1,
            false,
            2,
            null,
            "{\"type\":\"shop.OutOfStockException\",\"message\":\"pen: 1 wanted, 0 there\"}",
            false),
        performed(
            "order-1",
            "3",
            "Audit.note",
            List.of(),
            2,
            2,
            true,
            1,
            "null",
            null,
            false,
            "INSERT shop.audit {id=1}"),
        performed(
            "order-1",
            "4",
            "Orders.create",
            List.of("order-1@4"),
            3,
            3,
            true,
            1,
            "\"o-1\"",
            null,
            true,
            "INSERT shop.orders {id=o-1}"));
  }

  private static StateDifference state() {
    return new StateDifference(
        List.of(
            new Table(
                "shop.audit",
                List.of("id"),
                List.of(new Row(
                    row("id", "1"),
                    null,
                    row("id", "1", "text", "reserved for order-1", "who", null))),
                1),
            new Table(
                "shop.item",
                List.of("id"),
                List.of(new Row(
                    row("id", "pen"),
                    row("id", "pen", "stock", "-1", "sold", "12"),
                    row("id", "pen", "stock", "0", "sold", "11"))),
                1),
            new Table(
                "shop.orders",
                List.of("id"),
                List.of(
                    new Row(row("id", "o-2"), row("id", "o-2", "item", "pen", "note", ""), null)),
                1)),
        List.of("shop.flags"),
        List.of("table shop.flags is there only after the change, with 0 rows: not compared"));
  }

  static Ending ok(String output) {
    return new Ending(ExecutionStatus.SUCCEEDED, output, null);
  }

  static Original original(
      String execution,
      String position,
      String function,
      int taken,
      int ended,
      boolean committed,
      String output,
      String... changes) { // tidy: a sample
    return new Original(
        execution + "@" + position,
        execution,
        function,
        position,
        taken,
        ended,
        committed,
        output,
        null,
        List.of(changes));
  }

  static Performed performed( // tidy: a sample
      String execution,
      String position,
      String function,
      List<String> inPlaceOf,
      int taken,
      int ended,
      boolean committed,
      int attempts,
      @Nullable String output,
      @Nullable String error,
      boolean same,
      String... changes) {
    return new Performed(
        execution,
        position,
        function,
        "[\"pen\",1]",
        Isolation.SERIALIZABLE,
        inPlaceOf,
        taken,
        ended,
        committed,
        attempts,
        output,
        error,
        List.of(changes),
        Footprint.NONE,
        same);
  }

  static Map<String, @Nullable String> row(@Nullable String... columns) {
    var row = new LinkedHashMap<String, @Nullable String>();
    for (int i = 0; i < columns.length; i += 2) {
      row.put(String.valueOf(columns[i]), columns[i + 1]);
    }
    return row;
  }
}
