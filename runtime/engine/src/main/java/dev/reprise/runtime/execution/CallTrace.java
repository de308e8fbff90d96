package dev.reprise.runtime.execution;

import dev.reprise.runtime.store.OperationKind;
import dev.reprise.runtime.store.Position;
import org.jspecify.annotations.Nullable;

/** Counts the durable calls of a branch, so that a saga knows what its action did. Not thread-safe. */
final class CallTrace {
  private int uncertain;
  private int succeeded;
  private @Nullable Position lastStep;

  /** A step or a child is called: until it returns, nobody knows what it did. */
  void called(OperationKind kind, Position position) {
    if (kind != OperationKind.TRANSACTION) {
      uncertain++;
    }
    if (kind == OperationKind.STEP) {
      lastStep = position;
    }
  }

  void returned(boolean success) {
    if (success) {
      succeeded++;
    }
  }

  /** How far the trace is. */
  Mark mark() {
    return new Mark(uncertain, succeeded, lastStep);
  }

  /** Whether something may have taken effect since the mark. */
  boolean mayHaveEffect(Mark since) {
    return uncertain > since.uncertain || succeeded > since.succeeded;
  }

  /** The last step called since the mark; null for none. */
  @Nullable
  Position stepSince(Mark since) {
    return java.util.Objects.equals(lastStep, since.lastStep) ? null : lastStep;
  }

  /** A moment of the trace. */
  record Mark(int uncertain, int succeeded, @Nullable Position lastStep) {}
}
