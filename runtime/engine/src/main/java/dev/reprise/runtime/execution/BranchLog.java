package dev.reprise.runtime.execution;

import dev.reprise.NonDeterminismException;
import dev.reprise.runtime.store.OperationKind;
import dev.reprise.runtime.store.OperationRow;
import dev.reprise.runtime.store.Position;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The positions of one branch: it numbers the durable calls, finds the recorded ones, refuses those that do not match
 * the log or may not proceed, and keeps outcomes that no commit has carried yet. Used by the thread of the branch; after
 * that has ended, by the one that joins or closes it.
 */
final class BranchLog {
  private final Run run;
  private final @Nullable Position prefix;
  private final CallTrace trace = new CallTrace();
  private final List<OperationRow> buffer = new ArrayList<>();
  private int counter;
  private boolean closedInLog;
  private @Nullable Unwinding closed;

  /** For the main branch, or for one that was begun at {@code prefix}. */
  BranchLog(Run run, @Nullable Position prefix) {
    this.run = run;
    this.prefix = prefix;
  }

  @Nullable
  Position prefix() {
    return prefix;
  }

  CallTrace trace() {
    return trace;
  }

  /** Takes the next position for a call; gives its row where the log has it, else the caller does the call. */
  @Nullable
  OperationRow enter(OperationKind kind, String name, long hash) {
    run.requireGoingForCall();
    if (closed != null) {
      throw closed;
    }
    passOldPatches(kind);
    var position = nextPosition();
    trace.called(kind, position);
    var row = run.recorded(position);
    if (row == null) {
      requireNew(kind, name, position);
      counter++;
      return null;
    }
    counter++;
    if (row.kind() == OperationKind.CLOSED) {
      throw closeAt(row);
    }
    if (row.kind() != kind || !row.function().equals(name)) {
      throw run.park(
          mismatch(position, described(row.kind(), row.function()), described(kind, name)));
    }
    if (row.arguments() != hash && comparesArguments()) {
      throw run.park(mismatch(
          position,
          described(kind, name) + " with other arguments",
          "it with the arguments of this run"));
    }
    return row;
  }

  /** The code does not ask any more for changes that all living executions have. */
  private void passOldPatches(OperationKind kind) {
    while (kind != OperationKind.PATCH && nextIs(OperationKind.PATCH)) {
      counter++;
    }
  }

  /** Whether the log has an operation of that kind at the next position. */
  boolean nextIs(OperationKind kind) {
    var row = run.recorded(nextPosition());
    return row != null && row.kind() == kind;
  }

  /** Whether the log has the marker of that change at the next position. */
  boolean isPatchNext(String changeId) {
    var row = run.recorded(nextPosition());
    return row != null && row.kind() == OperationKind.PATCH && row.function().equals(changeId);
  }

  private boolean comparesArguments() {
    var stage = run.stage();
    return stage == null || stage.comparesArguments();
  }

  /** The log has nothing at the position: may the call be done? */
  private void requireNew(OperationKind kind, String name, Position position) {
    if (kind == OperationKind.BRANCH) {
      // also while the execution is being ended: another runner may be at work in the branch, and
      // only a closing row at the branch's own next position keeps it from recording
      return;
    }
    if (run.isRecordedBelow(position)) {
      throw run.park(mismatch(position, "a parallel branch", described(kind, name)));
    }
    if (run.isClosing()) {
      closed = new Unwinding(Unwinding.Reason.CLOSED, "the execution is being ended");
      throw closed;
    }
    run.requireRoom();
  }

  private Unwinding closeAt(OperationRow row) {
    closedInLog = true;
    var reason = Closing.of(row);
    if (prefix == null || run.stage() != null && reason != Closing.FAILED) {
      run.closedAs(reason); // in a rehearsal nothing else tells that the end came from outside
    }
    closed = new Unwinding(Unwinding.Reason.CLOSED, "the branch was closed: " + row.function());
    return closed;
  }

  static String described(OperationKind kind, String name) {
    return kind.label() + " " + name;
  }

  private NonDeterminismException mismatch(Position position, String recorded, String called) {
    return new NonDeterminismException("execution " + run.identity().id() + " of "
        + run.identity().function()
        + " at position " + position + ": the log has " + recorded + ", the code calls " + called
        + ". Run it with the code it began on, or make the code deterministic, and resume it"
        + (run.closing() == null
            ? ""
            : ". It is to be ended as " + run.closing()
                + ", but without its code it cannot be undone, so it stays as it is until then"));
  }

  /** A call that was begun is given up; where it left no row, its position is the next one again. */
  Unwinding unwind(Unwinding e, Position position) {
    if (e.reason() == Unwinding.Reason.CLOSED) {
      closed = e;
      if (run.recorded(position) == null) {
        counter--;
      }
    }
    return e;
  }

  /** The position that was taken last. */
  Position position() {
    return child(counter);
  }

  Position nextPosition() {
    return child(counter + 1);
  }

  private Position child(int number) {
    return prefix == null ? Position.of(number) : prefix.child(number);
  }

  /** How many positions are taken; for {@link #returnTo}. */
  int mark() {
    return counter;
  }

  /** Takes the positions since the mark again: a compensation is tried once more. */
  void returnTo(int mark) {
    counter = mark;
  }

  // --- ends
  // -------------------------------------------------------------------------------------------------------

  boolean isClosedInLog() {
    return closedInLog;
  }

  boolean isClosed() {
    return closed != null;
  }

  void closedBy(Unwinding e) {
    closed = e;
  }

  /** A closing row was recorded at the next position. */
  void closedAtNextPosition() {
    counter++;
    closedInLog = true;
  }

  /** Where the log was closed right after the last call, the branch is closed, and its next position is behind that row. */
  void passClosingRow() {
    var row = run.recorded(nextPosition());
    if (row != null && row.kind() == OperationKind.CLOSED) {
      counter++;
      closeAt(row);
    }
  }

  /** Calls proceed again, after the closing row. */
  void reopenForCompensation() {
    closed = null;
  }

  /** Whether the log holds operations of this branch after its last call. */
  boolean isLonger() {
    return run.recorded(nextPosition()) != null || run.isRecordedBelow(nextPosition());
  }

  // --- what no commit has carried yet
  // -----------------------------------------------------------------------------

  void buffer(OperationRow row) {
    buffer.add(row);
    run.remember(row);
  }

  List<OperationRow> buffered() {
    return List.copyOf(buffer);
  }

  /** The buffered outcomes; the caller records them or goes without. */
  List<OperationRow> takeBuffer() {
    var taken = List.copyOf(buffer);
    buffer.clear();
    return taken;
  }

  void adopt(BranchLog joined) {
    buffer.addAll(joined.takeBuffer());
  }
}
