package dev.reprise.debugger.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.ExecutionStatus;
import dev.reprise.debugger.report.RetroReport.Expect;
import dev.reprise.debugger.report.StateDifference.Row;
import dev.reprise.debugger.report.StateDifference.Table;
import dev.reprise.debugger.retro.Redone;
import dev.reprise.debugger.retro.Redone.Ending;
import dev.reprise.debugger.retro.Redone.How;
import dev.reprise.runtime.json.Json;
import java.io.StringReader;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.xml.sax.InputSource;

class RetroReportTest {
  private static final String HOSTILE =
      "<script>alert('x')</script>\" onload=\"y\" </title></svg>&amp; \u001b[31m\u0000\u202e"
          + " \ud800 ${x} %s";

  private final RetroReport report = SampleReport.oversold();

  @Test
  void theSummaryCountsWhatMatters() {
    assertThat(report.summary())
        .isEqualTo("3 executions run again, 1 unaffected, 1 left out; outcome of 2 changed; 3 rows"
            + " differ, 1 table on one side only; checks: 1 broken before, 0 after");
    assertThat(nothing().summary())
        .isEqualTo("1 execution run again; outcome of 0 changed; no row differs");
  }

  @Test
  void theVerdictIsThatOfWhatIsExpected() {
    assertThat(report.verdict().met()).isTrue();
    assertThat(report.verdict(Expect.SAME))
        .isEqualTo(new RetroReport.Verdict(
            false, "outcome of 2 changed, 3 rows differ, 1 table on one side only"));
    assertThat(nothing().verdict(Expect.SAME).met()).isTrue();
    var broken =
        with(report, List.of(new CheckResult("select 1", List.of(), List.of(Map.of("a", "1")))));
    assertThat(broken.verdict()).isEqualTo(new RetroReport.Verdict(false, "1 check broken"));
  }

  @Test
  void theTextTellsOriginalAndNow() {
    assertThat(report.text())
        .startsWith(report.summary() + "\n")
        .contains("""
            executions
                order-1         Checkout.order     same: SUCCEEDED {"status":"PAID"}
              * order-2         Checkout.order     SUCCEEDED {"status":"PAID"}
                                                -> FAILED OutOfStockException: pen: 1 wanted, 0 there
              * order-2/notify  Mail.send          SUCCEEDED true
                                                -> no end
                                                   it is not called any more
                restock-9       Warehouse.restock  unaffected: nothing that the changed functions write is read or written by it
                report-3        Reports.daily      left out: it wrote nothing
            """)
        .contains(
            "  failed   order-2@1         Stock.reserveLocked  OutOfStockException: pen: 1 wanted,"
                + " 0 there (2 attempts) [in place of order-2@1, order-2@2]\n")
        .contains("  dropped  order-2/notify@1  Mail.queue           was true\n")
        .contains("""

              shop.item: 1 row differs
                ~ id=pen  stock -1 -> 0, sold 12 -> 11
              shop.orders: 1 row differs
                - id=o-2  item=pen, note=
              note: table shop.flags is there only after the change, with 0 rows: not compared

            checks
            """)
        .contains("  fixed     select id, stock from shop.item where stock < 0\n")
        .contains("      before: id=pen, stock=-1\n")
        .contains("  holds     select o.id from shop.orders o  where not exists");
  }

  @Test
  void theTextHasNothingThatATerminalObeys() {
    assertThat(hostile().text()).doesNotContainPattern("[\\p{Cntrl}&&[^\n]]");
  }

  @Test
  void theJsonIsWhatTheRecordHolds() {
    assertThat(Json.parse(report.json().toString()))
        .asInstanceOf(
            org.assertj.core.api.InstanceOfAssertFactories.map(String.class, Object.class))
        .containsEntry("summary", report.summary())
        .containsEntry("checksHold", true)
        .containsEntry("same", false)
        .containsKeys(
            "executions", "transactions", "originalTransactions", "state", "checks", "notes");
    assertThat(report.json().toString())
        .contains("\"original\":{\"status\":\"SUCCEEDED\",\"output\":{\"status\":\"PAID\"}}")
        .contains("\"kind\":\"FAILED\"")
        .contains("\"kind\":\"DROPPED\"")
        .contains("\"before\":{\"id\":\"pen\",\"stock\":\"-1\",\"sold\":\"12\"}");
  }

  @Test
  void thePageStandsAloneAndIsWellFormed() throws Exception {
    var html = report.html();
    assertThat(html)
        .contains(
            "<svg",
            "Stock.reserveLocked",
            "UPDATE shop.item {id=pen, stock=1 -&gt; 0}",
            "prefers-color-scheme: dark")
        .doesNotContain("<script", "src=", "href=", "url(", "@import");
    parse(html);
  }

