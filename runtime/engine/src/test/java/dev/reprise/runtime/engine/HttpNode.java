package dev.reprise.runtime.engine;

import dev.reprise.runtime.config.DatabaseConfig;
import dev.reprise.runtime.config.HttpConfig;
import dev.reprise.runtime.config.NodeConfig;
import dev.reprise.runtime.json.Json;
import dev.reprise.runtime.server.Code;
import dev.reprise.runtime.server.EmbeddedRuntime;
import dev.reprise.runtime.server.HttpFront;
import dev.reprise.runtime.server.Node;
import dev.reprise.runtime.telemetry.PrometheusMetrics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A node with HTTP on a free port, on a database that belongs to somebody else, and a client of it. */
final class HttpNode implements AutoCloseable {
  static final NodeConfig CONFIG =
      new NodeConfig(Duration.ofSeconds(3), Duration.ofMillis(500), 64, Duration.ofSeconds(5));

  private final EmbeddedRuntime runtime;
  private final HttpFront front;
  private final int port;
  private final HttpClient client = HttpClient.newHttpClient();

  private HttpNode(EmbeddedRuntime runtime, HttpFront front) {
    this.runtime = runtime;
    this.front = front;
    this.port = front.port().orElseThrow();
  }

  static HttpNode start(DatabaseConfig database, Class<?>... functions) {
    return start(CONFIG, database, functions);
  }

  static HttpNode start(NodeConfig config, DatabaseConfig database, Class<?>... functions) {
    var metrics = new PrometheusMetrics();
    var code = Code.ofClasses(List.of(functions), Map.of(), Map.of(), null);
    var node = Node.start(config, database, code, metrics);
    var front = new HttpFront(node, HttpConfig.DEFAULT, metrics, () -> {});
    return new HttpNode(new EmbeddedRuntime(node, front), front);
  }

  /** What came back. */
  record Reply(int status, Map<String, String> headers, String body) {
    Optional<String> header(String name) {
      return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
    }

    /** The body as an object. */
    @SuppressWarnings("unchecked")
    Map<String, @Nullable Object> object() {
      return (Map<String, @Nullable Object>) Objects.requireNonNull(Json.parse(body));
    }

    /** A member of the body as text. */
    String text(String member) {
      return String.valueOf(object().get(member));
    }

    /** The items of a list. */
    @SuppressWarnings("unchecked")
    List<Map<String, @Nullable Object>> items() {
      return (List<Map<String, @Nullable Object>>)
          Objects.requireNonNull(object().get("items"));
    }
  }

  EmbeddedRuntime runtime() {
    return runtime;
  }

  Node node() {
    return runtime.node();
  }

  int port() {
    return port;
  }

  /** Refuses calls from now on, as at the beginning of a shutdown. */
  void refuseNewWork() {
    front.refuseNewWork();
  }

  /** Calls a function with JSON; an empty body is none at all. */
  Reply call(String function, String body, String... headers) {
    return post("/v1/functions/" + function, body, headers);
  }

  CompletableFuture<Reply> callLater(String function, String body, String... headers) {
    return client
        .sendAsync(posting("/v1/functions/" + function, body, headers), BodyHandlers.ofString())
        .thenApply(HttpNode::reply);
  }

  Reply get(String path, String... headers) {
    return send(with(HttpRequest.newBuilder(uri(path)), headers).build());
  }

  CompletableFuture<Reply> getLater(String path, String... headers) {
    return client
        .sendAsync(
            with(HttpRequest.newBuilder(uri(path)), headers).build(), BodyHandlers.ofString())
        .thenApply(HttpNode::reply);
  }

  Reply post(String path, String body, String... headers) {
    return send(posting(path, body, headers));
  }

  /** Posts bytes as they are; all headers are the caller's. */
  Reply postBytes(String path, byte[] body, String... headers) {
    var publisher = BodyPublishers.ofByteArray(body);
    return send(with(HttpRequest.newBuilder(uri(path)).POST(publisher), headers).build());
  }

  /** Another method, without a body. */
  Reply method(String method, String path) {
    return send(HttpRequest.newBuilder(uri(path))
        .method(method, BodyPublishers.noBody())
        .build());
  }

  /** Sends lines as they are, for what no client would send; the body follows an empty one. */
  Reply raw(String... lines) {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(10_000);
      socket
          .getOutputStream()
          .write(String.join("\r\n", lines).getBytes(StandardCharsets.ISO_8859_1));
      socket.shutdownOutput();
      return parsed(
          new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Reply parsed(String answer) {
    int end = answer.indexOf("\r\n\r\n");
    var lines = answer.substring(0, end).split("\r\n", -1);
    var headers = new LinkedHashMap<String, String>();
    for (int i = 1; i < lines.length; i++) {
      int colon = lines[i].indexOf(':');
      headers.put(
          lines[i].substring(0, colon).toLowerCase(Locale.ROOT),
          lines[i].substring(colon + 1).strip());
    }
    return new Reply(
        Integer.parseInt(lines[0].split(" ", 3)[1]), headers, answer.substring(end + 4));
  }

  private HttpRequest posting(String path, String body, String... headers) {
    BodyPublisher publisher =
        body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body);
    var request = HttpRequest.newBuilder(uri(path)).POST(publisher);
    return with(
            body.isEmpty() ? request : request.header("Content-Type", "application/json"), headers)
        .build();
  }

  private static HttpRequest.Builder with(HttpRequest.Builder request, String... headers) {
    return headers.length == 0 ? request : request.headers(headers);
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  private Reply send(HttpRequest request) {
    try {
      return reply(client.send(request, BodyHandlers.ofString()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static Reply reply(HttpResponse<String> response) {
    var headers = new LinkedHashMap<String, String>();
    response
        .headers()
        .map()
        .forEach((name, values) ->
            headers.put(name.toLowerCase(Locale.ROOT), String.join(", ", values)));
    return new Reply(response.statusCode(), headers, response.body());
  }

  @Override
  public void close() {
    runtime.close();
  }
}
