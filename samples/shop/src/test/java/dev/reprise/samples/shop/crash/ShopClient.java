package dev.reprise.samples.shop.crash;

import dev.reprise.runtime.postgres.Backoff;
import dev.reprise.samples.shop.crash.Request.Style;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/**
 * Sends a request to either server, again and again, until it has the answer. What no server may ever say is complained
 * about. Thread-safe.
 */
final class ShopClient {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
  private static final Duration TIMEOUT = Duration.ofSeconds(8);
  private static final int RESULT_WAIT_SECONDS = 4;

  private final List<ServerProcess> servers;
  private final Duration patience;
  private final Consumer<String> complaints;
  private final HttpClient http = HttpClient.newBuilder()
      .version(HttpClient.Version.HTTP_1_1)
      .connectTimeout(CONNECT_TIMEOUT)
      .build();

  /** {@code patience} is how long it takes at most until a request has its answer. */
  ShopClient(List<ServerProcess> servers, Duration patience, Consumer<String> complaints) {
    this.servers = servers;
    this.patience = patience;
    this.complaints = complaints;
  }

  /** The answer; 0 where there is none in time, which is complained about. */
  Answer answer(Request request, Random random) throws InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    boolean accepted = false;
    var last = "nothing";
    while (System.nanoTime() < end) {
      var server = servers.get(random.nextInt(servers.size()));
      try {
        var url = server.url().orElseThrow(() -> new IOException(server + " is down"));
        var answer = accepted ? result(url, request) : call(url, request);
        last = server + " said " + answer;
        if (answer.isFinal()) {
          return checked(request, answer);
        }
        if (answer.isAccepted()) {
          if (!accepted && request.style() == Style.CANCELLED) {
            cancel(url, request);
          }
          accepted = true;
        } else if (!answer.isForLater()) {
          complaints.accept(request + (accepted ? ", accepted before: " : ": ") + last);
        }
      } catch (IOException e) {
        last = server + " did not answer: " + e;
      }
      Backoff.await(Duration.ofMillis(20 + random.nextInt(200)));
    }
    complaints.accept(request + " has no answer after " + patience + "; " + last);
    return new Answer(0, "");
  }

  private Answer checked(Request request, Answer answer) {
    if (answer.status() == 503) {
      complaints.accept(request + ": " + answer);
    }
    return answer;
  }

  private Answer call(URI url, Request request) throws IOException, InterruptedException {
    var call = HttpRequest.newBuilder(url.resolve("/v1/functions/" + request.function()))
        .timeout(TIMEOUT)
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString(request.body()));
    if (request.isKeyed()) {
      call.header("Idempotency-Key", request.key());
    }
    switch (request.style()) {
      case HASTY -> call.header("Prefer", "wait=1");
      case ASYNC, CANCELLED -> call.header("Prefer", "respond-async");
      case PATIENT, TWICE -> {}
    }
    return send(call.build());
  }

  private Answer result(URI url, Request request) throws IOException, InterruptedException {
    var path = "/v1/executions/" + request.key() + "/result?wait=" + RESULT_WAIT_SECONDS;
    return send(HttpRequest.newBuilder(url.resolve(path)).timeout(TIMEOUT).build());
  }

  /** Once; whether it came in time shows in the result. */
  private void cancel(URI url, Request request) throws IOException, InterruptedException {
    var answer =
        send(HttpRequest.newBuilder(url.resolve("/v1/executions/" + request.key() + "/cancel"))
            .timeout(TIMEOUT)
            .POST(BodyPublishers.noBody())
            .build());
    boolean late = answer.status() == 409 && answer.is("execution-ended");
    if (!answer.isAccepted() && !answer.isForLater() && !late) {
      complaints.accept("the cancellation of " + request + ": " + answer);
    }
  }

  private Answer send(HttpRequest request) throws IOException, InterruptedException {
    var response = http.send(request, BodyHandlers.ofString());
    return new Answer(response.statusCode(), response.body());
  }
}