  @Test
  void hostileValuesStayValues() throws Exception {
    var html = hostile().html();
    assertThat(html)
        .doesNotContain("<script", "\" onload=\"y\"", "\u001b", "\u0000", "\u202e")
        .contains("&lt;script&gt;alert(&#39;x&#39;)");
    var text = parse(html).getDocumentElement().getTextContent();
    assertThat(text).contains("<script>alert('x')</script>");
    assertThat(Json.parse(hostile().json().toString())).isNotNull();
  }

  @Test
  void concurrentTransactionsOverlapAndSuccessiveOnesDoNot() {
    var timeline = Timeline.of(report);

    assertThat(timeline.places()).isEqualTo(6);
    var first = timeline.original().get(0);
    var second = timeline.original().get(1);
    assertThat(first.rows()).as("a read, and the write after it").isEqualTo(1);
    assertThat(second.bars()).extracting(Timeline.Bar::row).containsOnly(0);
    assertThat(second.bars().get(1).from()).isLessThan(first.bars().get(1).to());
    assertThat(timeline.changed().get(0).bars())
        .extracting(Timeline.Bar::kind)
        .containsExactly(Timeline.Kind.CHANGED, Timeline.Kind.NEW, Timeline.Kind.SAME);
    assertThat(timeline.changed().get(3).bars())
        .as("what was applied as recorded is there, too")
        .extracting(Timeline.Bar::kind)
        .containsExactly(Timeline.Kind.APPLIED);
  }

  @Test
  void branchesOfOneExecutionLieAboveEachOther() {
    var branches = new RetroReport(
        report.run(),
        List.of(),
        List.of(),
        List.of(
            SampleReport.original("a", "1.1", "F.f", 0, 0, true, "1"),
            SampleReport.original("a", "2.1", "F.g", 0, 1, true, "1"),
            SampleReport.original("a", "3", "F.h", 2, 2, true, "1")),
        StateDifference.NONE,
        List.of(),
        List.of());

    var lane = Timeline.of(branches).original().get(0);
    assertThat(lane.rows()).isEqualTo(2);
    assertThat(lane.bars()).extracting(Timeline.Bar::row).containsExactly(0, 1, 0);
  }

  private RetroReport nothing() {
    return new RetroReport(
        report.run(),
        List.of(report.executions().get(0)),
        List.of(),
        List.of(),
        StateDifference.NONE,
        List.of(),
        List.of());
  }

  private static RetroReport with(RetroReport report, List<CheckResult> checks) {
    return new RetroReport(
        report.run(),
        report.executions(),
        report.transactions(),
        report.originals(),
        report.state(),
        checks,
        report.notes());
  }

  private static RetroReport hostile() {
    var json = Json.quote(HOSTILE);
    var name = HOSTILE.replace(
        "\ud800", ""); // names come from a database, which has no halves of characters
    var row = SampleReport.row(name, HOSTILE);
    return new RetroReport(
        new RetroReport.Run(HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE),
        List.of(
            new Redone(
                HOSTILE,
                HOSTILE,
                HOSTILE,
                How.RUN,
                HOSTILE,
                SampleReport.ok(json),
                new Ending(ExecutionStatus.FAILED, null, HOSTILE)),
            new Redone("b", HOSTILE, null, How.UNAFFECTED, HOSTILE, SampleReport.ok(json), null)),
        List.of(SampleReport.performed(
            HOSTILE,
            HOSTILE,
            HOSTILE,
            List.of(HOSTILE),
            0,
            0,
            true,
            3,
            json,
            null,
            false,
            HOSTILE)),
        List.of(SampleReport.original("b", HOSTILE, HOSTILE, 0, 0, true, json, HOSTILE)),
        new StateDifference(
            List.of(new Table(
                HOSTILE,
                List.of(name),
                List.of(new Row(row, row, null), new Row(row, row, SampleReport.row(name, "1"))),
                2)),
            List.of(HOSTILE),
            List.of(HOSTILE)),
        List.of(new CheckResult(HOSTILE, List.of(row), List.of(row))),
        List.of(HOSTILE));
  }

  /** The page is written so that it is XML, too, but for its head. */
  private static org.w3c.dom.Document parse(String html) throws Exception {
    var body = html.substring(html.indexOf("<body>"), html.indexOf("</body>") + 7)
        .replace("<br>", "<br/>");
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(new InputSource(new StringReader(body)));
  }
}
