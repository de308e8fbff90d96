package dev.reprise.samples.shop.crash;

import dev.reprise.samples.payments.PaymentProvider;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The payment provider, a process of its own with its own ledger. */
final class Provider implements AutoCloseable {
  private final HttpClient http = HttpClient.newHttpClient();
  private final Path ledger;
  private final ChildProcess process;
  private final URI url;

  /** Starts it; its files are in that directory. */
  Provider(Path directory) throws IOException {
    this.ledger = directory.resolve("ledger");
    var command = ChildProcess.java(
        PaymentProvider.class,
        System.getProperty("java.class.path"),
        List.of("-Xmx128m", "-XX:TieredStopAtLevel=1"),
        List.of("--port", "0", "--exit-with-parent", "--ledger", ledger.toString()));
    this.process = ChildProcess.start(
        new ChildProcess.Command(command, Map.of()), directory.resolve("provider.log"));
    this.url = process
        .awaitUrl()
        .orElseThrow(() -> new IOException("the payment provider did not start, see " + directory));
  }

  URI url() {
    return url;
  }

  /** The file with all that it was paid. */
  Path ledger() {
    return ledger;
  }

  void become(Upset.Mood mood) throws IOException, InterruptedException {
    var form = "mode=%s&probability=%s&delay_ms=%d&seed=%d"
        .formatted(mood.mode(), mood.probability(), mood.delay().toMillis(), mood.seed());
    var request = HttpRequest.newBuilder(url.resolve("/control"))
        .header("Content-Type", "application/x-www-form-urlencoded")
        .POST(BodyPublishers.ofString(form))
        .build();
    var answer = http.send(request, BodyHandlers.ofString());
    if (answer.statusCode() != 200) {
      throw new IOException("the payment provider refused " + form + ": " + answer.body());
    }
  }

  @Override
  public void close() {
    try {
      process.kill();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
