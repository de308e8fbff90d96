package dev.reprise.runtime.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.reprise.runtime.config.Environment;
import dev.reprise.runtime.config.HttpConfig;
import dev.reprise.runtime.config.NodeConfig;
import dev.reprise.runtime.server.ServedNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What health and metrics tell of the recording. */
class RecordingOverHttpTest {
  private final RecordedDatabase database = new RecordedDatabase();
  private final HttpClient client = HttpClient.newHttpClient();

  @AfterEach
  void close() {
    database.close();
  }

  private ServedNode serve(RecordConfig record) {
    var http = new HttpConfig(
        HttpConfig.LOOPBACK, 0, 1 << 20, Duration.ofSeconds(5), Set.of(), Set.of(), false);
    return ServedNode.start(new ServedNode.Plan(
        database.config(),
        NodeConfig.DEFAULT.withShutdownGrace(Duration.ZERO),
        http,
        List.of(),
        true,
        record,
        new Environment(Map.of())));
  }

  private HttpResponse<String> get(ServedNode node, String path) {
    try {
      return client.send(
          HttpRequest.newBuilder(URI.create(node.url() + path)).build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private double gauge(ServedNode node, String name) {
    return get(node, "/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith("reprise_" + name + " "))
        .map(line -> Double.valueOf(line.substring(line.indexOf(' ') + 1)))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no gauge " + name));
  }

  private void awaitHealth(ServedNode node, String... parts) {
    await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
      var health = get(node, "/health/ready");
      assertThat(health.statusCode()).isEqualTo(200);
      assertThat(health.body()).contains("\"recording\"").contains(parts);
    });
  }

  @Test
  void theNodeThatRecordsTellsHowFarItIs() {
    database.run("create table t (n int primary key, filling text)");
    database.run("insert into t select n, repeat('x', 100) from generate_series(1, 5000) n");
    var before = Instant.now().minusSeconds(60);
    try (var node = serve(new RecordConfig(
            RecordConfig.Mode.AUTO,
            RecordConfig.DEFAULT_MAX_RETAINED_BYTES,
            Optional.of(Duration.ofDays(30))));
        var other = serve(RecordConfig.AUTO)) {
      awaitHealth(node, "recording: epoch 1", "bytes behind", "bytes of history since 20");
      assertThat(gauge(node, "history_recording")).isEqualTo(1);
      assertThat(gauge(node, "history_retained_bytes")).isPositive();
      assertThat(gauge(node, "history_lag_bytes")).isNotNegative();
      // the rows that it found
      assertThat(gauge(node, "history_bytes")).isGreaterThan(500_000);
      assertThat(Instant.ofEpochSecond((long) gauge(node, "history_since_seconds")))
          .isBetween(before, Instant.now().plusSeconds(60));

      awaitHealth(other, "standby: another node records");
      for (var name : List.of(
          "history_recording",
          "history_lag_bytes",
          "history_retained_bytes",
          "history_bytes",
          "history_since_seconds")) {
        assertThat(gauge(other, name)).as(name).isZero();
      }
    }
  }

  @Test
  void anEpochThatLaggedTooFarIsTold() {
    database.run("create table t (n int primary key)");
    database.record().close();
    database.run("insert into t select generate_series(1, 100000)");
    try (var node = serve(new RecordConfig(RecordConfig.Mode.AUTO, 1 << 20))) {
      awaitHealth(node, "resting: ", "the server had to keep too much of its log");
      assertThat(gauge(node, "history_recording")).isZero();
    }
  }

  @Test
  void whereItIsOffThereIsNoCheck() {
    try (var node = serve(RecordConfig.OFF)) {
      var health = get(node, "/health/ready");
      assertThat(health.statusCode()).isEqualTo(200);
      assertThat(health.body()).doesNotContain("recording");
      assertThat(gauge(node, "history_recording")).isZero();
    }
  }
}
