package dev.reprise.debugger.retro;

import dev.reprise.runtime.execution.Rehearsal;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * How steps are answered, and how they were. A step whose function and arguments are in the log of its execution gets the
 * recorded outcome, each once. Thread-safe.
 */
public final class Steps {
  private final boolean live;
  private final Set<String> stubs;
  private final Map<String, Map<How, Integer>> counts = new TreeMap<>();

  /**
   * A policy.
   *
   * @param live whether steps without a recorded outcome are really done; else the execution stops there
   * @param stubs the functions that stubs stand for: they are always run, and no recorded outcome is used
   */
  public Steps(boolean live, Set<String> stubs) {
    this.live = live;
    this.stubs = Set.copyOf(stubs);
  }

  /** Where the outcome of a step came from. */
  enum How {
    RECORDED,
    LIVE,
    STUB,
    /** A message, an event or an answer that the original did not send. */
    LEFT_OUT
  }

  boolean live() {
    return live;
  }

  boolean isStub(String function) {
    return stubs.contains(function);
  }

  synchronized void answered(String execution, Rehearsal.NewCall call, How how) {
    counts
        .computeIfAbsent(call.name(), name -> new EnumMap<>(How.class))
        .merge(how, 1, Integer::sum);
  }

  /** The policy and what came of it, for people. */
  public synchronized List<String> told() {
    var lines = new ArrayList<String>();
    lines.add(
        live
            ? "as recorded; those that are not recorded are done"
            : "as recorded; an execution ends at one that is not recorded");
    counts.forEach((name, how) -> {
      var parts = new ArrayList<String>();
      how.forEach((kind, count) -> parts.add(count + " "
          + switch (kind) {
            case RECORDED -> "as recorded";
            case LIVE -> "done";
            case STUB -> "by a stub";
            case LEFT_OUT -> "not sent";
          }));
      lines.add(name + ": " + String.join(", ", parts));
    });
    return lines;
  }
}
