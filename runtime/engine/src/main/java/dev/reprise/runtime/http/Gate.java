package dev.reprise.runtime.http;

import dev.reprise.runtime.security.CallerPolicy;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import java.util.Collections;
import java.util.List;

/** Stands before every route: headers of every answer, and which callers may come in at all. */
final class Gate implements Handler {
  private final CallerPolicy policy;

  Gate(CallerPolicy policy) {
    this.policy = policy;
  }

  @Override
  public void handle(Context ctx) {
    ctx.header("X-Content-Type-Options", "nosniff");
    ctx.header("Cache-Control", "no-store");
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
  }

  /** All values of a header. */
  static List<String> values(Context ctx, String header) {
    return Collections.list(ctx.req().getHeaders(header));
  }
}
