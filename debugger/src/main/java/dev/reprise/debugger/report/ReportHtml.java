package dev.reprise.debugger.report;

import dev.reprise.debugger.report.StateDifference.Row;
import dev.reprise.debugger.report.StateDifference.Table;
import dev.reprise.debugger.retro.Redone;
import dev.reprise.debugger.retro.Redone.How;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Writes a report as one page without scripts and without anything from elsewhere. Used once. */
final class ReportHtml {
  private static final int VALUE = 400;

  private final RetroReport report;
  private final Html html = new Html();

  ReportHtml(RetroReport report) {
    this.report = report;
  }

  String write() {
    html.raw("""
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
        <meta name="viewport" content="width=device-width, initial-scale=1"><meta name="referrer" content="no-referrer">
        <title>Reprise: other code over the same past</title><style>
        """).raw(ReportStyle.CSS).raw("</style></head><body><main>");
    head();
    tiles();
    run();
    executions();
    timeline();
    state();
    checks();
    if (!report.notes().isEmpty()) {
      html.raw("<h2>Notes</h2><div class=\"card\"><ul>");
      report.notes().forEach(note -> html.element("li", "", note));
      html.raw("</ul></div>");
    }
    return html.raw("</main></body></html>\n").toString();
  }

  private void head() {
    var verdict = report.verdict();
    html.raw("<div class=\"head\"><div><h1>Other code over the same past</h1>");
    html.element("p", "soft", report.summary()).raw("</div>");
    if (report.checks().isEmpty()) {
      boolean same = report.verdict(RetroReport.Expect.SAME).met();
      pill(same ? "good" : "warn", same ? "nothing changed" : "something changed");
    } else {
      pill(verdict.met() ? "good" : "bad", verdict.met() ? "all checks hold" : verdict.why());
    }
    html.raw("</div>");
  }

  private void tiles() {
    html.raw("<div class=\"tiles\">");
    long run = report.executions().stream().filter(it -> it.how() == How.RUN).count();
    tile(run, "of " + Words.count(report.executions().size(), "execution") + " run again", "");
    long changed =
        report.executions().stream().filter(RetroReport::isOtherOutcome).count();
    tile(changed, "with another outcome", changed == 0 ? "" : "warn");
    tile(
        report.state().total(),
        report.state().total() == 1 ? "row differs" : "rows differ",
        report.state().isSame() ? "" : "warn");
    if (!report.checks().isEmpty()) {
      long before =
          report.checks().stream().filter(it -> !it.before().isEmpty()).count();
      long after = report.checks().stream().filter(CheckResult::broken).count();
      tile(before, "checks broken before", before == 0 ? "" : "bad");
      tile(after, "checks broken after", after == 0 ? "good" : "bad");
    }
    html.raw("</div>");
  }

  private void tile(long number, String of, String style) {
    html.raw("<div class=\"tile\">")
        .element("b", style, Long.toString(number))
        .element("span", "", of)
        .raw("</div>");
  }

  private void run() {
    html.raw("<div class=\"card\"><dl>");
    fact("Original code", report.run().original());
    fact("Changed code", report.run().changed());
    fact("Steps", report.run().steps());
    fact(
        "PostgreSQL",
        "recorded on " + report.run().recordedOn() + ", run on " + report.run().performedOn());
    html.raw("</dl></div>");
  }

  private void fact(String name, String value) {
    html.element("dt", "", name).element("dd", "", value);
  }

  private void pill(String style, String text) {
    html.element("span", "pill " + style, text);
  }

  private void executions() {
    html.raw("<h2>Executions</h2><div class=\"card"
        + " scroll\"><table><tr><th>Execution</th><th>Function</th><th></th><th>As it was"
        + " recorded</th><th>With the changed code</th></tr>");
    for (var execution : report.executions()) {
      boolean changed = RetroReport.isOtherOutcome(execution);
      html.raw(execution.parent() == null ? "<tr><td>" : "<tr><td class=\"child\">")
          .element("code", "", execution.id());
      if (execution.parent() != null) {
        html.raw("<div class=\"soft small\">called by ")
            .text(execution.parent())
            .raw("</div>");
      }
      html.raw("</td>").element("td", "", execution.function()).raw("<td>");
      switch (execution.how()) {
        case RUN -> pill(changed ? "warn" : "soft", changed ? "changed" : "same");
        case UNAFFECTED -> pill("soft", "unaffected");
        case SKIPPED -> pill("soft", "left out");
      }
      html.raw("</td><td class=\"value\">");
      ending(execution.original(), changed ? "del" : "");
      html.raw("</td><td class=\"value\">");
      if (execution.how() == How.RUN) {
        ending(execution.now(), changed ? "ins" : "");
      }
      if (execution.why() != null) {
        html.element("div", "soft small", execution.why());
      }
      html.raw("</td></tr>");
    }
    html.raw("</table></div>");
  }

  private void ending(Redone.@Nullable Ending ending, String element) {
    html.element(
        element.isEmpty() ? "span" : element,
        "",
        ending == null ? "none" : Words.cut(Words.ending(ending), VALUE));
  }

