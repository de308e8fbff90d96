package dev.reprise.runtime.execution;

import dev.reprise.runtime.postgres.BoundTransaction;
import dev.reprise.spi.CurrentExecution;
import org.jspecify.annotations.Nullable;

/** The transaction of the function that runs on this thread. */
public final class CurrentTransaction {
  private CurrentTransaction() {}

  /** Null outside a transaction function. */
  public static @Nullable BoundTransaction get() {
    return CurrentExecution.get() instanceof TransactionScope scope ? scope.transaction() : null;
  }
}
