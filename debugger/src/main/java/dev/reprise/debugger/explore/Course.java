package dev.reprise.debugger.explore;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Gives events their turns: first as planned, then the actor that moved last goes on, or another one of its request. An
 * actor that goes on and on gives way to the others, since it may wait for them by looking again and again; a run that
 * does not end then is stopped. For one trial and one thread.
 */
final class Course implements Chooser {
  static final int MAX_EVENTS = 10_000;
  private static final int PATIENCE = 200;

  private final List<Event> planned;
  private final boolean strict;
  private final List<String> requests;
  private final UnaryOperator<String> requestOf;
  private final Map<String, Integer> moved = new HashMap<>();
  private int at;
  private int count;
  private int inARow;
  private @Nullable String actor;
  private @Nullable String request;
  private @Nullable String refusal;
  private boolean endless;
  private boolean deviating;

  private Course(
      List<Event> planned, boolean strict, List<String> requests, UnaryOperator<String> requestOf) {
    this.planned = planned;
    this.strict = strict;
    this.requests = requests;
    this.requestOf = requestOf;
  }

  /** Begins with these events, or stops. */
  static Course of(List<Event> planned, UnaryOperator<String> requestOf) {
    return new Course(planned, true, List.of(), requestOf);
  }

  /** Gives the actors of these events their turns, and passes over those that cannot move. */
  static Course about(List<Event> planned, UnaryOperator<String> requestOf) {
    return new Course(planned, false, List.of(), requestOf);
  }

  /** Begins with these requests, one after the other. */
  static Course ofRequests(List<String> requests, UnaryOperator<String> requestOf) {
    return new Course(List.of(), true, requests, requestOf);
  }

  /** Why it could not be as planned, of a run that is over; null where it was. */
  @Nullable
  String refusal() {
    if (refusal == null && strict && at < planned.size()) {
      return "it ended before event " + (at + 1) + ", " + planned.get(at);
    }
    return refusal;
  }

  /** Whether, of a run that is over and was not as planned, an actor did something else than planned or ended before. */
  boolean isDeviating(Trial trial) {
    return deviating || refusal() != null && trial.complete();
  }

  /** Whether it stopped the run because it did not end. */
  boolean isEndless() {
    return endless;
  }

  @Override
  public @Nullable Event choose(List<Event> enabled) {
    if (count == MAX_EVENTS) {
      endless = true;
      return null;
    }
    var next = planned(enabled);
    if (refusal != null) {
      return null;
    }
    if (next == null) {
      next = unplanned(enabled);
    }
    inARow = next.actor().equals(actor) ? inARow + 1 : 0;
    actor = next.actor();
    request = requestOf.apply(next.actor());
    moved.put(next.actor(), count++);
    return next;
  }

  private @Nullable Event planned(List<Event> enabled) {
    while (at < planned.size()) {
      var wanted = planned.get(at++);
      for (var event : enabled) {
        if (strict ? event.equals(wanted) : event.actor().equals(wanted.actor())) {
          return event;
        }
      }
      if (strict) {
        deviating = enabled.stream().anyMatch(it -> it.actor().equals(wanted.actor()));
        refusal = "event " + at + ", " + wanted + ", was not possible; possible were " + enabled;
        return null;
      }
    }
    return null;
  }

  private Event unplanned(List<Event> enabled) {
    if (inARow >= PATIENCE || count >= MAX_EVENTS / 2) {
      return longestAgo(enabled);
    }
    for (var event : enabled) {
      if (event.actor().equals(actor)) {
        return event;
      }
    }
    for (var event : enabled) {
      if (requestOf.apply(event.actor()).equals(request)) {
        return event;
      }
    }
    for (var next : requests) {
      for (var event : enabled) {
        if (requestOf.apply(event.actor()).equals(next)) {
          return event;
        }
      }
    }
    return enabled.get(0);
  }

  private Event longestAgo(List<Event> enabled) {
    var found = enabled.get(0);
    for (var event : enabled) {
      if (moved.getOrDefault(event.actor(), -1) < moved.getOrDefault(found.actor(), -1)) {
        found = event;
      }
    }
    return found;
  }
}
