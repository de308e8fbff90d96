package dev.reprise.debugger.report;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A transaction of the recorded run. Immutable.
 *
 * @param label the execution's id and the position, {@code order-17@3.1}, as {@code Performed.inPlaceOf} names it
 * @param execution the execution's id
 * @param function its name
 * @param position in the log
 * @param taken when its snapshot was taken: the number of transactions committed before
 * @param ended when it ended, counted the same way
 * @param committed whether it committed changes
 * @param output as JSON; null for none, and where it failed
 * @param error as JSON; null where it succeeded
 * @param changes what it changed, a line each, for people
 */
public record Original( // tidy: what a report tells of a recorded transaction
    String label,
    String execution,
    String function,
    String position,
    int taken,
    int ended,
    boolean committed,
    @Nullable String output,
    @Nullable String error,
    List<String> changes) {
  /** Copies the list. */
  public Original {
    changes = List.copyOf(changes);
  }
}
