package dev.reprise.runtime.http;

import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collections;

/** Reads the body of a request, whatever it states about itself, no further than the limit. */
final class RequestBody {
  private final int limit;

  /** Bodies of at most {@code limit} bytes. */
  RequestBody(int limit) {
    this.limit = limit;
  }

  /**
   * The bytes of the body; none where there is no body.
   *
   * @throws ProblemException it is too large, not stated to be JSON, or breaks off
   */
  byte[] read(Context ctx) {
    if (ctx.req().getContentLengthLong() > limit) {
      throw tooLarge();
    }
    var contentType = Collections.list(ctx.req().getHeaders("Content-Type"));
    if (!contentType.isEmpty() && !MediaTypes.isJson(contentType)) {
      throw unsupported("the body is stated to be " + String.join(", ", contentType));
    }
    var encoding = ctx.header("Content-Encoding");
    if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
      throw unsupported("the body is encoded as " + encoding);
    }
    var bytes = bytes(ctx);
    if (bytes.length > 0 && contentType.isEmpty()) {
      throw unsupported("the type of the body is not stated");
    }
    return bytes;
  }

  private byte[] bytes(Context ctx) {
    byte[] bytes;
    try {
      // The stream of the servlet: Javalin's own has a limit of its own.
      InputStream body = ctx.req().getInputStream();
      bytes = body.readNBytes(limit + 1);
    } catch (IOException e) {
      throw Problem.MALFORMED_REQUEST
          .because("the body broke off or is not encoded as stated")
          .withHeader("Connection", "close");
    }
    if (bytes.length > limit) {
      throw tooLarge();
    }
    return bytes;
  }

  private ProblemException tooLarge() {
    return Problem.BODY_TOO_LARGE
        .because("the body is longer than " + limit + " bytes")
        .with("limit", limit)
        .withHeader("Connection", "close");
  }

  private static ProblemException unsupported(String what) {
    return Problem.UNSUPPORTED_MEDIA_TYPE
        .because(what + "; send plain JSON with Content-Type: application/json")
        .withHeader("Accept-Post", MediaTypes.JSON);
  }
}
