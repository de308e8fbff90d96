package dev.reprise.runtime.execution;

import dev.reprise.runtime.store.OperationKind;
import dev.reprise.runtime.store.OperationRow;
import java.util.HashMap;
import java.util.Map;

/**
 * Which way of changed code a branch takes. The answer depends on the branch's own log only, so that it is the same on every
 * run, however threads go: a marker there means yes, anything else no, and where the log ends a marker is written.
 * Used by the thread of its branch.
 */
final class Patches {
  private final WorkflowScope scope;
  private final Map<String, Boolean> answers;

  /** For the main branch, or one that is begun with what the one before knows. */
  Patches(WorkflowScope scope, Map<String, Boolean> known) {
    this.scope = scope;
    this.answers = new HashMap<>(known);
  }

  Map<String, Boolean> known() {
    return answers;
  }

  boolean isPatched(String changeId) {
    Names.require("the id of a change", changeId);
    scope.run().requireGoingForCall();
    var known = answers.get(changeId);
    if (known != null) {
      return known;
    }
    boolean answer = find(changeId);
    answers.put(changeId, answer);
    return answer;
  }

  private boolean find(String changeId) {
    var log = scope.log();
    if (log.isPatchNext(changeId)) {
      var marker = log.enter(OperationKind.PATCH, changeId, 0);
      if (marker != null) {
        scope.passedTo(marker.completedAt());
      }
      return true;
    }
    if (log.isLonger()) {
      return false;
    }
    var unused = log.enter(OperationKind.PATCH, changeId, 0);
    var row = scope.run().stage() == null
        ? marker(changeId)
        : scope
            .run()
            .beyond(scope.newCall(
                OperationKind.PATCH, changeId, 0, null, null, null, null, () -> marker(changeId)));
    if ("false".equals(row.output())) {
      log.returnTo(log.mark() - 1); // as in a log without a marker
      return false;
    }
    log.buffer(row);
    scope.passedTo(row.completedAt());
    return true;
  }

  private OperationRow marker(String changeId) {
    var now = scope.timeNow();
    return new OperationRow(
        scope.log().position(),
        OperationKind.PATCH,
        changeId,
        0,
        "true",
        null,
        1,
        null,
        null,
        null,
        now,
        now);
  }
}
