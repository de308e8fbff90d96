package dev.reprise.runtime.crash;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Calls functions of the node at a port. */
final class HttpCalls {
  private static final HttpClient CLIENT = HttpClient.newBuilder()
      .version(HttpClient.Version.HTTP_1_1)
      .connectTimeout(Duration.ofSeconds(5))
      .build();

  private final String base;

  HttpCalls(int port) {
    this.base = "http://127.0.0.1:" + port;
  }

  /** A call with an idempotency key, whose answer is waited for. */
  CompletableFuture<HttpResponse<String>> call(String function, String arguments, String key) {
    return send(post("/v1/functions/" + function, arguments).header("Idempotency-Key", key));
  }

  /** A call without one. */
  CompletableFuture<HttpResponse<String>> call(String function, String arguments) {
    return send(post("/v1/functions/" + function, arguments));
  }

  /** Begins an execution of that id; it is durable when this returns. */
  void start(String function, String arguments, String id) {
    start(post("/v1/functions/" + function, arguments), id);
  }

  /** The same, in a queue. */
  void startIn(String queue, String function, String arguments, String id) {
    start(post("/v1/functions/" + function, arguments).header("Reprise-Queue", queue), id);
  }

  private static void start(HttpRequest.Builder call, String id) {
    var answer = answer(send(call.header("Idempotency-Key", id).header("Prefer", "respond-async")));
    if (answer.statusCode() != 202) {
      throw new IllegalStateException(answer.statusCode() + " " + answer.body());
    }
  }

  HttpResponse<String> result(String id) {
    return answer(send(request("/v1/executions/" + id + "/result?wait=20").GET()));
  }

  HttpResponse<String> send(String id, String topic, String message, String key) {
    return answer(send(post("/v1/executions/" + id + "/messages/" + topic, message)
        .header("Idempotency-Key", key)));
  }

  HttpResponse<String> cancel(String id) {
    return answer(send(post("/v1/executions/" + id + "/cancel", "")));
  }

  /** The answer, which must come. */
  static <T> HttpResponse<T> answer(CompletableFuture<HttpResponse<T>> call) {
    try {
      return call.get(Await.PATIENCE.toSeconds() + 5, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("no answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  private HttpRequest.Builder post(String path, String body) {
    return request(path)
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(body));
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(base + path));
  }

  private static CompletableFuture<HttpResponse<String>> send(HttpRequest.Builder request) {
    return CLIENT.sendAsync(request.build(), BodyHandlers.ofString());
  }
}
