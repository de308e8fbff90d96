package dev.reprise.runtime.server;

import dev.reprise.RepriseException;
import dev.reprise.runtime.config.DatabaseConfig;
import dev.reprise.runtime.config.Environment;
import dev.reprise.runtime.config.HttpConfig;
import dev.reprise.runtime.config.NodeConfig;
import dev.reprise.runtime.function.ApplicationSettings;
import dev.reprise.runtime.postgres.EmbeddedServer;
import dev.reprise.runtime.record.RecordConfig;
import dev.reprise.runtime.record.RecordStatus;
import dev.reprise.runtime.telemetry.Metrics;
import dev.reprise.runtime.telemetry.PrometheusMetrics;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A node that serves deployments over HTTP, as the command line starts it. Thread-safe; closing twice is allowed. */
public final class ServedNode implements AutoCloseable {
  private final EmbeddedRuntime runtime;
  private final HttpConfig http;

  private ServedNode(EmbeddedRuntime runtime, HttpConfig http) {
    this.runtime = runtime;
    this.http = http;
  }

  /**
   * What to start.
   *
   * @param database null for the embedded server in {@code .reprise/} of the working directory
   * @param jars what to serve beside what is active in the database
   * @param migrate whether to run the migrations of the jars
   * @param record whether changes are recorded
   * @param environment where the modules of jars find their {@code REPRISE_APP_*} settings
   */
  public record Plan(
      @Nullable DatabaseConfig database,
      NodeConfig node,
      HttpConfig http,
      List<Path> jars,
      boolean migrate,
      RecordConfig record,
      Environment environment) {
    /** As the settings say. */
    public static Plan of(ServerSettings settings) {
      return new Plan(
          settings.database().orElse(null),
          settings.node(),
          settings.http(),
          settings.functions(),
          settings.migrate(),
          settings.record(),
          settings.sources().environment());
    }
  }

  /**
   * Starts it; it is ready when this returns.
   *
   * @throws RepriseException where it cannot; the message names what to do
   */
  public static ServedNode start(Plan plan) {
    requireFreePort(plan.http());
    var configured = plan.database();
    if (configured != null) {
      return start(plan, configured, () -> {});
    }
    var server = EmbeddedServer.startOrJoin(EmbeddedServer.DEFAULT_DIRECTORY);
    try {
      return start(plan, server.config(), server::close);
    } catch (RuntimeException e) {
      server.close();
      throw e;
    }
  }

  private static ServedNode start(Plan plan, DatabaseConfig database, Runnable last) {
    var settings = new ApplicationSettings(plan.environment()::variable, Environment::fileContent);
    var metrics = new PrometheusMetrics();
    var node = Node.start(
        plan.node(),
        database,
        Code.ofJars(plan.jars(), plan.migrate(), settings),
        metrics,
        plan.record());
    try {
      show(node, metrics);
      var front = new HttpFront(node, plan.http(), metrics, last);
      return new ServedNode(new EmbeddedRuntime(node, front), plan.http());
    } catch (RuntimeException e) {
      node.close();
      throw e;
    }
  }

  private static void show(Node node, Metrics metrics) {
    var active = node.active();
    var database = node.database();
    metrics.gauge(
        "runs_active", "Executions that run here", () -> active.active().size());
    metrics.gauge("runs_capacity", "Executions that may run here at once", active::capacity);
    metrics.gauge(
        "calls_waiting", "Transactions that wait for a connection", database::waitingCalls);
    metrics.gauge(
        "connections_active", "Connections in use by transactions", database::activeCalls);
    metrics.gauge(
        "history_recording",
        "Whether this node records changes: 1 or 0",
        () -> node.recording().state() == RecordStatus.State.RECORDING ? 1 : 0);
    metrics.gauge(
        "history_lag_bytes",
        "Log of the database that this node has still to record",
        () -> node.recording().lagBytes());
    metrics.gauge(
        "history_retained_bytes",
        "Log that the database keeps for the recording on this node",
        () -> node.recording().retainedBytes());
    metrics.gauge(
        "history_bytes",
        "What the change history takes on the disk, asked on the node that records",
        () -> node.recording().historyBytes());
    metrics.gauge(
        "history_since_seconds",
        "Unix time of the oldest state that can be rebuilt, asked on the node that records; else 0",
        () -> {
          var since = node.recording().since();
          return since == null ? 0 : since.getEpochSecond();
        });
  }

  /**
   * Finds a port that is taken before anything is deployed.
   *
   * @throws RepriseException where it is
   */
  public static void requireFreePort(HttpConfig http) {
    if (http.port() == 0) {
      return;
    }
    try {
      var address = InetAddress.getByName(http.host());
      new ServerSocket(http.port(), 1, address).close();
    } catch (IOException e) {
      throw new RepriseException(
          "cannot listen on " + http.host() + " port " + http.port() + " (" + e.getMessage()
              + "): choose another port with --port, or 0 for any, or end the process that has it",
          e);
    }
  }

  /** Where it is reached: {@code http://127.0.0.1:8080}. */
  public String url() {
    var host = http.host().contains(":") && !http.host().startsWith("[")
        ? "[" + http.host() + "]"
        : http.host();
    return "http://" + host + ":" + runtime.port().orElseThrow();
  }

  /** How many functions can be called now. */
  public int functions() {
    return runtime.node().catalog().activeFunctions().size();
  }

  /**
   * Ends it: it is not ready from now on and takes no calls, running ones have the grace period, the rest is released to
   * other nodes.
   */
  @Override
  public void close() {
    runtime.close();
  }
}
