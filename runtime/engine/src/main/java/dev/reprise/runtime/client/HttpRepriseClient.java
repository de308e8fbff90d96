package dev.reprise.runtime.client;

import dev.reprise.Execution;
import dev.reprise.ExecutionStatus;
import dev.reprise.Options;
import dev.reprise.RepriseClient;
import dev.reprise.RepriseException;
import dev.reprise.runtime.json.Json;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Of a server, over HTTP. Thread-safe. */
final class HttpRepriseClient implements RepriseClient {
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration ANSWER = Duration.ofMinutes(2);
  private static final int WAIT_SECONDS = 30;

  private final String server;
  private final @Nullable String token;
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(CONNECT).build();

  HttpRepriseClient(URI server, @Nullable String token) {
    this.server = server.toString().replaceFirst("/+$", "");
    this.token = token;
    if (!this.server.startsWith("http://") && !this.server.startsWith("https://")) {
      throw new IllegalArgumentException(
          "the address of a server looks like http://127.0.0.1:8080, not " + server);
    }
  }

  @Override
  public <T extends @Nullable Object> Execution<T> start(
      String function,
      List<? extends @Nullable Object> arguments,
      Class<T> resultType,
      Options options) {
    var request = request("/v1/functions/" + encode(function))
        .setHeader("Content-Type", "application/json")
        .setHeader("Prefer", "respond-async")
        .POST(BodyPublishers.ofString(ClientValues.arguments(arguments)));
    headers(request, options.requireConsistent());
    var reply = send(request.build());
    if (reply.statusCode() != 202) {
      throw Refusals.of(reply);
    }
    var id = reply
        .headers()
        .firstValue("Reprise-Execution-Id")
        .orElseThrow(() -> new RepriseException("the server's answer names no execution"));
    return new Handle<>(id, resultType);
  }

  private static void headers(HttpRequest.Builder request, Options options) {
    if (options.id() != null) {
      request.setHeader("Idempotency-Key", options.id());
    }
    options.tags().forEach((name, value) -> request.header("Reprise-Tag", name + "=" + value));
    if (options.queue() != null) {
      request.setHeader("Reprise-Queue", options.queue());
      request.setHeader("Reprise-Priority", String.valueOf(options.priority()));
    }
    if (options.partition() != null) {
      request.setHeader("Reprise-Partition", options.partition());
    }
    if (options.deduplication() != null) {
      request.setHeader("Reprise-Deduplicate", options.deduplication());
    }
    if (!options.delay().isZero()) {
      request.setHeader("Reprise-Delay", options.delay().toString());
    }
  }

  @Override
  public <T extends @Nullable Object> Execution<T> execution(String id, Class<T> resultType) {
    var unused = show(id);
    return new Handle<>(id, resultType);
  }

  @Override
  public void send(String executionId, String topic, Object message, @Nullable String key) {
    var reply = send(message(executionId, topic, message, key).build());
    if (reply.statusCode() != 202) {
      throw Refusals.of(reply);
    }
  }

  @Override
  public <R> Optional<R> request(
      String executionId, String topic, Object message, Class<R> answerType, Duration timeout)
      throws InterruptedException {
    var end = System.nanoTime() + timeout.toNanos();
    var key = UUID.randomUUID().toString(); // asked again under it, it is the same request
    while (true) {
      int seconds = secondsUntil(end);
      var reply = answer(message(executionId, topic, message, key)
          .setHeader("Prefer", "wait=" + seconds)
          .build());
      if (reply.statusCode() == 200) {
        return Optional.ofNullable(ClientValues.result(reply.body(), answerType));
      }
      if (reply.statusCode() != 202) {
        throw Refusals.of(reply);
      }
      if (System.nanoTime() - end >= 0) {
        return Optional.empty();
      }
    }
  }

  private HttpRequest.Builder message(
      String executionId, String topic, Object message, @Nullable String key) {
    var request = request(path(executionId) + "/messages/" + encode(topic))
        .setHeader("Content-Type", "application/json")
        .POST(BodyPublishers.ofString(ClientValues.value(message)));
    return key == null ? request : request.setHeader("Idempotency-Key", Options.requireKey(key));
  }

