package dev.reprise.samples.shop.crash;

/** What a server said. */
record Answer(int status, String body) {
  /** Whether it tells how an execution ended, parked ones included. */
  boolean isFinal() {
    return switch (status) {
      case 200, 204, 422 -> true;
      case 409 -> is("cancelled");
      case 503 -> is("parked") || is("stranded");
      default -> false;
    };
  }

  /** Whether the server has taken the call on and goes on with it. */
  boolean isAccepted() {
    return status == 202;
  }

  /** Whether the server says that the same call may be sent again. */
  boolean isForLater() {
    return status == 503 && !isFinal();
  }

  /** Whether it is a problem of that kind. */
  boolean is(String problem) {
    return body.contains("\"urn:reprise:problem:" + problem + "\"");
  }
}
