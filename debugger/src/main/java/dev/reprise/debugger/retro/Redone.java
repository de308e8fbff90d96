package dev.reprise.debugger.retro;

import dev.reprise.ExecutionStatus;
import org.jspecify.annotations.Nullable;

/**
 * What became of an execution.
 *
 * @param id its id
 * @param function its name
 * @param parent the id of the execution that called it; null for none
 * @param how whether it was run again
 * @param why in words, where it was not, or where its run did not come to an end; null otherwise
 * @param original its recorded outcome; null for one that the original run did not have
 * @param now its outcome with the other code; null where it did not come to an end, and where it was left out
 */
public record Redone(
    String id,
    String function,
    @Nullable String parent,
    How how,
    @Nullable String why,
    @Nullable Ending original,
    @Nullable Ending now) {
  /** Of a child that the code does not begin any more. */
  static final String NOT_CALLED = "it is not called any more";

  /** How an execution took part. */
  public enum How {
    /** Its code was run again. */
    RUN,
    /** Nothing that the change does can reach it: its recorded effects were applied. */
    UNAFFECTED,
    /** It was to be left out: it had no effect. */
    SKIPPED
  }

  /**
   * An outcome.
   *
   * @param output as JSON; null for none
   * @param error type and message of the exception, for people; null for none
   */
  public record Ending(
      ExecutionStatus status,
      @Nullable String output,
      @Nullable String error) {}

  /** Whether it had come to its end, is run again, and does not come to one now: then nothing can be said of it. */
  public boolean isUnended() {
    return how == How.RUN && original != null && now == null && !NOT_CALLED.equals(why);
  }

  /** Whether its outcome is another one now; null and nothing are the same result. */
  public boolean isChanged() {
    return original == null ? now != null : !original.equals(now);
  }
}
