package dev.reprise.debugger.retro;

import dev.reprise.debugger.rebuild.Scratch;
import dev.reprise.debugger.replay.RecordedNode;
import dev.reprise.debugger.replay.Replay;
import dev.reprise.debugger.replay.Trace;
import dev.reprise.runtime.execution.CurrentTransaction;
import dev.reprise.runtime.execution.DurableInterceptor;
import dev.reprise.runtime.function.Application;
import dev.reprise.runtime.postgres.Binder;
import dev.reprise.runtime.postgres.BoundDataSource;
import dev.reprise.runtime.postgres.Jdbc;
import dev.reprise.runtime.store.DatabaseClock;
import dev.reprise.runtime.store.ExecutionStore;
import dev.reprise.runtime.store.LogDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

/** Runs other code over what a node has recorded. */
final class RecordedPast implements AutoCloseable {
  private final RecordedNode node;
  private final ExecutorService threads = Executors.newCachedThreadPool();

  RecordedPast(RecordedNode node) {
    this.node = node;
  }

  static Application application(Class<?>... functions) {
    return Application.builder()
        .functions(List.of(functions))
        .database(new BoundDataSource(CurrentTransaction::get))
        .durable(new DurableInterceptor())
        .client((function, arguments, body) -> {
          throw new IllegalStateException();
        })
        .build();
  }

  /** Runs code over executions, steps as recorded, and shows what comes out before the database is dropped. */
  <T> T with(
      Class<?> before, Class<?> after, List<String> ids, Function<Retroaction.Result, T> look)
      throws InterruptedException {
    return with(before, after, ids, new Steps(false, Set.of()), look);
  }

  <T> T with(
      Class<?> before,
      Class<?> after,
      List<String> ids,
      Steps steps,
      Function<Retroaction.Result, T> look)
      throws InterruptedException {
    try (var source = node.readOnly();
        var old = application(before);
        var changed = application(after)) {
      var store = new ExecutionStore(new LogDatabase(source), new DatabaseClock());
      var trace = Trace.of(store, ids, row -> old);
      var options = new Replay.Options(50, Duration.ofSeconds(30));
      try (var ground = Replay.prepare(
          trace, node.history(), source, Scratch.on(node.config()), threads, options)) {
        var retroaction = new Retroaction(ground, source, threads, Duration.ofSeconds(30));
        var change = new Retroaction.Change(row -> changed, steps, Map.of(), Set.of(), false);
        try (var result = retroaction.run(change)) {
          return look.apply(result);
        }
      }
    }
  }

  static String text(Retroaction.Result result, String query) {
    try (var connection = result.end().open()) {
      return String.valueOf(
          Jdbc.queryOne(connection, query, Binder.NOTHING, row -> row.getString(1))
              .orElse(""));
    } catch (SQLException e) {
      throw new IllegalStateException(query, e);
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
