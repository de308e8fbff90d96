package dev.reprise.runtime.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.config.DatabaseConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/** {@code reprise serve} as a process of its own. */
final class ServeProcess implements AutoCloseable {
  private static final Pattern READY =
      Pattern.compile("Reprise serves (\\d+) functions on (http://127\\.0\\.0\\.1:\\d+)");

  private final HttpClient http = HttpClient.newHttpClient();
  private final Process process;
  private final String url;

  private ServeProcess(Process process, String url) {
    this.process = process;
    this.url = url;
  }

  static ServeProcess start(DatabaseConfig database, Path log, String... flags) throws IOException {
    var command = new ArrayList<>(List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        "-Xmx256m",
        "-cp",
        System.getProperty("java.class.path"),
        RepriseCommand.class.getName(),
        "serve",
        "--port",
        "0"));
    command.addAll(List.of(flags));
    var builder = new ProcessBuilder(command);
    builder.environment().put("REPRISE_DATABASE", database.url());
    if (database.user() != null) {
      builder.environment().put("REPRISE_DATABASE_USER", database.user());
    }
    if (database.password() != null) {
      builder.environment().put("REPRISE_DATABASE_PASSWORD", database.password());
    }
    var process =
        builder.redirectError(ProcessBuilder.Redirect.appendTo(log.toFile())).start();
    var line = new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))
        .readLine();
    var ready = READY.matcher(line == null ? "" : line);
    assertThat(ready.matches()).as("the first line: %s; see %s", line, log).isTrue();
    return new ServeProcess(process, ready.group(2));
  }

  String url() {
    return url;
  }

  HttpResponse<String> post(String function, String arguments, String... headers)
      throws IOException, InterruptedException {
    return http.send(request(function, arguments, headers), BodyHandlers.ofString());
  }

  /** The same without waiting for the answer. */
  CompletableFuture<HttpResponse<String>> begin(String function, String arguments) {
    return http.sendAsync(request(function, arguments), BodyHandlers.ofString());
  }

  private HttpRequest request(String function, String arguments, String... headers) {
    var request = HttpRequest.newBuilder(URI.create(url + "/v1/functions/" + function))
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(arguments));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return request.build();
  }

  HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create(url + path)).build(), BodyHandlers.ofString());
  }

  /** Sends SIGTERM and gives the exit code. */
  int terminate() throws InterruptedException {
    process.destroy();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("it ends on SIGTERM").isTrue();
    return process.exitValue();
  }

  /** Sends SIGKILL. */
  void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor(60, TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
