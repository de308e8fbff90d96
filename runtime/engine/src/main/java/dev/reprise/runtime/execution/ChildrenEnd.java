package dev.reprise.runtime.execution;

import dev.reprise.runtime.store.ExecutionStore.Child;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;

/**
 * Ends the children of an execution that is being ended, before anything is undone: one that was told to end may still be at
 * work, and its effects must not come after our compensations. For the thread of the main branch.
 */
final class ChildrenEnd {
  private final Run run;
  private final WorkflowScope main;

  ChildrenEnd(Run run, WorkflowScope main) {
    this.run = run;
    this.main = main;
  }

  /**
   * Tells them, and waits.
   *
   * @param calledOnly where the workflow failed, what it started and did not wait for goes on
   */
  void await(boolean calledOnly) {
    if (run.stage() != null) {
      return;
    }
    var services = run.services();
    var asked = new HashSet<UUID>();
    while (true) {
      int seen = run.signals();
      var children = living(calledOnly);
      if (children.isEmpty()) {
        return;
      }
      // one that went on as a new execution meanwhile has to be asked again
      boolean isNew = false;
      for (var child : children) {
        if (asked.add(child.execution())) {
          isNew = true;
          var unused = services.store().requestCancellation(child.execution());
        }
      }
      if (isNew) {
        services.due().now();
      } else {
        main.waitFor(new WaitRoom.Wait(() -> run.signals() > seen, null, true));
      }
    }
  }

  /** Those of compensations, which an earlier run may have begun with, are none of them. */
  private List<Child> living(boolean calledOnly) {
    var end = main.log().nextPosition();
    boolean compensationsBegan = main.log().isLonger();
    return run.services().store().livingChildren(run.identity().execution()).stream()
        .filter(child -> {
          var position = child.calledAt();
          return position == null
              ? !calledOnly && !compensationsBegan
              : position.compareTo(end) < 0;
        })
        .toList();
  }
}
