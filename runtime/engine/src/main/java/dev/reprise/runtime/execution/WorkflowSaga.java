package dev.reprise.runtime.execution;

import dev.reprise.Action;
import dev.reprise.Call;
import dev.reprise.RepriseException;
import dev.reprise.Saga;
import dev.reprise.runtime.store.Position;
import dev.reprise.spi.CurrentExecution;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The compensations of one saga, in memory: every run registers them again as it replays. Not thread-safe. */
final class WorkflowSaga implements Saga, Comparable<WorkflowSaga> {
  private static final int ATTEMPTS = 5;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(200);

  private final WorkflowScope scope;
  private final Position made;
  private final List<Entry> entries = new ArrayList<>();

  WorkflowSaga(WorkflowScope scope) {
    this.scope = scope;
    this.made = scope.log().nextPosition();
  }

  /** By the place in the log where they were made. */
  @Override
  public int compareTo(WorkflowSaga other) {
    return made.compareTo(other.made);
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T run(Call<T, X> action, Undo<T> undo)
      throws X {
    requireOwnBranch();
    // registered before the attempt: a step that never returns may have happened
    var entry = new Entry();
    entries.add(entry);
    var mark = scope.log().trace().mark();
    boolean done = false;
    try {
      T result = action.run();
      entry.undo = () -> undo.run(result);
      done = true;
      return result;
    } finally {
      var step = scope.log().trace().stepSince(mark);
      entry.key = step == null ? null : scope.keyAt(step);
      if (!done) {
        entry.undo = () -> undo.run(null);
        if (!scope.log().trace().mayHaveEffect(mark)) {
          entries.remove(entry);
        }
      }
    }
  }

  @Override
  public <T extends @Nullable Object, X extends Exception> T run(Call<T, X> action, Action<?> undo)
      throws X {
    return run(action, (Undo<T>) result -> undo.run());
  }

  @Override
  @SuppressWarnings("NullAway") // the checker does not read nullness of type arguments
  public <X extends Exception> void run(Action<X> action, Action<?> undo) throws X {
    Call<@Nullable Void, X> call = () -> {
      action.run();
      return null;
    };
    run(call, (Undo<@Nullable Void>) result -> undo.run());
  }

  @Override
  public void compensate() {
    requireOwnBranch();
    compensate(scope);
  }

  /** Compensates on the given branch: the saga's own, or the main one once the workflow has ended. */
  void compensate(WorkflowScope on) {
    on.run().requireGoingForCall();
    while (!entries.isEmpty()) {
      var last = entries.get(entries.size() - 1);
      undo(on, last);
      entries.remove(last);
    }
  }

  private void requireOwnBranch() {
    if (CurrentExecution.get() != scope) {
      throw new IllegalStateException(
          "a saga belongs to the branch that made it: call Durable.saga() inside the branch, or use the saga outside");
    }
  }

  private static void undo(WorkflowScope on, Entry entry) {
    for (int attempt = 1; ; attempt++) {
      try {
        on.undo(entry.key, entry::call);
        return;
      } catch (Exception e) {
        if (attempt == ATTEMPTS) {
          throw on.run()
              .park(new RepriseException(
                  "a compensation failed " + ATTEMPTS + " times" + placeOf(on)
                      + ". Mend the cause and resume the execution; it goes on with this compensation",
                  e));
        }
        on.run().waits().hold(() -> false, FIRST_PAUSE.multipliedBy(1L << attempt));
      }
    }
  }

  private static String placeOf(WorkflowScope on) {
    return ", at position " + on.log().nextPosition();
  }

  private static final class Entry {
    private Action<?> undo = () -> {};
    private @Nullable String key;

    private boolean call() throws Exception {
      undo.run();
      return true;
    }
  }
}