  private void timeline() {
    html.raw(
        "<h2>Transactions</h2><div class=\"card\"><p class=\"soft small\">Each bar reaches from"
            + " the snapshot of a transaction to its commit. Bars that overlap ran at the same"
            + " time. Point at one to see what it did.</p><br><div class=\"scroll\">");
    TimelineSvg.draw(Timeline.of(report), html);
    html.raw("</div><div class=\"legend\"><span><i class=\"same\"></i>same</span><span><i"
        + " class=\"changed\"></i>changed</span><span><i class=\"new\"></i>new</span><span><i"
        + " class=\"failed\"></i>fails now</span><span><i class=\"dropped\"></i>not called any"
        + " more</span><span><i class=\"applied\"></i>not run again</span><span><i"
        + " class=\"reads\"></i>without a commit</span><span><i class=\"again\"></i>×2:"
        + " retried</span></div></div>");
  }

  private void state() {
    html.raw("<h2>Rows</h2>");
    if (report.state().isSame()) {
      html.raw("<div class=\"card\"><p class=\"good\">The end states are the same.</p></div>");
    }
    report.state().tables().forEach(this::table);
    if (!report.state().notes().isEmpty()) {
      html.raw("<div class=\"card\"><ul>");
      report.state().notes().forEach(note -> html.element("li", "", note));
      html.raw("</ul></div>");
    }
  }

  private void table(Table table) {
    html.raw("<div class=\"card scroll\">");
    html.raw("<h3>").element("code", "", table.name()).raw(" <span class=\"soft\">");
    html.text(Words.differ(table.total())).raw("</span></h3><table class=\"rows\"><tr><th></th>");
    var columns = columns(table);
    columns.forEach(column -> html.element("th", "", column));
    html.raw("</tr>");
    for (var row : table.rows()) {
      html.raw("<tr>");
      var mark = row.before() == null ? "+" : row.after() == null ? "−" : "~";
      html.element(
          "td",
          "mark " + (row.before() == null ? "good" : row.after() == null ? "bad" : "warn"),
          mark);
      columns.forEach(column -> cell(table, row, column));
      html.raw("</tr>");
    }
    html.raw("</table>");
    if (table.total() > table.rows().size()) {
      html.element("p", "soft small", "and " + (table.total() - table.rows().size()) + " more");
    }
    html.raw("</div>");
  }

  /** The key, and what differs in any row. */
  private static Set<String> columns(Table table) {
    var columns = new LinkedHashSet<>(table.key());
    var all = new LinkedHashSet<String>();
    var differing = new LinkedHashSet<String>();
    for (var row : table.rows()) {
      all.addAll(Objects.requireNonNull(row.before() == null ? row.after() : row.before())
          .keySet());
      differing.addAll(row.columns());
    }
    all.stream().filter(differing::contains).forEach(columns::add);
    return columns;
  }

  private void cell(Table table, Row row, String column) {
    html.raw("<td class=\"value\">");
    var before = row.before();
    var after = row.after();
    if (before != null && after != null && !row.columns().contains(column)) {
      value(table.key().contains(column) ? "b" : "span", after.get(column));
    } else {
      if (before != null) {
        value("del", before.get(column));
      }
      html.raw(before != null && after != null ? " → " : "");
      if (after != null) {
        value("ins", after.get(column));
      }
    }
    html.raw("</td>");
  }

  private void value(String element, @Nullable String value) {
    html.raw("<" + element + ">");
    if (value == null) {
      html.raw("<i class=\"soft\">null</i>");
    } else if (value.isEmpty()) {
      html.raw("<i class=\"soft\">empty</i>");
    } else {
      html.text(Words.cut(value, VALUE));
    }
    html.raw("</" + element + ">");
  }

  private void checks() {
    if (report.checks().isEmpty()) {
      return;
    }
    html.raw("<h2>Checks</h2>");
    for (var check : report.checks()) {
      html.raw("<div class=\"card\">");
      if (check.broken()) {
        pill("bad", check.before().isEmpty() ? "broken by the change" : "still broken");
      } else {
        pill("good", check.fixed() ? "fixed" : "holds");
      }
      html.element("pre", "", check.sql());
      if (!check.before().isEmpty() || check.broken()) {
        html.raw("<div class=\"sides\">");
        found("As it was recorded", check.before());
        found("With the changed code", check.after());
        html.raw("</div>");
      }
      html.raw("</div>");
    }
  }

  private void found(String title, List<Map<String, @Nullable String>> rows) {
    html.raw("<div class=\"scroll\">").element("h3", "soft", title);
    if (rows.isEmpty()) {
      html.raw("<p class=\"good\">no row</p>");
    } else {
      html.raw("<table class=\"rows\"><tr>");
      rows.get(0).keySet().forEach(column -> html.element("th", "", column));
      html.raw("</tr>");
      for (var row : rows) {
        html.raw("<tr>");
        row.values().forEach(found -> {
          html.raw("<td class=\"value\">");
          value("span", found);
          html.raw("</td>");
        });
        html.raw("</tr>");
      }
      html.raw("</table>");
      if (rows.size() == Checks.ROWS) {
        html.raw("<p class=\"soft small\">and maybe more</p>");
      }
    }
    html.raw("</div>");
  }
}
