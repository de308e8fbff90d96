package dev.reprise.runtime.execution;

import dev.reprise.runtime.store.ExecutionStore.Child;
import java.util.List;

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
    while (true) {
      int seen = run.signals();
      var children = living(calledOnly);
      if (children.isEmpty()) {
        return;
      }
      // one that went on as a new execution meanwhile has to be asked again
      var unasked = children.stream()
          .filter(child -> !child.cancelRequested())
          .map(Child::execution)
          .toList();
      if (!unasked.isEmpty()) {
        var unused = services.store().requestCancellation(unasked);
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
