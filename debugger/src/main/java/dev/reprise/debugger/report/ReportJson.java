package dev.reprise.debugger.report;

import dev.reprise.debugger.report.RetroReport.Expect;
import dev.reprise.debugger.retro.Performed;
import dev.reprise.debugger.retro.Redone;
import dev.reprise.runtime.json.JsonObject;
import org.jspecify.annotations.Nullable;

/** Writes a report for programs. */
final class ReportJson {
  private ReportJson() {}

  static JsonObject of(RetroReport report) {
    var timeline = Timeline.of(report);
    return new JsonObject()
        .put("summary", report.summary())
        .put("checksHold", report.verdict().met())
        .put("same", report.verdict(Expect.SAME).met())
        .put("originalCode", report.run().original())
        .put("changedCode", report.run().changed())
        .put("steps", report.run().steps())
        .put("recordedOn", report.run().recordedOn())
        .put("performedOn", report.run().performedOn())
        .put(
            "executions",
            report.executions().stream().map(ReportJson::execution).toList())
        .put(
            "transactions",
            report.transactions().stream()
                .map(transaction -> performed(transaction, timeline.kind(transaction)))
                .toList())
        .put(
            "originalTransactions",
            report.originals().stream()
                .map(original -> original(original, timeline.kind(original)))
                .toList())
        .put("state", state(report.state()))
        .put("checks", report.checks().stream().map(ReportJson::check).toList())
        .put("notes", report.notes());
  }

  private static JsonObject execution(Redone execution) {
    return new JsonObject()
        .put("execution", execution.id())
        .put("function", execution.function())
        .putIfPresent("parent", execution.parent())
        .put("how", execution.how().name())
        .putIfPresent("why", execution.why())
        .put("changed", RetroReport.isOtherOutcome(execution))
        .put("original", ending(execution.original()))
        .put("now", ending(execution.now()));
  }

  private static @Nullable JsonObject ending(Redone.@Nullable Ending ending) {
    return ending == null
        ? null
        : new JsonObject()
            .put("status", ending.status().name())
            .putRawIfPresent("output", ending.output())
            .putIfPresent("error", ending.error());
  }

  private static JsonObject performed(Performed transaction, Timeline.Kind kind) {
    return new JsonObject()
        .put("execution", transaction.execution())
        .put("position", transaction.position())
        .put("function", transaction.function())
        .putRaw("arguments", transaction.arguments())
        .put("isolation", transaction.isolation().name())
        .put("kind", kind.name())
        .put("inPlaceOf", transaction.inPlaceOf())
        .put("taken", transaction.taken())
        .put("ended", transaction.ended())
        .put("committed", transaction.committed())
        .put("attempts", transaction.attempts())
        .putRawIfPresent("output", transaction.output())
        .putRawIfPresent("error", transaction.error())
        .put("changes", transaction.changes());
  }

  private static JsonObject original(Original original, Timeline.Kind kind) {
    return new JsonObject()
        .put("execution", original.execution())
        .put("position", original.position())
        .put("function", original.function())
        .put("kind", kind.name())
        .put("taken", original.taken())
        .put("ended", original.ended())
        .put("committed", original.committed())
        .putRawIfPresent("output", original.output())
        .putRawIfPresent("error", original.error())
        .put("changes", original.changes());
  }

  private static JsonObject state(StateDifference state) {
    return new JsonObject()
        .put("same", state.isSame())
        .put("rows", state.total())
        .put("tables", state.tables().stream().map(ReportJson::table).toList())
        .put("notes", state.notes());
  }

  private static JsonObject table(StateDifference.Table table) {
    return new JsonObject()
        .put("table", table.name())
        .put("key", table.key())
        .put("total", table.total())
        .put(
            "rows",
            table.rows().stream()
                .map(row -> new JsonObject()
                    .put("key", row.key())
                    .put("columns", row.columns())
                    .put("before", row.before())
                    .put("after", row.after()))
                .toList());
  }

  private static JsonObject check(CheckResult check) {
    return new JsonObject()
        .put("sql", check.sql())
        .put("broken", check.broken())
        .put("fixed", check.fixed())
        .put("before", check.before())
        .put("after", check.after());
  }
}
