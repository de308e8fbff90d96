package dev.reprise.debugger.bench;

import dev.reprise.Options;
import dev.reprise.debugger.rebuild.Scratch;
import dev.reprise.debugger.replay.Replay;
import dev.reprise.debugger.replay.Trace;
import dev.reprise.runtime.postgres.ConnectionHook;
import dev.reprise.runtime.postgres.Database;
import dev.reprise.runtime.postgres.ScratchDatabase;
import dev.reprise.runtime.store.DatabaseClock;
import dev.reprise.runtime.store.ExecutionStore;
import dev.reprise.runtime.store.LogDatabase;
import java.util.ArrayList;
import java.util.concurrent.Executors;

/** How long the steps of {@code reprise replay --interactive} take. */
@SuppressWarnings("try") // some are only to be open
final class SteppingBench {
  private static final int CALLS = 400;
  private static final int ROWS = CALLS * Accounts.STATEMENTS;

  private SteppingBench() {}

  /** Over 10,000 changed rows: forth, back by one, and back to the beginning. */
  static void run() throws Exception {
    try (var database = ScratchDatabase.embedded();
        var reprise = TimeTravelBench.start(database);
        var recorder = TimeTravelBench.recorder(database)) {
      var ids = new ArrayList<String>();
      for (int i = 0; i < CALLS; i++) {
        var id = "step-" + i;
        int first = i * Accounts.STATEMENTS % 5000;
        ids.add(id);
        var unused = reprise
            .start(Accounts.class, accounts -> accounts.wide(first), Options.DEFAULT.id(id))
            .result();
      }
      TimeTravelBench.awaitCaughtUp(database);
      var bodies = Executors.newCachedThreadPool();
      try (var source = Database.open(database.config(), ConnectionHook.NONE);
          var application = TimeTravelBench.application()) {
        var store = new ExecutionStore(new LogDatabase(source), new DatabaseClock());
        var trace = Trace.of(store, ids, row -> application);
        try (var replay = Replay.prepare(
            trace,
            TimeTravelBench.history(database),
            source,
            Scratch.embedded(),
            bodies,
            Replay.Options.DEFAULT)) {
          step(replay);
        }
      }
      bodies.shutdownNow();
    }
  }

  private static void step(Replay replay) throws InterruptedException {
    try (var timeline = replay.timeline(replay.run())) {
      timeline.goTo(0);
      double forth = seconds(() -> timeline.goTo(CALLS));
      double one = seconds(() -> timeline.goTo(CALLS - 1));
      double back = seconds(() -> timeline.goTo(0));
      TimeTravelBench.say(
          "stepping over %d transactions that changed %d rows: %.2f s forth, %.3f s back by the last, %.2f s"
              + " back to the beginning",
          CALLS, ROWS, forth, one, back);
    }
  }

  private static double seconds(Runnable work) {
    long began = System.nanoTime();
    work.run();
    return (System.nanoTime() - began) / 1e9;
  }
}
