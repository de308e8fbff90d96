package dev.reprise.runtime.http;

import java.time.Duration;
import java.util.List;

/**
 * How long a call is waited for.
 *
 * @param waitFor zero to answer once the call is durable
 * @param preferences what is followed of the client's preferences, for {@code Preference-Applied}
 */
record Patience(Duration waitFor, List<String> preferences) {
  /** What follows from the preferences, where the server waits no longer than {@code maxWait}. */
  static Patience of(Prefer prefer, Duration maxWait) {
    var asked = prefer.waitFor();
    if (asked == null) {
      return prefer.respondAsync()
          ? new Patience(Duration.ZERO, List.of("respond-async"))
          : new Patience(maxWait, List.of());
    }
    return asked.compareTo(maxWait) > 0
        ? new Patience(maxWait, List.of())
        : new Patience(asked, List.of("wait=" + asked.toSeconds()));
  }

  /** Whether the client does not wait at all. */
  boolean isOver() {
    return waitFor.isZero();
  }

  /** The answer with the preferences that were followed. */
  Answer applied(Answer answer) {
    return preferences.isEmpty()
        ? answer
        : answer.with(Prefer.APPLIED, String.join(", ", preferences));
  }
}