  @Override
  public <T> Optional<T> event(String executionId, String key, Class<T> type, Duration timeout)
      throws InterruptedException {
    var end = System.nanoTime() + timeout.toNanos();
    var path = path(executionId) + "/events/" + encode(key) + "?wait=";
    while (true) {
      var reply = answer(request(path + secondsUntil(end)).GET().build());
      if (reply.statusCode() == 200) {
        return Optional.ofNullable(ClientValues.result(reply.body(), type));
      }
      if (reply.statusCode() != 202) {
        if (Refusals.is(reply, "unknown-event")) {
          return Optional.empty();
        }
        throw Refusals.of(reply);
      }
      if (System.nanoTime() - end >= 0) {
        return Optional.empty();
      }
    }
  }

  /** What a server may wait: whole seconds, none of them beyond the end but the last. */
  private static int secondsUntil(long end) {
    long left = Math.max(0, end - System.nanoTime());
    return (int) Math.min(WAIT_SECONDS, (left + 999_999_999) / 1_000_000_000);
  }

  @Override
  public List<Summary> list(
      @Nullable String function, @Nullable ExecutionStatus status, int limit) {
    var query = "?limit=" + limit
        + (function == null ? "" : "&function=" + encode(function))
        + (status == null ? "" : "&status=" + status);
    var reply = get("/v1/executions" + query);
    var items = object(reply).get("items") instanceof List<?> all ? all : List.of();
    return items.stream().map(HttpRepriseClient::summary).toList();
  }

  private static Summary summary(Object item) {
    if (!(item instanceof Map<?, ?> execution)) {
      throw new RepriseException("the server's answer is no list of executions");
    }
    var completed = execution.get("completedAt");
    return new Summary(
        String.valueOf(execution.get("id")),
        String.valueOf(execution.get("function")),
        ExecutionStatus.valueOf(String.valueOf(execution.get("status"))),
        Instant.parse(String.valueOf(execution.get("createdAt"))),
        completed == null ? null : Instant.parse(String.valueOf(completed)));
  }

  @Override
  public void close() {
    // the connections of the JDK's client end with it
  }

  private Map<?, ?> show(String id) {
    return object(get(path(id)));
  }

  private HttpResponse<String> get(String path) {
    var reply = send(request(path).GET().build());
    if (reply.statusCode() != 200) {
      throw Refusals.of(reply);
    }
    return reply;
  }

  private static Map<?, ?> object(HttpResponse<String> reply) {
    if (Json.parse(reply.body()) instanceof Map<?, ?> object) {
      return object;
    }
    throw new RepriseException("the server's answer is no JSON object; is it Reprise?");
  }

  private static String path(String id) {
    return "/v1/executions/" + encode(id);
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private HttpRequest.Builder request(String path) {
    var request = HttpRequest.newBuilder(URI.create(server + path)).timeout(ANSWER);
    return token == null ? request : request.setHeader("Authorization", "Bearer " + token);
  }

  private HttpResponse<String> answer(HttpRequest request) throws InterruptedException {
    try {
      return http.send(request, BodyHandlers.ofString());
    } catch (ConnectException | HttpConnectTimeoutException e) {
      throw new RepriseException(
          "no server answers at " + server + " (" + e
              + "): nothing was sent, so nothing was begun; see that one runs there",
          e);
    } catch (IOException e) {
      throw new RepriseException(
          "no answer of " + server + ", so the outcome is not known (" + e
              + "); with an id the same call can be made again",
          e);
    }
  }

  private HttpResponse<String> send(HttpRequest request) {
    try {
      return answer(request);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RepriseException("interrupted while waiting for " + server, e);
    }
  }

  private final class Handle<T extends @Nullable Object> implements Execution<T> {
    private final String id;
    private final Class<T> type;

    private Handle(String id, Class<T> type) {
      this.id = id;
      this.type = type;
    }

    @Override
    public String id() {
      return id;
    }

    @Override
    public ExecutionStatus status() {
      return ExecutionStatus.valueOf(String.valueOf(show(id).get("status")));
    }

    @Override
    public T result() {
      while (true) {
        var reply =
            send(request(path(id) + "/result?wait=" + WAIT_SECONDS).GET().build());
        switch (reply.statusCode()) {
          case 200 -> {
            return ClientValues.result(reply.body(), type);
          }
          case 204 -> {
            return ClientValues.result(null, type);
          }
          case 202 -> {} // the server has waited; it is asked again
          default -> throw Refusals.of(reply);
        }
      }
    }

    @Override
    public void cancel() {
      var reply =
          send(request(path(id) + "/cancel").POST(BodyPublishers.noBody()).build());
      if (reply.statusCode() != 202) {
        throw Refusals.of(reply);
      }
    }
  }
}
