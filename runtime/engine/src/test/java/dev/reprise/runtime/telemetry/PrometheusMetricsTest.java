package dev.reprise.runtime.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.ExecutionStatus;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PrometheusMetricsTest {
  private final PrometheusMetrics metrics = new PrometheusMetrics();

  @Test
  void showsWhatWasCounted() {
    metrics.executionStarted("A.b");
    metrics.executionStarted("A.b");
    metrics.executionEnded("A.b", ExecutionStatus.FAILED, Duration.ofMillis(1500));
    metrics.transactionRetried("A.b", "40001");
    metrics.logConflict();
    metrics.requestAnswered("GET", "/v1/executions/{id}", 404, Duration.ofMillis(10));
    assertThat(metrics.scrape())
        .contains("reprise_executions_started_total{function=\"A.b\"} 2.0")
        .contains("reprise_executions_ended_seconds_sum{function=\"A.b\",status=\"FAILED\"} 1.5")
        .contains("reprise_transactions_retried_total{function=\"A.b\",sqlstate=\"40001\"} 1.0")
        .contains("reprise_log_conflicts_total 1.0")
        .contains("reprise_http_requests_seconds_count"
            + "{method=\"GET\",route=\"/v1/executions/{id}\",status=\"404\"} 1")
        .contains("jvm_memory_used_bytes");
  }

  @Test
  void asksForAGaugeAtEveryScrape() {
    var running = new AtomicInteger(1);
    metrics.gauge("active_runs", "Runs on this node", running::get);
    assertThat(metrics.scrape()).contains("reprise_active_runs 1.0");
    running.set(2);
    assertThat(metrics.scrape()).contains("reprise_active_runs 2.0");
  }

  @Test
  void showsNothingWhenOff() {
    Metrics.OFF.executionStarted("A.b");
    Metrics.OFF.gauge("active_runs", "Runs on this node", () -> 1);
    assertThat(Metrics.OFF.scrape()).isEmpty();
  }
}
