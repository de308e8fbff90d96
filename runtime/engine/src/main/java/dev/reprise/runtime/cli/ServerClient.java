package dev.reprise.runtime.cli;

import dev.reprise.RepriseException;
import dev.reprise.runtime.json.Json;
import dev.reprise.runtime.json.UnreadableJsonException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Asks a server over HTTP. Thread-safe. */
final class ServerClient {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  /** Longer than the longest wait of any server. */
  private static final Duration ANSWER_TIMEOUT = Duration.ofMinutes(62);

  private final String url;
  private final String token;
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT).build();

  /** Of the server at that address; an empty token shows none. */
  ServerClient(String url, String token) {
    this.url = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    this.token = token;
    if (!url.startsWith("http://") && !url.startsWith("https://")) {
      throw new RepriseException(
          "the address of a server looks like http://127.0.0.1:8080, not \"" + url + "\"");
    }
  }

  /** What the server answered; the body is JSON, or empty. */
  record Reply(int status, String body, Optional<String> executionId) {
    boolean isProblem() {
      return status >= 400;
    }

    /** The body as plain Java; an object without anything where it is none. */
    Map<?, ?> object() {
      try {
        return Json.parse(body) instanceof Map<?, ?> map ? map : Map.of();
      } catch (UnreadableJsonException e) {
        throw new RepriseException("the server's answer is no JSON; is it Reprise?", e);
      }
    }

    /** A text of the object; empty where there is none. */
    String text(String property) {
      var value = object().get(property);
      return value == null ? "" : String.valueOf(value);
    }
  }

  Reply get(String path) {
    return send(request(path).GET());
  }

  Reply post(String path, @Nullable String json, Map<String, String> headers) {
    return post(path, json, headers, List.of());
  }

  /** With a header for each tag, as {@code name=value}. */
  Reply post(String path, @Nullable String json, Map<String, String> headers, List<String> tags) {
    var request = request(path);
    headers.forEach(request::setHeader);
    tags.forEach(tag -> request.header("Reprise-Tag", tag));
    if (json != null) {
      request.setHeader("Content-Type", "application/json");
    }
    return send(
        request.POST(json == null ? BodyPublishers.noBody() : BodyPublishers.ofString(json)));
  }

  Reply postFile(String path, Path file, String contentType) {
    try {
      return send(
          request(path).setHeader("Content-Type", contentType).POST(BodyPublishers.ofFile(file)));
    } catch (FileNotFoundException e) {
      throw new RepriseException("the file " + file + " cannot be read", e);
    }
  }

  Reply put(String path, String json) {
    var request = request(path).setHeader("Content-Type", "application/json");
    return send(request.PUT(BodyPublishers.ofString(json)));
  }

  /** One step of a path; an empty one would be another path. */
  static String step(String text) {
    if (text.isBlank()) {
      throw new RepriseException("an id or a name is empty: say which one is meant");
    }
    return encode(text);
  }

  /** A value in a query. */
  static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private HttpRequest.Builder request(String path) {
    try {
      var request = HttpRequest.newBuilder(URI.create(url + path)).timeout(ANSWER_TIMEOUT);
      return token.isEmpty() ? request : request.setHeader("Authorization", "Bearer " + token);
    } catch (IllegalArgumentException e) {
      throw new RepriseException(
          "the address of a server looks like http://127.0.0.1:8080, not \"" + url + "\"", e);
    }
  }

  private Reply send(HttpRequest.Builder request) {
    try {
      var answer = http.send(request.build(), BodyHandlers.ofString());
      return new Reply(
          answer.statusCode(), answer.body(), answer.headers().firstValue("Reprise-Execution-Id"));
    } catch (ConnectException | HttpConnectTimeoutException e) {
      throw new RepriseException(
          "no server answers at " + url
              + ", nothing was sent: start one with \"reprise serve\", or name it with --url",
          e);
    } catch (IOException e) {
      throw new RepriseException(
          "the connection to " + url + " was lost, so the outcome is not known (" + e
              + "); with --key the same call can be made again",
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RepriseException("interrupted while waiting for " + url, e);
    }
  }
}
