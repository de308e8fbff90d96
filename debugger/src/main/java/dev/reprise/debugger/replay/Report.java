package dev.reprise.debugger.replay;

import dev.reprise.ExecutionStatus;
import dev.reprise.runtime.execution.Rehearsal;
import dev.reprise.runtime.json.ErrorInfo;
import dev.reprise.runtime.json.ExceptionCodec;
import dev.reprise.runtime.json.JsonObject;
import dev.reprise.runtime.store.ExecutionRow;
import dev.reprise.runtime.store.OperationRow;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What came of a replay.
 *
 * @param calls in the order in which they began
 * @param executions how the code of each ended
 * @param recordedOn the version of the server that ran them
 * @param replayedOn the version of the scratch server
 * @param notes in what the scratch database differs from production
 */
public record Report(
    List<Verdict> calls,
    List<End> executions,
    String recordedOn,
    String replayedOn,
    List<String> notes) {

  /**
   * How the code of an execution ended, given the recorded outcomes of its calls.
   *
   * @param difference null where it ended as recorded
   * @param note what else there is to say of it; null for nothing
   */
  public record End(
      String execution,
      @Nullable String difference,
      @Nullable String note) {
    static End of(Script script, Rehearsal.Result result) {
      var row = script.row();
      String difference = null;
      if (result instanceof Rehearsal.Result.Differs differs) {
        var cause = ExceptionCodec.describe(differs.cause());
        if (row.status() == ExecutionStatus.PARKED && isParkedBy(row, cause)) {
          return new End(row.id(), null, "parked, as it was: " + cause.message());
        }
        difference = cause.message();
      } else if (result instanceof Rehearsal.Result.EndOfLog end) {
        difference = row.status().isTerminal() ? end.why() : null;
      } else if (result instanceof Rehearsal.Result.Ended ended && row.status().isTerminal()) {
        if (ended.status() != row.status()) {
          difference = "recorded " + row.status() + ", replayed " + ended.status();
        } else if (row.error() == null
            ? !Objects.equals(row.output(), ended.outcome())
            : !sameError(script, row.error(), ended.outcome())) {
          difference = "recorded " + (row.error() == null ? row.output() : row.error())
              + ", replayed " + ended.outcome();
        }
      }
      return new End(row.id(), difference, null);
    }

    private static boolean isParkedBy(ExecutionRow row, ErrorInfo cause) {
      var recorded = row.error() == null ? null : ExceptionCodec.describe(row.error());
      return recorded != null
          && recorded.type().equals(cause.type())
          && Objects.equals(recorded.message(), cause.message());
    }

    /** The code is given exceptions as they are rebuilt, which may be of a more general type than was recorded. */
    private static boolean sameError(Script script, String recorded, @Nullable String replayed) {
      if (replayed == null) {
        return false;
      }
      var rebuilt = ExceptionCodec.decode(recorded, script.application().loader());
      ErrorInfo one = ExceptionCodec.describe(ExceptionCodec.encode(rebuilt));
      ErrorInfo other = ExceptionCodec.describe(replayed);
      // the driver's own kinds of exceptions come out of a log as this
      boolean sameType = one.type().equals(other.type())
          || one.type().startsWith("org.postgresql.")
              && other.type().equals(SQLException.class.getName());
      return sameType && Objects.equals(one.message(), other.message());
    }
  }

  /** Whether everything came out as recorded. */
  public boolean isFaithful() {
    return calls.stream().allMatch(Verdict::isEqual)
        && executions.stream().allMatch(end -> end.difference() == null);
  }

  /** For people. */
  public String text() {
    var text = new StringBuilder();
    for (var call : calls) {
      text.append(line(call)).append('\n');
      call.differences()
          .forEach(difference -> text.append("    ").append(difference.text()).append('\n'));
      call.notes().forEach(note -> text.append("    note: ").append(note).append('\n'));
    }
    for (var end : executions) {
      if (end.difference() != null) {
        text.append("DIVERGED      ")
            .append(end.execution())
            .append(": ")
            .append(end.difference())
            .append('\n');
      }
      if (end.note() != null) {
        text.append("note: ")
            .append(end.execution())
            .append(": ")
            .append(end.note())
            .append('\n');
      }
    }
    notes.forEach(note -> text.append("note: ").append(note).append('\n'));
    text.append(summary())
        .append(" (recorded on PostgreSQL ")
        .append(recordedOn)
        .append(", replayed on ")
        .append(replayedOn)
        .append(')');
    return text.toString();
  }

  private String summary() {
    if (isFaithful()) {
      return "faithful: %d %s came out as recorded"
          .formatted(calls.size(), calls.size() == 1 ? "transaction" : "transactions");
    }
    long diverged = calls.stream().filter(call -> !call.isEqual()).count();
    long otherwise = executions.stream().filter(end -> end.difference() != null).count();
    return "diverged: %d of %d transactions%s differ"
        .formatted(
            diverged,
            calls.size(),
            otherwise == 0
                ? ""
                : " and the ends of %d of %d executions".formatted(otherwise, executions.size()));
  }

  /** The same with more notes. */
  public Report withNotes(List<String> more) {
    var all = new ArrayList<>(notes);
    all.addAll(more);
    return new Report(calls, executions, recordedOn, replayedOn, List.copyOf(all));
  }

  /** A line on a call. */
  public static String line(Verdict verdict) {
    OperationRow operation = verdict.call().operation();
    var transaction = operation.transactionId();
    return "%-13s %s %s%s"
        .formatted(
            verdict.kind(),
            verdict.call().label(),
            operation.function(),
            transaction == null ? "" : " (transaction " + transaction + ")");
  }

  /** For programs. */
  public JsonObject json() {
    var all = new ArrayList<JsonObject>();
    for (var call : calls) {
      var operation = call.call().operation();
      all.add(new JsonObject()
          .put("execution", call.call().execution().id())
          .put("position", operation.position().toString())
          .put("function", operation.function())
          .putIfPresent(
              "transactionId",
              operation.transactionId() == null
                  ? null
                  : Long.toUnsignedString(operation.transactionId()))
          .putIfPresent("snapshot", operation.snapshot())
          .put("verdict", call.kind().name())
          .put("differences", call.differences().stream().map(Report::json).toList())
          .put("changes", call.made())
          .put("notes", call.notes()));
    }
    var ends = new ArrayList<JsonObject>();
    for (var end : executions) {
      ends.add(new JsonObject()
          .put("execution", end.execution())
          .put("faithful", end.difference() == null)
          .putIfPresent("difference", end.difference())
          .putIfPresent("note", end.note()));
    }
    return new JsonObject()
        .put("faithful", isFaithful())
        .put("recordedOn", recordedOn)
        .put("replayedOn", replayedOn)
        .put("notes", notes)
        .put("transactions", all)
        .put("executions", ends);
  }

  private static JsonObject json(Difference difference) {
    var json = new JsonObject();
    if (difference instanceof Difference.OfOutcome outcome) {
      return json.put("kind", "outcome")
          .put("recorded", outcome.recorded())
          .put("replayed", outcome.replayed());
    }
    if (difference instanceof Difference.OfRow row) {
      return json.put("kind", "row")
          .put("table", row.table())
          .put("change", row.kind().name())
          .put("row", row.row())
          .put(
              "columns",
              row.columns().stream()
                  .map(column -> new JsonObject()
                      .put("column", column.column())
                      .put("recorded", column.recorded())
                      .put("replayed", column.replayed()))
                  .toList());
    }
    if (difference instanceof Difference.Missing missing) {
      return json.put("kind", "missing")
          .put("table", missing.table())
          .put("change", missing.kind().name())
          .put("row", missing.row());
    }
    if (difference instanceof Difference.Extra extra) {
      return json.put("kind", "extra")
          .put("table", extra.table())
          .put("change", extra.kind().name())
          .put("row", extra.row());
    }
    return json.put("kind", "not-run").put("why", difference.text());
  }
}
