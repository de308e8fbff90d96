package dev.reprise.samples.payments;

import java.util.Map;

/** A request that is answered with an error; nothing was written for it. */
final class Refusal extends Exception {
  private final int status;
  private final String code;

  /** With the HTTP status, a stable code for programs and a message for people. */
  Refusal(int status, String code, String message) {
    super(message);
    this.status = status;
    this.code = code;
  }

  Response response() {
    return Response.of(
        status, Json.object(Map.of("error", code, "message", String.valueOf(getMessage()))));
  }
}
