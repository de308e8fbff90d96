package dev.reprise.runtime.http;

import dev.reprise.runtime.security.CallerPolicy;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Stands before every route: headers of every answer, and which callers may come in at all. */
final class Gate implements Handler {
  /** The methods of HTTP; those that no route has are refused by the router, which knows those that it has. */
  static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT");

  /** Jetty does not look into path parameters ({@code ;a=%zz}), and Javalin fails on what is wrong in them. */
  private static final Pattern ENCODED = Pattern.compile("(?:[^%]|%[0-9A-Fa-f]{2})*+");

  private static final String OVERRIDE = "X-HTTP-Method-Override";

  /** Headers of requests that are the server's own; what is misspelt would silently do nothing. */
  private static final String OWN = "Reprise-";

  private static final SortedSet<String> KNOWN = known();

  private final CallerPolicy policy;

  Gate(CallerPolicy policy) {
    this.policy = policy;
  }

  @Override
  public void handle(Context ctx) {
    ctx.header("X-Content-Type-Options", "nosniff");
    ctx.header("Cache-Control", "no-store");
    requirePlainMethod(ctx);
    if (!ENCODED.matcher(ctx.path()).matches()) {
      throw Problem.MALFORMED_REQUEST.because("the path is not percent-encoded as it should be");
    }
    var refusal =
        policy.check(values(ctx, "Host"), values(ctx, "Origin"), values(ctx, "Sec-Fetch-Site"));
    if (refusal.isPresent()) {
      throw switch (refusal.get()) {
        case FOREIGN_HOST ->
          Problem.FOREIGN_HOST.because("the Host header does not name this server; use its address,"
              + " or allow the name in the server's configuration");
        case FOREIGN_ORIGIN ->
          Problem.FOREIGN_ORIGIN.because(
              "a page of another site sent this request; allow its origin in the server's configuration"
                  + " if it is yours");
      };
    }
    requireKnownHeaders(ctx);
  }

  private static SortedSet<String> known() {
    var all = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    all.addAll(QueueHeaders.DESCRIPTIONS.keySet());
    all.add(Tags.HEADER);
    return Collections.unmodifiableSortedSet(all);
  }

  private static void requireKnownHeaders(Context ctx) {
    for (var name : Collections.list(ctx.req().getHeaderNames())) {
      if (name.regionMatches(true, 0, OWN, 0, OWN.length()) && !KNOWN.contains(name)) {
        throw Problem.UNSUPPORTED_HEADER.because("this server knows no request header " + name
            + "; of those that begin with " + OWN + " it knows " + String.join(", ", KNOWN));
      }
    }
  }

  /** Javalin would let a header replace the method, and takes the names of its own filters for methods. */
  private static void requirePlainMethod(Context ctx) {
    if (ctx.header(OVERRIDE) != null) {
      throw Problem.UNSUPPORTED_HEADER.because(
          "this server does not support " + OVERRIDE + "; use the method itself");
    }
    if (!METHODS.contains(ctx.req().getMethod())) {
      throw Problem.METHOD_NOT_ALLOWED
          .because("the routes of this server have GET, HEAD, POST and PUT")
          .withHeader("Allow", "GET, HEAD, POST, PUT");
    }
  }

  /** All values of a header. */
  static List<String> values(Context ctx, String header) {
    return Collections.list(ctx.req().getHeaders(header));
  }
}
