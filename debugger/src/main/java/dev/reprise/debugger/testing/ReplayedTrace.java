package dev.reprise.debugger.testing;

import dev.reprise.RepriseException;
import dev.reprise.debugger.rebuild.Scratch;
import dev.reprise.debugger.replay.RecordedCode;
import dev.reprise.debugger.replay.Replay;
import dev.reprise.debugger.replay.Report;
import dev.reprise.debugger.replay.Trace;
import dev.reprise.debugger.trace.ImportedTrace;
import dev.reprise.runtime.function.Application;
import dev.reprise.runtime.function.ApplicationSettings;
import dev.reprise.runtime.postgres.ConnectionHook;
import dev.reprise.runtime.postgres.Database;
import dev.reprise.runtime.store.DatabaseClock;
import dev.reprise.runtime.store.ExecutionRow;
import dev.reprise.runtime.store.ExecutionStore;
import dev.reprise.runtime.store.LogDatabase;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

/**
 * A file of {@code reprise export} in a test of any framework:
 *
 * <pre>{@code
 * ReplayedTrace.of(Path.of("src/test/traces/oversold.trace")).functions(Shop.class).assertFaithful();
 * }</pre>
 *
 * <p>It needs no Docker and no server: databases are embedded. Set it up before it is replayed; not thread-safe.
 */
public final class ReplayedTrace {
  private final Path file;
  private final Map<Class<?>, Object> bindings = new LinkedHashMap<>();
  private List<Class<?>> functions = List.of();
  private Replay.Options options = Replay.Options.DEFAULT;

  private ReplayedTrace(Path file) {
    this.file = file;
  }

  /** The trace in that file, replayed by the code in the file unless {@link #functions} are given. */
  public static ReplayedTrace of(Path file) {
    return new ReplayedTrace(file);
  }

  /** Replays it by these classes of the test's class path: all that the recorded executions ran. */
  public ReplayedTrace functions(Class<?>... classes) {
    functions = List.of(classes);
    return this;
  }

  /** Injects {@code instance} wherever a constructor asks for {@code type}. It is not closed. */
  public <X> ReplayedTrace bind(Class<X> type, X instance) {
    bindings.put(type, instance);
    return this;
  }

  /**
   * How much is tried.
   *
   * @param orders how many other orders of concurrent transactions are tried where something differs; 50 by default
   * @param patience how long a function, or the code from one to the next, may take; a minute by default
   */
  public ReplayedTrace trying(int orders, Duration patience) {
    options = new Replay.Options(orders, patience);
    return this;
  }

  /**
   * Replays it.
   *
   * @throws RepriseException it cannot be replayed: the file is damaged, or code is missing
   */
  public Report replay() throws InterruptedException {
    var threads = Executors.newCachedThreadPool(task -> {
      var thread = new Thread(task, "reprise-replay");
      thread.setDaemon(true);
      return thread;
    });
    try (var imported = ImportedTrace.open(file, Scratch.embedded());
        var database = Database.open(imported.config(), ConnectionHook.NONE);
        var code = new RecordedCode(new LogDatabase(database), null, ApplicationSettings.NONE)) {
      if (functions.isEmpty()) {
        return replay(imported, database, code::of, threads);
      }
      try (var application =
          RecordedCode.application().functions(functions).bind(bindings).build()) {
        return replay(imported, database, row -> application, threads);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private Report replay(
      ImportedTrace imported,
      Database database,
      Function<ExecutionRow, Application> code,
      ExecutorService threads)
      throws InterruptedException {
    var store = new ExecutionStore(new LogDatabase(database), new DatabaseClock());
    var trace = Trace.of(store, Instant.EPOCH, Instant.now().plus(Duration.ofDays(1)), code);
    var how = new Replay.Options(
        options.orders(), options.patience(), imported.manifest().comparesArguments());
    try (var replay =
        Replay.prepare(trace, imported.history(), database, Scratch.embedded(), threads, how)) {
      return replay.run();
    }
  }

  /**
   * Replays it.
   *
   * @throws AssertionError something came out other than recorded; the message tells what
   */
  public void assertFaithful() throws InterruptedException {
    assertFaithful(file, replay());
  }

  static void assertFaithful(Path file, Report report) {
    if (!report.isFaithful()) {
      throw new AssertionError("the replay of " + file + " diverged:\n" + report.text());
    }
  }
}
