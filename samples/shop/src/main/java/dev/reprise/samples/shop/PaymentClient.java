package dev.reprise.samples.shop;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Speaks to the payment provider over HTTP. An {@link IOException} means that the outcome is unknown and that the same
 * request may be sent again; an {@link IllegalStateException} that the provider refuses it for good. Thread-safe.
 */
public class PaymentClient {
  private static final Pattern ID = Pattern.compile("\"id\":\"([^\"]+)\"");
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(3);
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(10);

  private final URI provider;
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT).build();

  /** For the provider at this URL, {@code http://127.0.0.1:8081}. */
  public PaymentClient(URI provider) {
    this.provider = provider;
  }

  /** Takes the money; gives the provider's id of the charge. */
  String charge(String key, String order, long amount, @Nullable String card)
      throws IOException, InterruptedException, PaymentDeclined {
    var form = new LinkedHashMap<String, String>();
    form.put("order", order);
    form.put("amount", Long.toString(amount));
    if (card != null) {
      form.put("card", card);
    }
    var answer = post("/charges", key, form);
    if (answer.statusCode() == 402) {
      throw new PaymentDeclined("the payment of order " + order + " was declined");
    }
    return id(answer);
  }

  /** Gives back the money of the charge with this key. */
  void refund(String key) throws IOException, InterruptedException {
    id(post("/refunds", key, Map.of("charge_key", key)));
  }

  private HttpResponse<String> post(String path, String key, Map<String, String> form)
      throws IOException, InterruptedException {
    var body = form.entrySet().stream()
        .map(field -> field.getKey() + "=" + URLEncoder.encode(field.getValue(), UTF_8))
        .collect(Collectors.joining("&"));
    var request = HttpRequest.newBuilder(provider.resolve(path))
        .timeout(ANSWER_TIMEOUT)
        .header("Idempotency-Key", key)
        .header("Content-Type", "application/x-www-form-urlencoded")
        .POST(HttpRequest.BodyPublishers.ofString(body))
        .build();
    return http.send(request, BodyHandlers.ofString());
  }

  private static String id(HttpResponse<String> answer) throws IOException {
    int status = answer.statusCode();
    if (status >= 500 || status == 429) {
      throw new IOException("the payment provider failed with status " + status);
    }
    var id = ID.matcher(answer.body());
    if (status != 200 || !id.find()) {
      throw new IllegalStateException("the payment provider refused with status " + status + ": "
          + answer.body().strip());
    }
    return id.group(1);
  }
}
