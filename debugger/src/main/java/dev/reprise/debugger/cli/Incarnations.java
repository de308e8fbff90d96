package dev.reprise.debugger.cli;

import dev.reprise.runtime.store.ExecutionStore;
import java.util.ArrayList;
import java.util.List;

/** Who asks for an execution that went on as new ones is given its last run, and is told of those before. */
final class Incarnations {
  private Incarnations() {}

  /** A note on each of these ids that has earlier runs. */
  static List<String> notes(ExecutionStore store, List<String> ids) {
    var notes = new ArrayList<String>();
    for (var id : ids) {
      int before = store.earlierRuns(id);
      if (before > 0) {
        notes.add(id + " went on as a new run " + (before == 1 ? "once" : before + " times")
            + " (continueAsNew): this is its last; "
            + (before == 1
                ? "the one before is " + id + "~1"
                : "those before are " + id + "~1 to " + id + "~" + before));
      }
    }
    return notes;
  }
}
