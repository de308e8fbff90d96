package dev.reprise.runtime.postgres;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which errors of the server a transaction has met, and between which savepoints: a rollback to a savepoint forgives
 * what happened after it, except what only a new transaction can cure. Not thread-safe.
 */
final class FailureLedger {
  private sealed interface Entry {}

  private record Opened(String savepoint) implements Entry {}

  private record Met(SqlFailure failure) implements Entry {}

  private final List<Entry> entries = new ArrayList<>();

  void note(String statement, SQLException exception) {
    var failure = new SqlFailure(statement, exception);
    // Only the first since a savepoint says why; those behind it complain about the aborted
    // transaction.
    if (failure.isRetryable() || entries.isEmpty() || last() instanceof Opened) {
      entries.add(new Met(failure));
    }
  }

  void opened(String savepoint) {
    entries.add(new Opened(savepoint));
  }

  void rolledBackTo(String savepoint) {
    int mark = entries.lastIndexOf(new Opened(savepoint));
    if (mark >= 0) {
      entries
          .subList(mark + 1, entries.size())
          .removeIf(entry -> !(entry instanceof Met met && met.failure().isRetryable()));
    }
  }

  void released(String savepoint) {
    int mark = entries.lastIndexOf(new Opened(savepoint));
    if (mark >= 0) {
      entries.subList(mark, entries.size()).removeIf(Opened.class::isInstance);
    }
  }

  @Nullable
  SqlFailure first() {
    SqlFailure first = null;
    for (Entry entry : entries) {
      if (entry instanceof Met met) {
        if (met.failure().isRetryable()) {
          return met.failure();
        }
        first = first == null ? met.failure() : first;
      }
    }
    return first;
  }

  private Entry last() {
    return entries.get(entries.size() - 1);
  }
}
