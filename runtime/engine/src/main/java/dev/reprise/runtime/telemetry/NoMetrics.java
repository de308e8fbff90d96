package dev.reprise.runtime.telemetry;

import dev.reprise.ExecutionStatus;
import java.time.Duration;
import java.util.function.DoubleSupplier;

/** The null object of {@link Metrics}. */
final class NoMetrics implements Metrics {
  @Override
  public void executionStarted(String function) {}

  @Override
  public void executionEnded(String function, ExecutionStatus status, Duration duration) {}

  @Override
  public void transactionRetried(String function, String sqlState) {}

  @Override
  public void logConflict() {}

  @Override
  public void requestAnswered(String method, String route, int status, Duration duration) {}

  @Override
  public void gauge(String name, String description, DoubleSupplier value) {}

  @Override
  public String scrape() {
    return "";
  }
}
