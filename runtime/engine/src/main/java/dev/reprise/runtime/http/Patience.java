package dev.reprise.runtime.http;

import java.time.Duration;
import java.util.List;

/**
 * How long a call is waited for.
 *
 * @param waitFor zero to answer once the call is durable
 * @param durable whether the call must be durable though it may not have ended: the client said that it may leave earlier
 * @param preferences what is followed of the client's preferences, for {@code Preference-Applied}
 */
record Patience(Duration waitFor, boolean durable, List<String> preferences) {
  /** What follows from the preferences, where the server waits no longer than {@code maxWait}. */
  static Patience of(Prefer prefer, Duration maxWait) {
    var asked = prefer.waitFor();
    if (asked == null) {
      return prefer.respondAsync()
          ? new Patience(Duration.ZERO, true, List.of("respond-async"))
          : new Patience(maxWait, false, List.of());
    }
    if (asked.compareTo(maxWait) > 0) {
      return new Patience(maxWait, prefer.respondAsync(), List.of());
    }
    return new Patience(asked, true, List.of("wait=" + asked.toSeconds()));
  }

  /** The answer with the preferences that were followed. */
  Answer applied(Answer answer) {
    return preferences.isEmpty()
        ? answer
        : answer.with(Prefer.APPLIED, String.join(", ", preferences));
  }
}
