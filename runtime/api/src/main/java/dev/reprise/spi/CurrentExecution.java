package dev.reprise.spi;

import org.jspecify.annotations.Nullable;

/** The execution that runs on the current thread. */
public final class CurrentExecution {
  private static final ThreadLocal<@Nullable ExecutionScope> CURRENT = new ThreadLocal<>();

  private CurrentExecution() {}

  /** The scope of the current thread; null outside an execution. */
  public static @Nullable ExecutionScope get() {
    return CURRENT.get();
  }

  /** Sets the scope of the current thread and gives the one before, to be set again by the caller. */
  public static @Nullable ExecutionScope set(@Nullable ExecutionScope scope) {
    var before = CURRENT.get();
    if (scope == null) {
      CURRENT.remove();
    } else {
      CURRENT.set(scope);
    }
    return before;
  }
}
