package dev.reprise.runtime.execution;

import dev.reprise.runtime.store.LogWrite;
import dev.reprise.runtime.store.LogWrite.Result;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Takes what has to be recorded without business effects; writes of many executions share a commit. Thread-safe. */
public interface LogWriter {
  /**
   * Hands over a write.
   *
   * @return completes when it is durable or lost; exceptionally with a
   *     {@link dev.reprise.runtime.postgres.DatabaseFailureException}, after which it may or may not be durable
   */
  CompletableFuture<Result> submit(LogWrite write);

  /** The same, waited for. */
  default Result write(LogWrite write) {
    try {
      return submit(write).join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw e;
    }
  }
}
