package dev.reprise.debugger.report;

import dev.reprise.debugger.retro.Performed;
import dev.reprise.debugger.retro.Redone;
import dev.reprise.debugger.retro.Redone.How;
import java.util.ArrayList;
import java.util.List;

/** Writes a report for a terminal. Used once. */
final class ReportText {
  private static final int WIDTH = 100;
  private static final int ROWS = 20;

  private final RetroReport report;
  private final StringBuilder out = new StringBuilder();

  ReportText(RetroReport report) {
    this.report = report;
  }

  String write() {
    line(report.summary());
    line("");
    line("original  " + report.run().original() + ", recorded on PostgreSQL "
        + report.run().recordedOn());
    line("changed   " + report.run().changed() + ", run on PostgreSQL "
        + report.run().performedOn());
    line("steps     " + report.run().steps());
    executions();
    transactions();
    state();
    checks();
    if (!report.notes().isEmpty()) {
      heading("notes");
      report.notes().forEach(note -> line("  " + note));
    }
    return out.toString();
  }

  private void executions() {
    heading("executions");
    int id = widest(report.executions().stream().map(Redone::id).toList());
    int function = widest(report.executions().stream().map(Redone::function).toList());
    for (var execution : report.executions()) {
      var start = "  %s %s  %s  "
          .formatted(
              RetroReport.isOtherOutcome(execution) ? "*" : " ",
              pad(execution.id(), id),
              pad(execution.function(), function));
      var original = Words.ending(execution.original());
      if (execution.how() != How.RUN) {
        line(start
            + (execution.how() == How.UNAFFECTED ? "unaffected" : "left out")
            + (execution.why() == null ? "" : ": " + execution.why()));
      } else if (!RetroReport.isOtherOutcome(execution)) {
        line(start + "same: " + Words.cut(original, WIDTH));
      } else {
        line(start + Words.cut(execution.original() == null ? "new" : original, WIDTH));
        line(" ".repeat(start.length() - 3) + "-> "
            + Words.cut(Words.ending(execution.now()), WIDTH));
      }
      if (execution.how() == How.RUN && execution.why() != null) {
        line(" ".repeat(start.length()) + execution.why());
      }
    }
  }

  private void transactions() {
    var timeline = Timeline.of(report);
    var lines = new ArrayList<List<String>>();
    for (var transaction : report.transactions()) {
      var kind = timeline.kind(transaction);
      if (kind != Timeline.Kind.SAME || transaction.attempts() > 1) {
        lines.add(List.of(
            kind.style(),
            transaction.label(),
            transaction.function(),
            Words.cut(Words.outcome(transaction.output(), transaction.error()), WIDTH)
                + (transaction.attempts() > 1 ? " (" + transaction.attempts() + " attempts)" : "")
                + inPlaceOf(transaction)));
      }
    }
    for (var original : report.originals()) {
      if (timeline.kind(original) == Timeline.Kind.DROPPED) {
        lines.add(List.of(
            "dropped",
            original.label(),
            original.function(),
            "was " + Words.cut(Words.outcome(original.output(), original.error()), WIDTH)));
      }
    }
    if (lines.isEmpty()) {
      return;
    }
    heading("transactions that are not the same");
    int label = widest(lines.stream().map(it -> it.get(1)).toList());
    int function = widest(lines.stream().map(it -> it.get(2)).toList());
    lines.forEach(it -> line("  %s  %s  %s  %s"
        .formatted(pad(it.get(0), 7), pad(it.get(1), label), pad(it.get(2), function), it.get(3))));
  }

  /** Which originals it stands for, where that is not the one of the same position. */
  private static String inPlaceOf(Performed transaction) {
    var of = transaction.inPlaceOf();
    return of.isEmpty() || of.equals(List.of(transaction.label()))
        ? ""
        : " [in place of " + String.join(", ", of) + "]";
  }

  private void state() {
    heading("rows");
    if (report.state().isSame()) {
      line("  the end states are the same");
    }
    RowLines.of(report.state(), ROWS).forEach(line -> line("  " + line));
    report.state().notes().forEach(note -> line("  note: " + note));
  }

  private void checks() {
    if (report.checks().isEmpty()) {
      return;
    }
    heading("checks");
    for (var check : report.checks()) {
      var verdict = check.broken()
          ? check.before().isEmpty() ? "BROKEN by the change" : "STILL BROKEN"
          : check.fixed() ? "fixed" : "holds";
      line("  " + pad(verdict, 8) + "  " + check.sql());
      check.before().forEach(row -> line("      before: " + RowLines.of(row)));
      check.after().forEach(row -> line("      after:  " + RowLines.of(row)));
    }
  }

  private void heading(String text) {
    line("");
    line(text);
  }

  private void line(String text) {
    out.append(Words.line(text)).append('\n');
  }

  private static int widest(List<String> texts) {
    return Math.min(60, texts.stream().mapToInt(String::length).max().orElse(0));
  }

  private static String pad(String text, int width) {
    return text + " ".repeat(Math.max(0, width - text.length()));
  }
}
