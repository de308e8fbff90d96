package dev.reprise.debugger.explore;

import dev.reprise.runtime.json.JsonObject;
import java.util.List;

/**
 * Something that can go wrong.
 *
 * @param what for people
 * @param schedule the simplest that was found to bring it about
 * @param trial the run of this schedule
 */
public record Finding(Kind kind, String what, List<Event> schedule, Trial trial) {
  /** What is wrong. */
  public enum Kind {
    /** A check does not hold at the end. */
    CHECK,
    /** An execution fails in a way in which it fails neither originally nor where requests run one after another. */
    FAILURE,
    /** The state at the end is one that requests that run one after another do not lead to. */
    STATE,
    /** Some wait, and none can go on. */
    DEADLOCK,
    /** The run was stopped after very many events. */
    ENDLESS
  }

  /** Copies the list. */
  public Finding {
    schedule = List.copyOf(schedule);
  }

  /** For people: what, and on a line of its own the schedule. */
  public String text() {
    return kind + ": " + what + "\n  schedule: " + Schedules.format(schedule);
  }

  /** For programs. */
  public JsonObject json() {
    return new JsonObject()
        .put("kind", kind.name())
        .put("what", what)
        .put("schedule", Schedules.format(schedule))
        .put("state", trial.digest())
        .put("brokenChecks", trial.brokenChecks())
        .put(
            "failures",
            trial.failures().stream()
                .map(it -> new JsonObject()
                    .put("execution", it.execution())
                    .put("errorType", it.errorType())
                    .putIfPresent("message", it.message()))
                .toList())
        .put("complete", trial.complete());
  }
}
