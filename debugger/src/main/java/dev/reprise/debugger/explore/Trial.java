package dev.reprise.debugger.explore;

import java.util.List;

/**
 * One run from the restored start. Immutable.
 *
 * @param steps what came, in order
 * @param digest stands for the state at the end: equal for equal states
 * @param failures the executions that failed
 * @param brokenChecks the names of the checks that do not hold at the end
 * @param complete whether all actors came to their end; false where some wait for ever, and where the chooser stopped
 */
public record Trial(
    List<Step> steps,
    String digest,
    List<Failure> failures,
    List<String> brokenChecks,
    boolean complete) {
  /** Copies the lists. */
  public Trial {
    steps = List.copyOf(steps);
    failures = List.copyOf(failures);
    brokenChecks = List.copyOf(brokenChecks);
  }

  /** The events alone. */
  public List<Event> schedule() {
    return steps.stream().map(Step::event).toList();
  }
}
