package dev.reprise.runtime.config;

import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * How the HTTP server listens and what it accepts. Immutable.
 *
 * @param host the address to bind
 * @param port 0-65535; 0 for any free port
 * @param maxBody the longest request body, in bytes
 * @param maxJar the longest jar that can be deployed, in bytes
 * @param maxWait the longest time a request is held until an execution ends; it is answered with 202 then
 * @param allowedHosts names, without port, that a {@code Host} header may have besides those of the loopback address and
 *     {@code host}; {@code *} for any
 * @param allowedOrigins what an {@code Origin} header may be besides the server's own, as {@code https://app.example.com};
 *     needed where a proxy changes {@code Host}
 * @param insecure whether an address other than loopback may be bound though callers need no credentials
 */
public record HttpConfig( // tidy: what can be set, by name
    String host,
    int port,
    int maxBody,
    int maxJar,
    Duration maxWait,
    Set<String> allowedHosts,
    Set<String> allowedOrigins,
    boolean insecure) {
  /** The loopback address. */
  public static final String LOOPBACK = "127.0.0.1";

  private static final int LARGEST_BODY = 256 << 20;
  /** Jars are kept in the database, whose values end at a gigabyte. */
  private static final int LARGEST_JAR = 512 << 20;

  private static final int DEFAULT_JAR = 100 << 20;
  private static final Duration LONGEST_WAIT = Duration.ofHours(1);
  private static final Pattern HOST = Pattern.compile("\\*|[A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+]");
  private static final Pattern ORIGIN =
      Pattern.compile("https?://([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+])(:[0-9]{1,5})?");

  /** Loopback, any free port, bodies of 1 MiB, jars of 100 MiB, waits of a minute. */
  public static final HttpConfig DEFAULT =
      new HttpConfig(LOOPBACK, 0, 1 << 20, Duration.ofMinutes(1), Set.of(), Set.of(), false);

  /** With the longest jar as it is by default. */
  public HttpConfig(
      String host,
      int port,
      int maxBody,
      Duration maxWait,
      Set<String> allowedHosts,
      Set<String> allowedOrigins,
      boolean insecure) {
    this(host, port, maxBody, DEFAULT_JAR, maxWait, allowedHosts, allowedOrigins, insecure);
  }

  public HttpConfig {
    require(!host.isBlank(), "host is empty; use 127.0.0.1 to listen on this machine only");
    require(port >= 0 && port <= 65535, "port is between 0 and 65535, not " + port);
    require(
        maxBody >= 1 && maxBody <= LARGEST_BODY,
        "the longest body is between 1 and " + LARGEST_BODY + " bytes, not " + maxBody);
    require(
        maxJar >= 1 && maxJar <= LARGEST_JAR,
        "the longest jar (max-jar) is between 1 and " + LARGEST_JAR + " bytes, not " + maxJar);
    require(
        !maxWait.isNegative() && !maxWait.isZero() && maxWait.compareTo(LONGEST_WAIT) <= 0,
        "the longest wait is above zero and at most an hour, not " + maxWait);
    allowedHosts = checked(allowedHosts, HOST, "an allowed host is a name without port");
    allowedOrigins =
        checked(allowedOrigins, ORIGIN, "an allowed origin looks like https://app.example.com");
    require(
        insecure || isLoopback(host),
        "host " + host + " can be reached from other machines, and callers need no credentials;"
            + " listen on 127.0.0.1, or state that this is wanted (--insecure)");
  }

  /** The same on another port. */
  public HttpConfig withPort(int newPort) {
    return new HttpConfig(
        host, newPort, maxBody, maxJar, maxWait, allowedHosts, allowedOrigins, insecure);
  }

  /** The same with another longest wait. */
  public HttpConfig withMaxWait(Duration newMaxWait) {
    return new HttpConfig(
        host, port, maxBody, maxJar, newMaxWait, allowedHosts, allowedOrigins, insecure);
  }

  /** The same with another longest jar. */
  public HttpConfig withMaxJar(int newMaxJar) {
    return new HttpConfig(
        host, port, maxBody, newMaxJar, maxWait, allowedHosts, allowedOrigins, insecure);
  }

  /** Whether only this machine can reach the server. */
  public boolean loopbackOnly() {
    return isLoopback(host);
  }

  private static boolean isLoopback(String host) {
    return host.equals("localhost")
        || host.equals("::1")
        || host.equals("[::1]")
        || host.matches("127\\.[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}");
  }

  private static Set<String> checked(Set<String> values, Pattern pattern, String rule) {
    var lower = new TreeSet<String>();
    for (var value : values) {
      require(pattern.matcher(value).matches(), rule + ", not \"" + value + "\"");
      lower.add(value.toLowerCase(Locale.ROOT));
    }
    return Set.copyOf(lower);
  }

  private static void require(boolean valid, String message) {
    if (!valid) {
      throw new IllegalArgumentException(message);
    }
  }
}
