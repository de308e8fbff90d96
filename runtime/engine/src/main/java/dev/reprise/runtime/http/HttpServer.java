package dev.reprise.runtime.http;

import dev.reprise.RepriseException;
import dev.reprise.runtime.config.HttpConfig;
import dev.reprise.runtime.execution.Engine;
import dev.reprise.runtime.function.FunctionDefinition;
import dev.reprise.runtime.json.JsonCodec;
import dev.reprise.runtime.security.CallerPolicy;
import dev.reprise.runtime.telemetry.Metrics;
import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import io.javalin.util.JavalinException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.VirtualThreads;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves a node over HTTP. Requests that wait for an execution hold no thread. Thread-safe; closing it twice, or before
 * it was started, is legal.
 */
public final class HttpServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);
  private static final int MOST_THREADS = 200;
  private static final int LEAST_THREADS = 8;
  private static final Duration IDLE = Duration.ofSeconds(30);
  private static final long STOP_MILLIS = 2_000;
  private static final long SHUTDOWN_IDLE_MILLIS = 50;

  private final HttpConfig config;
  private final Duration idle;
  private final QueuedThreadPool threads = threads();
  private final Waiting waiting = new Waiting(threads);
  private final Javalin javalin;
  private volatile boolean refusing;
  private boolean closed;

  /**
   * A server that is not started yet.
   *
   * @param codecs what reads the arguments of a function and tells their schemas: that of its application
   */
  public HttpServer(
      HttpConfig config,
      Engine engine,
      Function<FunctionDefinition, JsonCodec> codecs,
      HealthSource health,
      Metrics metrics) {
    this(config, engine, codecs, health, metrics, NodeServices.NONE, IDLE);
  }

  /** The same with what the node does beside. */
  public HttpServer(
      HttpConfig config,
      Engine engine,
      Function<FunctionDefinition, JsonCodec> codecs,
      HealthSource health,
      Metrics metrics,
      NodeServices services) {
    this(config, engine, codecs, health, metrics, services, IDLE);
  }

  HttpServer(
      HttpConfig config,
      Engine engine,
      Function<FunctionDefinition, JsonCodec> codecs,
      HealthSource health,
      Metrics metrics,
      Duration idle) {
    this(config, engine, codecs, health, metrics, NodeServices.NONE, idle);
  }

  private HttpServer(
      HttpConfig config,
      Engine engine,
      Function<FunctionDefinition, JsonCodec> codecs,
      HealthSource health,
      Metrics metrics,
      NodeServices services,
      Duration idle) {
    this.config = config;
    this.idle = idle;
    var routes = routes(engine, codecs, health, metrics, services);
    var pipeline = new Pipeline(new Gate(new CallerPolicy(config)), metrics);
    this.javalin = Javalin.create(settings -> {
      configure(settings);
      pipeline.install(settings.routes, routes);
    });
  }

  /**
   * Begins to listen.
   *
   * @throws RepriseException the address cannot be had; the message says which and what to do
   */
  public synchronized void start() {
    if (closed) {
      throw new IllegalStateException("a server that was closed cannot be started; make another");
    }
    try {
      javalin.start();
    } catch (JavalinException e) {
      throw new RepriseException(
          "cannot listen on " + config.host() + " port " + config.port()
              + "; another process may use it: choose another port, or 0 for any",
          e);
    }
  }

  /** The port that it listens on. */
  public int port() {
    return javalin.port();
  }

  /** From now on no call is accepted and the node reports that it is not ready; what runs goes on and is answered. */
  public void refuseNewWork() {
    refusing = true;
  }

  /** Answers requests that wait as if their time were over. */
  public void endWaits() {
    waiting.endAll();
  }

  /** Stops listening. Requests that still wait are answered with where to look for their result. */
  @Override
  public synchronized void close() {
    refuseNewWork();
    if (closed) {
      return;
    }
    closed = true;
    waiting.endAll();
    try {
      javalin.stop();
    } catch (JavalinException e) {
      LOG.warn("some requests were not answered in time and were cut off", e);
    }
  }

  private List<Route> routes(
      Engine engine,
      Function<FunctionDefinition, JsonCodec> codecs,
      HealthSource health,
      Metrics metrics,
      NodeServices services) {
    var bodies = new RequestBody(config.maxBody());
    var calls =
        new FunctionCalls(engine, codecs, bodies, waiting, config.maxWait(), () -> refusing);
    var routes = new ArrayList<Route>();
    routes.add(Route.post("/v1/functions/{function}", calls));
    routes.addAll(new FunctionCatalogue(engine, codecs).routes());
    routes.addAll(new Executions(engine, bodies, waiting, config.maxWait()).routes());
    routes.add(Route.post(
        "/v1/executions/{id}/messages/{topic}",
        new Messages(engine, bodies, waiting, config.maxWait())));
    routes.add(Route.negotiated(
        "/v1/executions/{id}/events/{key}", new Events(engine, waiting, config.maxWait())));
    routes.addAll(new Queues(engine, bodies).routes());
    services
        .schedules()
        .ifPresent(schedules -> routes.addAll(new ScheduleRoutes(schedules, bodies).routes()));
    var jars = new JarBody(config.maxJar());
    routes.addAll(new DeploymentRoutes(services.desk(), bodies, jars).routes());
    routes.addAll(new NodeRoutes(health, metrics, () -> refusing).routes());
    return routes;
  }

  private void configure(JavalinConfig settings) {
    settings.startup.showJavalinBanner = false;
    settings.startup.showOldJavalinVersionWarning = false;
    settings.startup.startupWatcherEnabled = false;
    settings.http.prefer405over404 = true;
    settings.http.compressionStrategy = CompressionStrategy.NONE;
    settings.jetty.threadPool = threads;
    settings.jetty.modifyHttpConfiguration(this::configure);
    settings.jetty.addConnector(this::connector);
    settings.jetty.modifyServer(server -> {
      server.setErrorHandler(new ProblemPages());
      server.setStopTimeout(STOP_MILLIS);
    });
    settings.jetty.modifyServletContextHandler(
        context -> context.setErrorHandler(new ProblemPages()));
    settings.router.javaLangErrorHandler((response, error) -> ProblemPages.write(response, error));
  }

  /** A connection that waits for an execution must not count as idle before the wait is over. */
  private void configure(HttpConfiguration http) {
    http.setSendServerVersion(false);
    http.setSendDateHeader(true);
    http.setUriCompliance(UriCompliance.DEFAULT);
    http.setIdleTimeout(config.maxWait().plus(IDLE).toMillis());
  }

  private Connector connector(Server server, HttpConfiguration http) {
    var connector = new ServerConnector(server, new HttpConnectionFactory(http));
    connector.setHost(config.host());
    connector.setPort(config.port());
    connector.setIdleTimeout(idle.toMillis());
    connector.setShutdownIdleTimeout(SHUTDOWN_IDLE_MILLIS);
    return connector;
  }

  private static QueuedThreadPool threads() {
    var threads = new QueuedThreadPool(MOST_THREADS, LEAST_THREADS);
    threads.setName("reprise-http");
    if (VirtualThreads.areSupported()) {
      threads.setVirtualThreadsExecutor(
          VirtualThreads.getNamedVirtualThreadsExecutor("reprise-http-"));
    }
    return threads;
  }
}
