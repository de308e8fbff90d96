package dev.reprise.runtime.server;

import dev.reprise.runtime.config.HttpConfig;
import dev.reprise.runtime.function.FunctionDefinition;
import dev.reprise.runtime.http.HealthSource.Check;
import dev.reprise.runtime.http.HttpServer;
import dev.reprise.runtime.http.NodeServices;
import dev.reprise.runtime.json.JsonCodec;
import dev.reprise.runtime.record.RecordStatus;
import dev.reprise.runtime.telemetry.Metrics;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** HTTP in front of a node. */
public final class HttpFront implements EmbeddedRuntime.Front {
  private final HttpServer http;
  private final Runnable last;

  /**
   * Begins to listen.
   *
   * @param last run after everything is closed: it stops an embedded database
   */
  public HttpFront(Node node, HttpConfig config, Metrics metrics, Runnable last) {
    this.last = last;
    this.http = new HttpServer(
        config,
        node.engine(),
        function -> codec(node, function),
        () -> checks(node),
        metrics,
        new NodeServices(Optional.of(node.schedules()), node.desk()));
    http.start();
  }

  private static JsonCodec codec(Node node, FunctionDefinition function) {
    return node.catalog()
        .find(function.version(), function.name())
        .application()
        .codec();
  }

  private static List<Check> checks(Node node) {
    boolean healthy = node.isHealthy();
    var checks = new ArrayList<Check>();
    checks.add(
        new Check("database", healthy, healthy ? "reached" : "no heartbeat was committed lately"));
    var recording = node.recording();
    if (recording.state() != RecordStatus.State.OFF) {
      // a node without a recording takes work all the same
      checks.add(new Check("recording", true, recording.toString()));
    }
    return checks;
  }

  @Override
  public OptionalInt port() {
    return OptionalInt.of(http.port());
  }

  @Override
  public void refuseNewWork() {
    http.refuseNewWork();
  }

  @Override
  public void answerWaiting() {
    http.endWaits();
  }

  @Override
  public void close() {
    http.close();
    last.run();
  }
}
