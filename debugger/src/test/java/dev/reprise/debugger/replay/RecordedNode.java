package dev.reprise.debugger.replay;

import static org.awaitility.Awaitility.await;

import dev.reprise.Execution;
import dev.reprise.Options;
import dev.reprise.Reprise;
import dev.reprise.debugger.history.History;
import dev.reprise.debugger.rebuild.Scratch;
import dev.reprise.runtime.config.DatabaseConfig;
import dev.reprise.runtime.execution.CurrentTransaction;
import dev.reprise.runtime.execution.DurableInterceptor;
import dev.reprise.runtime.function.Application;
import dev.reprise.runtime.postgres.Binder;
import dev.reprise.runtime.postgres.BoundDataSource;
import dev.reprise.runtime.postgres.ConnectionHook;
import dev.reprise.runtime.postgres.Database;
import dev.reprise.runtime.postgres.Jdbc;
import dev.reprise.runtime.postgres.ScratchDatabase;
import dev.reprise.runtime.record.RecordConfig;
import dev.reprise.runtime.record.RecordStatus;
import dev.reprise.runtime.record.Recorder;
import dev.reprise.runtime.store.DatabaseClock;
import dev.reprise.runtime.store.ExecutionStore;
import dev.reprise.runtime.store.LogDatabase;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.postgresql.ds.PGSimpleDataSource;

/** A node that runs {@link Scripted} functions on a database that is recorded. */
public final class RecordedNode implements AutoCloseable {
  private final ScratchDatabase database = ScratchDatabase.forTests();
  private final Recorder recorder;
  private final Reprise runtime;
  private final Application application;
  private final ExecutorService threads = Executors.newCachedThreadPool();

  public RecordedNode(String schema) {
    this(schema, Scripted.class);
  }

  /** With functions of other classes. */
  public RecordedNode(String schema, Class<?>... functions) {
    run(schema);
    runtime = Reprise.builder()
        .database(
            config().url(),
            Objects.requireNonNullElse(config().user(), ""),
            Objects.requireNonNullElse(config().password(), ""))
        .functions(functions)
        .start();
    recorder = new Recorder(config(), RecordConfig.AUTO, ConnectionHook.NONE);
    recorder.start();
    await("the recorder")
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> recorder.status().state() == RecordStatus.State.RECORDING);
    application = Application.builder()
        .functions(List.of(functions))
        .database(new BoundDataSource(CurrentTransaction::get))
        .durable(new DurableInterceptor())
        .client((function, arguments, body) -> {
          throw new IllegalStateException();
        })
        .build();
  }

  public DatabaseConfig config() {
    return database.config();
  }

  public Execution<List<String>> start(String id, String... script) {
    return runtime.start(Scripted.class, s -> s.run(List.of(script)), Options.DEFAULT.id(id));
  }

  /** The code that the node runs, to be run again. */
  public Application application() {
    return application;
  }

  public Reprise runtime() {
    return runtime;
  }

  public void run(String sql) {
    try (var connection = DriverManager.getConnection(
            config().url(), config().user(), config().password());
        var statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  public String text(String query) {
    try (var connection =
        DriverManager.getConnection(config().url(), config().user(), config().password())) {
      return Jdbc.queryOne(connection, query, Binder.NOTHING, row -> row.getString(1))
          .orElse("");
    } catch (SQLException e) {
      throw new IllegalStateException(query, e);
    }
  }

  /** Until the recorder has found the definitions that there are now, and copied new tables. */
  public void awaitDefinitions() {
    var began = text("select clock_timestamp()");
    await("the recorder to look at the definitions")
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(50))
        .until(() -> {
          recorder.poke();
          return text("""
              select exists (select from reprise_history.schemas where seen_at > '%s')
                and not exists (select from reprise_history.unrecorded)
              """.formatted(began)).equals("t");
        });
  }

  public History history() {
    var source = new PGSimpleDataSource();
    source.setUrl(config().url());
    source.setUser(config().user());
    source.setPassword(config().password());
    return History.of(source);
  }

  public Database readOnly() {
    var url = config().url();
    return Database.open(
        DatabaseConfig.of(
            url + (url.contains("?") ? "&" : "?") + "options=-c%20default_transaction_read_only=on",
            config().user(),
            config().password()),
        ConnectionHook.NONE);
  }

  /** Replays executions. */
  Report replay(String... ids) throws InterruptedException {
    return replay(
        new Replay.Options(50, Duration.ofSeconds(30)),
        UnaryOperator.identity(),
        scratch -> {},
        List.of(ids));
  }

  /** Replays executions by another plan, and looks at the database that is walked. */
  Report replay(
      Replay.Options options,
      UnaryOperator<Plan> planned,
      Consumer<Scratch> walked,
      List<String> ids)
      throws InterruptedException {
    try (var source = readOnly()) {
      var store = new ExecutionStore(new LogDatabase(source), new DatabaseClock());
      var trace = Trace.of(store, ids, row -> application);
      try (var replay =
          Replay.prepare(trace, history(), source, Scratch.on(config()), threads, options)) {
        return replay.run(planned, walked);
      }
    }
  }

  /** Replays executions, and steps through them. */
  void onTimeline(List<String> ids, Consumer<Timeline> steps) throws InterruptedException {
    try (var source = readOnly()) {
      var store = new ExecutionStore(new LogDatabase(source), new DatabaseClock());
      var trace = Trace.of(store, ids, row -> application);
      try (var replay = Replay.prepare(
              trace, history(), source, Scratch.on(config()), threads, Replay.Options.DEFAULT);
          var timeline = replay.timeline(replay.run())) {
        steps.accept(timeline);
      }
    }
  }

  @Override
  public void close() {
    runtime.close();
    recorder.close();
    threads.shutdownNow();
    application.close();
    database.close();
  }
}
