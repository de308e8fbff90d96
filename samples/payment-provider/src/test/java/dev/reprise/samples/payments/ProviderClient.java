package dev.reprise.samples.payments;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Arrays;
import java.util.Map;

/** Speaks to a provider as a shop would. */
record ProviderClient(URI url) {
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  HttpResponse<String> charge(String key, String order, long amount)
      throws IOException, InterruptedException {
    return post("/charges", key, Map.of("order", order, "amount", String.valueOf(amount)));
  }

  HttpResponse<String> refund(String key, String chargeKey)
      throws IOException, InterruptedException {
    return post("/refunds", key, Map.of("charge_key", chargeKey));
  }

  HttpResponse<String> control(Map<String, String> plan) throws IOException, InterruptedException {
    return post("/control", "unused", plan);
  }

  HttpResponse<String> post(String path, String key, Map<String, String> form)
      throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(url.resolve(path))
        .header("Idempotency-Key", key)
        .header("Content-Type", "application/x-www-form-urlencoded")
        .POST(HttpRequest.BodyPublishers.ofString(new Form(form).encode())));
  }

  String get(String path) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(url.resolve(path))).body();
  }

  /** How many entries of this kind the ledger has for the order. */
  long count(Entry.Kind kind, String order) throws IOException, InterruptedException {
    return Arrays.stream(get("/ledger").split("\n", -1))
        .filter(entry -> entry.contains("\"kind\":\"" + kind.label() + "\""))
        .filter(entry -> entry.contains("\"order\":\"" + order + "\""))
        .count();
  }

  static HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return HTTP.send(request.build(), BodyHandlers.ofString());
  }
}
