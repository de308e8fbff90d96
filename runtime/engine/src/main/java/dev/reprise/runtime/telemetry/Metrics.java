package dev.reprise.runtime.telemetry;

import dev.reprise.ExecutionStatus;
import java.time.Duration;
import java.util.function.DoubleSupplier;

/**
 * What a node counts. Thread-safe; every method is cheap enough for the path of each call. {@link #OFF} measures nothing.
 */
public interface Metrics extends MetricsSource {
  /** Measures nothing and shows nothing. */
  Metrics OFF = new NoMetrics();

  /** A run of an execution was begun. */
  void executionStarted(String function);

  /**
   * An execution ended, or was parked or stranded.
   *
   * @param duration since it was created
   */
  void executionEnded(String function, ExecutionStatus status, Duration duration);

  /** A transaction is run again after a serialization failure or a deadlock. */
  void transactionRetried(String function, String sqlState);

  /** A runner lost an insert into the operation log to another runner. */
  void logConflict();

  /**
   * An HTTP request was answered.
   *
   * @param route the pattern of its path, never the path itself
   */
  void requestAnswered(String method, String route, int status, Duration duration);

  /**
   * Shows a value that is asked for at every scrape: active runs, connections in use. The first of a name stays.
   *
   * @param name with underscores, without the prefix {@code reprise_}
   */
  void gauge(String name, String description, DoubleSupplier value);
}
