package dev.reprise.debugger.history;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Puts changes together to transactions. */
final class TransactionCollector implements ChangeReader {
  private final Consumer<RecordedTransaction> transactions;
  private final List<Change> changes = new ArrayList<>();
  private @Nullable RecordedTransaction head;

  TransactionCollector(Consumer<RecordedTransaction> transactions) {
    this.transactions = transactions;
  }

  @Override
  public void begin(long xid, Lsn commit, Instant committedAt) {
    finish();
    head = new RecordedTransaction(xid, commit, committedAt, List.of());
  }

  @Override
  public void change(Change change) {
    changes.add(change);
  }

  /** Behind the last change. */
  void finish() {
    RecordedTransaction whole = head;
    head = null;
    if (whole != null) {
      var complete =
          new RecordedTransaction(whole.xid(), whole.commit(), whole.committedAt(), changes);
      changes.clear();
      transactions.accept(complete);
    }
  }
}
