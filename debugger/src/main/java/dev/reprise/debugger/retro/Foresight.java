package dev.reprise.debugger.retro;

import dev.reprise.runtime.execution.Rehearsal;
import dev.reprise.runtime.store.OperationKind;
import dev.reprise.runtime.store.OperationRow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * What the code of an execution would call behind a transaction: it is run once more, against the outcomes so far and a
 * tentative one, up to the next transaction of the same branch. Nothing comes of it. Thread-safe.
 */
final class Foresight {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Rehearsal rehearsal;
  private final Executor threads;

  Foresight(Rehearsal rehearsal, Executor threads) {
    this.rehearsal = rehearsal;
    this.threads = threads;
  }

  /** A transaction that the code would call, with the hash of its arguments. */
  record Next(String function, long arguments) {}

  /** The next transaction in the branch; null where there is none. */
  @Nullable
  Next next(Cue cue, OperationRow tentative) throws InterruptedException {
    var request = cue.request();
    var log = new ArrayList<>(request.closings());
    log.addAll(request.outcomes());
    log.add(tentative);
    var found = new CompletableFuture<@Nullable Next>();
    threads.execute(() -> {
      try {
        var unused = rehearsal.run(request.application(), request.row(), log, new Look(cue, found));
      } finally {
        found.complete(null);
      }
    });
    try {
      return found.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      return null;
    } finally {
      found.complete(null);
    }
  }

  private record Look(Cue cue, CompletableFuture<@Nullable Next> found) implements Rehearsal.Stage {
    @Override
    public void reached(OperationRow recorded, Rehearsal.Transaction transaction) {}

    @Override
    public boolean goesOn() {
      return true;
    }

    @Override
    public @Nullable OperationRow beyond(Rehearsal.NewCall call) {
      boolean same = Branches.of(call.position()).equals(cue.branch());
      if (same && call.kind() == OperationKind.TRANSACTION) {
        found.complete(new Next(call.name(), call.arguments()));
      }
      if (call.kind() == OperationKind.STEP) {
        var recorded = cue.request().findAnswer(call);
        if (recorded != null) {
          return Cast.at(call, recorded.output(), recorded.error());
        }
      }
      if (!same) {
        awaitTheOther();
      }
      return null;
    }

    /** To end here would end the branch that is looked at, too. */
    private void awaitTheOther() {
      try {
        var unused = found.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      } catch (ExecutionException | TimeoutException e) {
        found.complete(null);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
