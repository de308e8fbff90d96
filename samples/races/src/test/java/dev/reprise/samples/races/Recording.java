package dev.reprise.samples.races;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.reprise.debugger.explore.Result;
import dev.reprise.debugger.explore.Search;
import dev.reprise.debugger.explore.TraceSubject;
import dev.reprise.debugger.history.History;
import dev.reprise.debugger.rebuild.Scratch;
import dev.reprise.debugger.replay.Replay;
import dev.reprise.debugger.replay.Report;
import dev.reprise.debugger.replay.Trace;
import dev.reprise.debugger.retro.Redone;
import dev.reprise.debugger.retro.Retroaction;
import dev.reprise.debugger.retro.Steps;
import dev.reprise.runtime.config.DatabaseConfig;
import dev.reprise.runtime.execution.CurrentTransaction;
import dev.reprise.runtime.execution.DurableInterceptor;
import dev.reprise.runtime.function.Application;
import dev.reprise.runtime.postgres.Binder;
import dev.reprise.runtime.postgres.BoundDataSource;
import dev.reprise.runtime.postgres.ConnectionHook;
import dev.reprise.runtime.postgres.Database;
import dev.reprise.runtime.postgres.Jdbc;
import dev.reprise.runtime.record.RecordConfig;
import dev.reprise.runtime.record.RecordStatus;
import dev.reprise.runtime.record.Recorder;
import dev.reprise.runtime.store.DatabaseClock;
import dev.reprise.runtime.store.ExecutionStore;
import dev.reprise.runtime.store.LogDatabase;
import dev.reprise.testing.RepriseExtension;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.postgresql.ds.PGSimpleDataSource;

/** Records what a test does to its database, and replays it. For one thread. */
public final class Recording implements AutoCloseable {
  private final RepriseExtension production;
  private final PGSimpleDataSource source;
  private final Recorder recorder;
  private final Database readOnly;
  private final Application application;
  private final ExecutorService threads = Executors.newCachedThreadPool();

  /**
   * Begins; returns when everything is recorded from then on.
   *
   * @param functions those of the extension
   * @param bound what is bound there
   */
  public Recording(
      RepriseExtension production, List<Class<?>> functions, Map<Class<?>, Object> bound) {
    this.production = production;
    this.source = (PGSimpleDataSource) production.dataSource();
    var url = String.valueOf(source.getUrl());
    var config = DatabaseConfig.of(url, source.getUser(), source.getPassword());
    recorder = new Recorder(config, RecordConfig.AUTO, ConnectionHook.NONE);
    recorder.start();
    await("the recorder")
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> recorder.status().state() == RecordStatus.State.RECORDING);
    readOnly = Database.open(
        DatabaseConfig.of(
            url + (url.contains("?") ? "&" : "?") + "options=-c%20default_transaction_read_only=on",
            source.getUser(),
            source.getPassword()),
        ConnectionHook.NONE);
    application = application(functions, bound);
  }

  private static Application application(List<Class<?>> functions, Map<Class<?>, Object> bound) {
    return Application.builder()
        .functions(functions)
        .bind(bound)
        .database(new BoundDataSource(CurrentTransaction::get))
        .durable(new DurableInterceptor())
        .client((function, arguments, body) -> {
          throw new IllegalStateException("a replay starts no executions");
        })
        .build();
  }

  /** Prepares the replay of executions, from the state that they began on. To be closed. */
  public Replay replayOf(String... executions) {
    var store = new ExecutionStore(new LogDatabase(readOnly), new DatabaseClock());
    return Replay.prepare(
        Trace.of(store, List.of(executions), row -> application),
        History.of(source),
        readOnly,
        Scratch.embedded(),
        threads,
        Replay.Options.DEFAULT);
  }

  /**
   * Checks that executions come out as they did, and leave what production now has.
   *
   * @param tables those that they wrote; nobody else may have since
   */
  public Report assertReplayed(List<String> tables, String... executions) throws Exception {
    try (var replay = replayOf(executions)) {
      return assertReplayed(replay, tables);
    }
  }

  /** The same for a replay that is prepared. */
  public Report assertReplayed(Replay replay, List<String> tables) throws Exception {
    var left = new ArrayList<List<String>>();
    Consumer<Scratch> look = scratch -> left.add(rows(scratch, tables));
    var report = replay.run(look);
    assertThat(report.isFaithful()).as(report.text()).isTrue();
    try (var connection = production.connection()) {
      assertThat(left).isNotEmpty().containsOnly(rows(connection, tables));
    }
    return report;
  }

  /** Other code for executions that were recorded. To be closed. */
  public Hindsight withOtherCode(
      List<Class<?>> functions,
      Map<Class<?>, Object> bound,
      String schemaChange,
      String... executions)
      throws InterruptedException {
    var code = application(functions, bound);
    var store = new ExecutionStore(new LogDatabase(readOnly), new DatabaseClock());
    var replay = Replay.prepare(
        Trace.of(store, List.of(executions), row -> application),
        History.of(source),
        readOnly,
        Scratch.embedded(),
        threads,
        Replay.Options.DEFAULT,
        scratch -> change(scratch, schemaChange));
    return new Hindsight(
        replay,
        new Retroaction(replay, readOnly, threads, Duration.ofSeconds(20)),
        new Retroaction.Change(row -> code, new Steps(false, Set.of()), Map.of(), Set.of(), true),
        code);
  }

  private static void change(Scratch scratch, String sql) {
    try (var connection = scratch.open();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  /** Changed code on a recorded past. */
  public record Hindsight(
      Replay past, Retroaction retroaction, Retroaction.Change change, Application code)
      implements AutoCloseable {
    /** The rows of a query at the end of a run in the original order. */
    public List<String> leaves(String query) throws Exception {
      try (var result = retroaction.run(change);
          var connection = result.end().open()) {
        return Jdbc.query(connection, query, Binder.NOTHING, row -> row.getString(1));
      }
    }

    /** What became of the executions in the original order. */
    public List<Redone> executions() throws Exception {
      try (var result = retroaction.run(change)) {
        return result.executions();
      }
    }

    /** Searches all interleavings, few as they are. */
    public Result search(String... checks) throws Exception {
      var subject = new TraceSubject(retroaction, change, List.of(checks));
      var result = new Search(subject, new Search.Options(300, Duration.ofMinutes(3), false)).run();
      assertThat(result.exhaustive()).as(result.text()).isTrue();
      return result;
    }

    @Override
    public void close() {
      past.close();
      code.close();
    }
  }

  private static List<String> rows(Scratch scratch, List<String> tables) {
    try (var connection = scratch.open()) {
      return rows(connection, tables);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<String> rows(Connection connection, List<String> tables) throws SQLException {
    var all = new ArrayList<String>();
    for (var table : tables) {
      all.addAll(Jdbc.query(
          connection,
          "select '" + table + " ' || t::text from " + table + " t order by 1",
          Binder.NOTHING,
          row -> row.getString(1)));
    }
    return all;
  }

  @Override
  public void close() {
    recorder.close();
    threads.shutdownNow();
    application.close();
    readOnly.close();
  }
}
