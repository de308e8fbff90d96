package dev.reprise.runtime.telemetry;

import dev.reprise.ExecutionStatus;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.function.DoubleSupplier;

/**
 * Metrics kept in memory for Prometheus to fetch. Labels are functions, states, routes and SQLSTATEs: sets that do not
 * grow with the load. Thread-safe.
 */
public final class PrometheusMetrics implements Metrics {
  private static final String FUNCTION = "function";

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Counter logConflicts = Counter.builder("reprise.log.conflicts")
      .description("Inserts into the operation log that were lost to another runner")
      .register(registry);

  /** With the measurements of the JVM; nothing of Reprise's own yet. */
  public PrometheusMetrics() {
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
  }

  @Override
  public void executionStarted(String function) {
    Counter.builder("reprise.executions.started")
        .description("Runs of executions that were begun")
        .tag(FUNCTION, function)
        .register(registry)
        .increment();
  }

  @Override
  public void executionEnded(String function, ExecutionStatus status, Duration duration) {
    Timer.builder("reprise.executions.ended")
        .description("Executions that ended, were parked or stranded, since their creation")
        .tag(FUNCTION, function)
        .tag("status", status.name())
        .register(registry)
        // the times are of two nodes, or of one whose estimate was corrected
        .record(duration.isNegative() ? Duration.ZERO : duration);
  }

  @Override
  public void transactionRetried(String function, String sqlState) {
    Counter.builder("reprise.transactions.retried")
        .description("Transactions that were run again after a conflict with another")
        .tag(FUNCTION, function)
        .tag("sqlstate", sqlState)
        .register(registry)
        .increment();
  }

  @Override
  public void logConflict() {
    logConflicts.increment();
  }

  @Override
  public void requestAnswered(String method, String route, int status, Duration duration) {
    Timer.builder("reprise.http.requests")
        .description("HTTP requests that were answered")
        .tag("method", method)
        .tag("route", route)
        .tag("status", Integer.toString(status))
        .register(registry)
        .record(duration);
  }

  @Override
  public void gauge(String name, String description, DoubleSupplier value) {
    Gauge.builder("reprise." + name, value, DoubleSupplier::getAsDouble)
        .description(description)
        .strongReference(true)
        .register(registry);
  }

  @Override
  public String scrape() {
    return registry.scrape();
  }
}
