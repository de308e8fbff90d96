package dev.reprise.runtime.http;

import dev.reprise.runtime.config.HttpConfig;
import dev.reprise.runtime.json.Json;
import dev.reprise.runtime.json.JsonCodec;
import dev.reprise.runtime.telemetry.PrometheusMetrics;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** A server on a free port before a {@link FakeEngine}, and clients of it. */
final class TestServer implements AutoCloseable {
  static final int MAX_BODY = 10_000;
  private static final Duration IDLE = Duration.ofSeconds(1);

  final FakeEngine engine;
  final List<HealthSource.Check> checks = new ArrayList<>();
  volatile Supplier<List<HealthSource.Check>> health = () -> List.copyOf(checks);
  final HttpServer server;
  private final HttpClient client = HttpClient.newHttpClient();

  TestServer(HttpConfig config) {
    var codec = new JsonCodec();
    engine = new FakeEngine(codec);
    server = new HttpServer(
        new HttpConfig(
            config.host(),
            config.port(),
            MAX_BODY,
            config.maxWait(),
            config.allowedHosts(),
            config.allowedOrigins(),
            config.insecure()),
        engine,
        function -> codec,
        () -> health.get(),
        new PrometheusMetrics(),
        IDLE);
    server.start();
  }

  static TestServer start() {
    return new TestServer(HttpConfig.DEFAULT);
  }

  HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path));
  }

  HttpResponse<String> get(String path, String... headers) throws IOException {
    return send(withHeaders(request(path), headers).build());
  }

  /** Calls a function of {@link ShopFunctions}. */
  HttpResponse<String> call(String function, String body, String... headers) throws IOException {
    return post("/v1/functions/ShopFunctions." + function, body, headers);
  }

  HttpResponse<String> post(String path, String body, String... headers) throws IOException {
    return send(postRequest(path, body, headers));
  }

  CompletableFuture<HttpResponse<String>> callLater(
      String function, String body, String... headers) {
    return client.sendAsync(
        postRequest("/v1/functions/ShopFunctions." + function, body, headers),
        BodyHandlers.ofString());
  }

  CompletableFuture<HttpResponse<String>> getLater(String path) {
    return client.sendAsync(request(path).build(), BodyHandlers.ofString());
  }

  HttpResponse<String> send(HttpRequest request) throws IOException {
    try {
      return client.send(request, BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException();
    }
  }

  /** Sends bytes as they are and gives all that comes back until the server closes. */
  String raw(byte[] bytes) throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(bytes);
      socket.shutdownOutput();
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  /** The same for a request of lines; the body follows an empty one. */
  String raw(String... lines) throws IOException {
    return raw(String.join("\r\n", lines).getBytes(StandardCharsets.ISO_8859_1));
  }

  String host() {
    return "127.0.0.1:" + server.port();
  }

  @Override
  public void close() {
    server.close();
  }

  @SuppressWarnings("unchecked")
  static Map<String, Object> object(HttpResponse<String> response) {
    return (Map<String, Object>) Objects.requireNonNull(Json.parse(response.body()));
  }

  /** The items of a list. */
  @SuppressWarnings("unchecked")
  static List<Map<String, Object>> items(HttpResponse<String> response) {
    return (List<Map<String, Object>>) Objects.requireNonNull(object(response).get("items"));
  }

  private HttpRequest postRequest(String path, String body, String... headers) {
    var request = request(path);
    if (body.isEmpty()) {
      request.POST(BodyPublishers.noBody());
    } else {
      request.POST(BodyPublishers.ofString(body)).header("Content-Type", "application/json");
    }
    return withHeaders(request, headers).build();
  }

  private static HttpRequest.Builder withHeaders(HttpRequest.Builder request, String... headers) {
    return headers.length == 0 ? request : request.headers(headers);
  }
}
