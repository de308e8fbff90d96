package dev.reprise.debugger.explore;

import dev.reprise.runtime.json.JsonObject;
import java.util.List;

/**
 * Something that can go wrong.
 *
 * @param what for people
 * @param schedule the simplest that was found to bring it about
 * @param trial the run of this schedule
 * @param shown for people: the rows that a broken check returns, or in what the state differs from the nearest one of
 *     requests that run one after another; a line each
 */
public record Finding(
    Kind kind, String what, List<Event> schedule, Trial trial, List<String> shown) {
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

  /** Copies the lists. */
  public Finding {
    schedule = List.copyOf(schedule);
    shown = List.copyOf(shown);
  }

  /** One of which nothing is shown. */
  Finding(Kind kind, String what, List<Event> schedule, Trial trial) {
    this(kind, what, schedule, trial, List.of());
  }

  /** The same, with what shows it. */
  Finding with(List<String> lines) {
    return new Finding(kind, what, schedule, trial, lines);
  }

  /** For people: what, what shows it, and on a line of its own the schedule. */
  public String text() {
    var text = new StringBuilder().append(kind).append(": ").append(what).append('\n');
    if (kind == Kind.STATE && shown.isEmpty()) {
      text.append("  state: ").append(trial.digest()).append('\n');
    }
    shown.forEach(line -> text.append("    ").append(line).append('\n'));
    return text.append("  schedule: ").append(Schedules.format(schedule)).toString();
  }

  /** For programs. */
  public JsonObject json() {
    return new JsonObject()
        .put("kind", kind.name())
        .put("what", what)
        .put("shown", shown)
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
