package dev.reprise.samples.payments;

import java.time.Duration;

/**
 * What is sent back.
 *
 * @param body JSON
 * @param delay how long to wait before it is sent
 * @param lost whether the connection is closed instead of an answer
 */
record Response(int status, String body, Duration delay, boolean lost) {
  /** An answer that is sent at once. */
  static Response of(int status, String body) {
    return new Response(status, body, Duration.ZERO, false);
  }

  /** The same answer under a fault that strikes after the work is done. */
  Response under(Fault fault) {
    return switch (fault.mode()) {
      case SLOW -> new Response(status, body, fault.delay(), false);
      case LOST -> new Response(status, body, Duration.ZERO, true);
      case NORMAL, DECLINE, FAIL -> this;
    };
  }
}
