package dev.reprise.debugger.bench;

import static dev.reprise.debugger.bench.TimeTravelBench.application;
import static dev.reprise.debugger.bench.TimeTravelBench.awaitCaughtUp;
import static dev.reprise.debugger.bench.TimeTravelBench.history;
import static dev.reprise.debugger.bench.TimeTravelBench.recorder;
import static dev.reprise.debugger.bench.TimeTravelBench.say;
import static dev.reprise.debugger.bench.TimeTravelBench.start;

import dev.reprise.Options;
import dev.reprise.debugger.explore.Search;
import dev.reprise.debugger.explore.TraceSubject;
import dev.reprise.debugger.rebuild.Scratch;
import dev.reprise.debugger.replay.Replay;
import dev.reprise.debugger.replay.Trace;
import dev.reprise.debugger.retro.Retroaction;
import dev.reprise.debugger.retro.Steps;
import dev.reprise.runtime.function.Application;
import dev.reprise.runtime.postgres.ConnectionHook;
import dev.reprise.runtime.postgres.Database;
import dev.reprise.runtime.postgres.ScratchDatabase;
import dev.reprise.runtime.store.DatabaseClock;
import dev.reprise.runtime.store.ExecutionStore;
import dev.reprise.runtime.store.LogDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;

/** What it takes to run recorded calls again with other code, all of them and a tenth, and to search interleavings. */
@SuppressWarnings("try") // some are only to be open
final class RetroactionBench {
  private static final int CALLS = 1000;
  private static final int SEARCHED = 4;

  private RetroactionBench() {}

  static void run(int clients) throws Exception {
    try (var database = ScratchDatabase.embedded();
        var reprise = start(database);
        var recorder = recorder(database)) {
      var ids = new ArrayList<String>();
      var work = new ArrayList<Callable<Integer>>();
      for (int i = 0; i < CALLS; i++) {
        var id = "call-" + i;
        ids.add(id);
        work.add(() -> reprise
            .start(
                Accounts.class,
                accounts -> accounts.point(ThreadLocalRandom.current().nextInt(1000)),
                Options.DEFAULT.id(id))
            .result());
      }
      for (int i = 0; i < SEARCHED; i++) {
        var unused = reprise
            .start(
                Accounts.class, accounts -> accounts.point(5000), Options.DEFAULT.id("same-" + i))
            .result();
      }
      var threads = Executors.newFixedThreadPool(clients);
      long began = System.nanoTime();
      for (var done : threads.invokeAll(work)) {
        done.get();
      }
      double original = seconds(began);
      threads.shutdown();
      awaitCaughtUp(database);
      measure(database, ids, original, clients);
    }
  }

  private static double seconds(long began) {
    return (System.nanoTime() - began) / 1e9;
  }

  private static void measure(
      ScratchDatabase database, List<String> ids, double original, int clients) throws Exception {
    var bodies = Executors.newCachedThreadPool();
    try (var source = Database.open(database.config(), ConnectionHook.NONE);
        var application = application()) {
      var store = new ExecutionStore(new LogDatabase(source), new DatabaseClock());
      var history = history(database);
      try (var ground = Replay.prepare(
          Trace.of(store, ids, row -> application),
          history,
          source,
          Scratch.embedded(),
          bodies,
          Replay.Options.DEFAULT)) {
        var retroaction = new Retroaction(ground, source, bodies, Duration.ofMinutes(1));
        double full = took(retroaction, change(application, Map.of(), false));
        var unaffected = new TreeMap<String, String>();
        ids.stream().skip(CALLS / 10).forEach(id -> unaffected.put(id, "for the measurement"));
        double tenth = took(retroaction, change(application, unaffected, false));
        double probed = took(retroaction, change(application, Map.of(), true));
        say(
            "%d calls, %d at once: %.2f s originally; run again: all %.2f s (ratio %.1f), a tenth %.2f s (ratio %.1f),"
                + " all with footprints %.2f s",
            CALLS, clients, original, full, full / original, tenth, tenth / original, probed);
      }
      var same = new ArrayList<String>();
      for (int i = 0; i < SEARCHED; i++) {
        same.add("same-" + i);
      }
      try (var ground = Replay.prepare(
          Trace.of(store, same, row -> application),
          history,
          source,
          Scratch.embedded(),
          bodies,
          Replay.Options.DEFAULT)) {
        var retroaction = new Retroaction(ground, source, bodies, Duration.ofMinutes(1));
        var subject = new TraceSubject(retroaction, change(application, Map.of(), true), List.of());
        long began = System.nanoTime();
        var result =
            new Search(subject, new Search.Options(500, Duration.ofMinutes(2), false)).run();
        say(
            "%d requests for one row: %d interleavings in %.1f s, %.1f a second; exhaustive: %s",
            SEARCHED,
            result.trials(),
            seconds(began),
            result.trials() / seconds(began),
            result.exhaustive());
      }
    } finally {
      bodies.shutdownNow();
    }
  }

  private static Retroaction.Change change(
      Application application, Map<String, String> unaffected, boolean footprints) {
    return new Retroaction.Change(
        row -> application, new Steps(false, Set.of()), unaffected, Set.of(), footprints);
  }

  private static double took(Retroaction retroaction, Retroaction.Change change)
      throws InterruptedException {
    long began = System.nanoTime();
    try (var result = retroaction.run(change)) {
      if (result.executions().stream().anyMatch(it -> it.isChanged())) {
        throw new IllegalStateException(
            "unchanged code came out otherwise: " + result.executions());
      }
      return seconds(began);
    }
  }
}
