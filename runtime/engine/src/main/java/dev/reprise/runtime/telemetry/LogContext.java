package dev.reprise.runtime.telemetry;

import dev.reprise.Call;
import org.jspecify.annotations.Nullable;
import org.slf4j.MDC;

/** What log lines carry besides their text: the execution that they belong to. */
public final class LogContext {
  /** The key of the execution's id in the logging context ({@code %X{execution}} in a logback pattern). */
  public static final String EXECUTION = "execution";

  private LogContext() {}

  /** Runs {@code call}; log lines of this thread carry the id meanwhile, and what they carried before afterwards. */
  public static <T extends @Nullable Object, X extends Exception> T within(
      String executionId, Call<T, X> call) throws X {
    var before = MDC.get(EXECUTION);
    MDC.put(EXECUTION, executionId);
    try {
      return call.run();
    } finally {
      if (before == null) {
        MDC.remove(EXECUTION);
      } else {
        MDC.put(EXECUTION, before);
      }
    }
  }
}
