package dev.reprise.debugger.history;

import java.time.Instant;
import java.util.List;

/** A committed transaction with its changes of recorded tables, in their order. */
public record RecordedTransaction(long xid, Lsn commit, Instant committedAt, List<Change> changes) {
  /** Copies the list. */
  public RecordedTransaction {
    changes = List.copyOf(changes);
  }
}
