package dev.reprise.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.jspecify.annotations.Nullable;

/** Whatever is sent, the server does not fail: no answer has a status of 500 or above. */
class HostileInputTest {
  private static final String SERVER_FAILURE = "(?s)HTTP/1\\.1 5.*";
  private static @Nullable TestServer server;

  @BeforeContainer
  static void start() {
    server = TestServer.start();
  }

  @AfterContainer
  static void close() {
    server().close();
  }

  @Property(tries = 300)
  void anyBodyIsAnswered(@ForAll("functions") String function, @ForAll("bodies") byte[] body)
      throws IOException {
    var head = "POST /v1/functions/ShopFunctions." + function + " HTTP/1.1\r\nHost: "
        + server().host() + "\r\nConnection: close\r\nContent-Type: application/json\r\n"
        + "Content-Length: " + body.length + "\r\n\r\n";
    assertThat(server().raw(bytes(head, body))).matches("(?s)HTTP/1\\.1 [24].*");
  }

  @Property(tries = 1000)
  void anyHeaderIsAnswered(@ForAll("headers") String name, @ForAll("values") String value)
      throws IOException {
    var head = "POST /v1/functions/ShopFunctions.greet HTTP/1.1\r\nHost: "
        + server().host() + "\r\nConnection: close\r\n" + name + ": " + value + "\r\n\r\n";
    assertNoFailure(bytes(head, new byte[0]));
  }

  @Property(tries = 1000)
  void anyPathIsAnswered(@ForAll("paths") String path, @ForAll("values") String rest)
      throws IOException {
    var head = "GET " + path + rest + " HTTP/1.1\r\nHost: " + server().host()
        + "\r\nConnection: close\r\n\r\n";
    assertNoFailure(bytes(head, new byte[0]));
  }

  @Property(tries = 200)
  void anyBytesAreAnswered(@ForAll byte[] bytes) throws IOException {
    assertNoFailure(bytes);
  }

  @Provide
  Arbitrary<String> functions() {
    return Arbitraries.of("add", "reserve", "greet", "order", "nothing");
  }

  @Provide
  Arbitrary<byte[]> bodies() {
    var json = Arbitraries.strings()
        .withChars("[]{}\":,0123456789.eE+-tfnrual\\ \u0000é".toCharArray())
        .ofMaxLength(80)
        .map(text -> text.getBytes(StandardCharsets.UTF_8));
    var deep = Arbitraries.integers()
        .between(1, 4000)
        .map(depth -> "[".repeat(depth).getBytes(StandardCharsets.UTF_8));
    var numbers = Arbitraries.integers()
        .between(1, 4000)
        .map(digits ->
            ("[" + "9".repeat(digits) + "e" + digits + ", 1]").getBytes(StandardCharsets.UTF_8));
    var any = Arbitraries.bytes().array(byte[].class).ofMaxSize(200);
    return Arbitraries.oneOf(json, deep, numbers, any);
  }

  @Provide
  Arbitrary<String> headers() {
    var known = Arbitraries.of(
        "Idempotency-Key",
        "Prefer",
        "Accept",
        "Content-Type",
        "Content-Length",
        "Origin",
        "Host",
        "Reprise-Tag",
        "traceparent",
        "Sec-Fetch-Site",
        "Transfer-Encoding",
        "Expect",
        "Upgrade",
        "Connection",
        "Cookie",
        "Range",
        "Accept-Encoding",
        "X-Forwarded-Host",
        "Content-Encoding");
    var any = Arbitraries.strings().withCharRange('!', '~').ofMinLength(1).ofMaxLength(30);
    return Arbitraries.frequencyOf(
        net.jqwik.api.Tuple.of(4, known), net.jqwik.api.Tuple.of(1, any));
  }

  @Provide
  Arbitrary<String> values() {
    var pieces = Arbitraries.of(
        "\"",
        ";",
        ",",
        "=",
        "q",
        "0",
        "1",
        "wait",
        "respond-async",
        "*/*",
        "application/json",
        "chunked",
        "100-continue",
        "websocket",
        "http://",
        "\\",
        " ",
        "%00",
        "%2F",
        "%zz",
        "..",
        "é",
        "identity",
        "-1",
        "99999999999999999999",
        "a",
        "?",
        "&",
        "limit",
        "cursor",
        "/");
    var joined = pieces.list().ofMaxSize(8).map(list -> String.join("", list));
    var any = Arbitraries.strings().withCharRange(' ', 'ÿ').ofMaxLength(60);
    return Arbitraries.oneOf(joined, any);
  }

  @Provide
  Arbitrary<String> paths() {
    var bases = Arbitraries.of(
        "/",
        "/v1",
        "/v1/functions/",
        "/v1/executions",
        "/v1/executions?",
        "/v1/executions/",
        "/v1/executions/k/result?wait=",
        "/v1/executions/%",
        "/health/",
        "/openapi.json",
        "//",
        "*",
        "http://");
    return Combinators.combine(bases, Arbitraries.of("", "/", ";", "?", "%2e%2e"))
        .as((base, more) -> base + more);
  }

  private static void assertNoFailure(byte[] request) throws IOException {
    assertThat(server().raw(request)).doesNotMatch(SERVER_FAILURE);
  }

  private static byte[] bytes(String head, byte[] body) throws IOException {
    var bytes = new ByteArrayOutputStream();
    bytes.write(head.getBytes(StandardCharsets.ISO_8859_1));
    bytes.write(body);
    return bytes.toByteArray();
  }

  private static TestServer server() {
    if (server == null) {
      throw new IllegalStateException("not started");
    }
    return server;
  }
}
