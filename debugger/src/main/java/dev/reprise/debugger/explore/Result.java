package dev.reprise.debugger.explore;

import dev.reprise.runtime.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a search found.
 *
 * @param trials runs, without the extra ones
 * @param inequivalent how many of them are unlike one another: none of these comes from another one by swapping
 *     neighbours that have no effect on one another
 * @param redundant runs that turned out to be like an earlier one, or that were stopped
 * @param extra runs that only simplified schedules or checked footprints
 * @param exhaustive whether there is no interleaving that is unlike all that were run
 * @param findings each once, with its simplest schedule; the first only, where the search stopped at it
 * @param serialDigests the states in which runs ended that come out as if requests ran one after another
 * @param serialComplete whether these are all; else states were not compared with them
 * @param notes what restricts what is said here
 */
public record Result(
    int trials,
    int inequivalent,
    int redundant,
    int extra,
    boolean exhaustive,
    List<Finding> findings,
    Set<String> serialDigests,
    boolean serialComplete,
    List<String> notes,
    Duration elapsed) { // tidy: what a report tells of a search
  /** Copies lists and sets. */
  public Result {
    findings = List.copyOf(findings);
    serialDigests = Set.copyOf(serialDigests);
    notes = List.copyOf(notes);
  }

  /** For people. */
  public String text() {
    var text = new StringBuilder();
    if (exhaustive) {
      text.append("All ").append(inequivalent).append(" inequivalent interleavings checked");
    } else {
      text.append(inequivalent).append(" inequivalent interleavings checked; there may be more");
    }
    text.append(" (")
        .append(trials)
        .append(" runs, ")
        .append(redundant)
        .append(" redundant; ")
        .append(elapsed.toMillis())
        .append(" ms)\n");
    for (var note : notes) {
      text.append("note: ").append(note).append('\n');
    }
    if (findings.isEmpty()) {
      text.append("Nothing found\n");
    }
    for (var finding : findings) {
      text.append(finding.text()).append('\n');
    }
    return text.toString();
  }

  /** For programs. */
  public JsonObject json() {
    return new JsonObject()
        .put("trials", trials)
        .put("inequivalent", inequivalent)
        .put("redundant", redundant)
        .put("extra", extra)
        .put("exhaustive", exhaustive)
        .put("findings", findings.stream().map(Finding::json).toList())
        .put("serialStates", List.copyOf(new TreeSet<>(serialDigests)))
        .put("serialComplete", serialComplete)
        .put("notes", notes)
        .put("millis", elapsed.toMillis());
  }
}
