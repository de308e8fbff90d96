package dev.reprise.debugger.replay;

import dev.reprise.Isolation;
import dev.reprise.debugger.history.Change;
import dev.reprise.debugger.replay.Body.Made;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/** Says how calls came out, against what is recorded of them. Immutable. */
final class Judge {
  static final String TELLS_TIME =
      "the time of the transaction, which it wrote, is taken as recorded";

  private final Plan plan;

  Judge(Plan plan) {
    this.plan = plan;
  }

  /** What the call's transaction changed, as recorded; empty where it committed nothing. */
  List<Change> changesOf(int number) {
    var transaction = plan.calls().get(number).operation().transactionId();
    var found = transaction == null ? null : plan.recorded().get(transaction);
    return found == null ? List.of() : found.changes();
  }

  /** What a body made, where it is known. */
  List<Captured> compare(
      int number, Future<Made> future, List<Difference> differences, List<String> notes)
      throws InterruptedException {
    try {
      var made = future.get();
      var operation = plan.calls().get(number).operation();
      var outcome =
          Comparison.outcome(operation, made.outcome().output(), made.outcome().error());
      if (outcome != null) {
        differences.add(outcome);
      }
      var recorded = changesOf(number).stream().map(Captured::of).toList();
      if (made.outcome().error() == null && operation.error() == null) {
        var rows = Comparison.rows(recorded, made.changes());
        differences.addAll(rows.differences());
        if (rows.differences().isEmpty() && !rows.sameOrder()) {
          notes.add("the same changes were made in another order");
        }
        if (made.tellsTime()) {
          notes.add(TELLS_TIME);
        }
      }
      if (!differences.isEmpty() && !made.asked().isEmpty()) {
        notes.add("its statements ask for " + String.join(", ", made.asked())
            + ": what that gives is not recorded, but where it is the default of a column");
      }
      return made.changes();
    } catch (ExecutionException e) {
      differences.add(new Difference.NotRun("it could not be run: " + e.getCause()));
      return List.of();
    }
  }

  /** What to think of a call. */
  Verdict verdict(
      int number, List<Difference> differences, List<Captured> changes, List<String> notes) {
    var call = plan.calls().get(number);
    boolean readCommitted = call.isolation() == Isolation.READ_COMMITTED;
    if (readCommitted) {
      notes.add("READ COMMITTED: each statement saw a state of its own, which is not recorded");
    }
    if (plan.schedule().placed().get(number).call().snapshot() == null) {
      notes.add("its snapshot is not recorded: it was run where clocks tell that it ended");
    }
    var kind = !differences.isEmpty()
        ? Verdict.Kind.DIVERGED
        : readCommitted ? Verdict.Kind.UNGUARANTEED : Verdict.Kind.FAITHFUL;
    return new Verdict(
        call,
        kind,
        List.copyOf(differences),
        changes.stream().map(Captured::text).toList(),
        List.copyOf(notes));
  }
}
