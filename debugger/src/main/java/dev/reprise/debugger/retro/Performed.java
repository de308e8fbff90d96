package dev.reprise.debugger.retro;

import dev.reprise.Isolation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A transaction of an execution as it came out when its code was run again.
 *
 * @param execution the execution's id
 * @param position in the log of this run, which may differ from the original's
 * @param function its name
 * @param arguments as JSON
 * @param inPlaceOf the original calls that it stands for, {@code order-17@3.1}; empty where it is new
 * @param taken when its snapshot was taken: the number of transactions committed before
 * @param ended when it ended, counted the same way
 * @param committed whether it committed changes
 * @param attempts how often it was run; more than once after serialization failures
 * @param output as JSON; null for none, and where it failed
 * @param error as JSON; null where it succeeded
 * @param changes what it changed, a line each, for people
 * @param footprint what it read and wrote
 * @param same whether outcome and changes are those of the original; false where there is none
 */
public record Performed( // tidy: what a report tells of a transaction
    String execution,
    String position,
    String function,
    String arguments,
    Isolation isolation,
    List<String> inPlaceOf,
    int taken,
    int ended,
    boolean committed,
    int attempts,
    @Nullable String output,
    @Nullable String error,
    List<String> changes,
    Footprint footprint,
    boolean same) {
  /** The execution's id and the position. */
  public String label() {
    return execution + "@" + position;
  }
}
