package dev.reprise.runtime.telemetry;

/** What {@code /metrics} shows. Thread-safe. */
@FunctionalInterface
public interface MetricsSource {
  /** All measurements in the Prometheus text format, version 0.0.4. */
  String scrape();
}
