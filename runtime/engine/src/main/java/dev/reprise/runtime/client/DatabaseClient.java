package dev.reprise.runtime.client;

import dev.reprise.Execution;
import dev.reprise.ExecutionCancelledException;
import dev.reprise.ExecutionEndedException;
import dev.reprise.ExecutionNotFoundException;
import dev.reprise.ExecutionParkedException;
import dev.reprise.ExecutionStatus;
import dev.reprise.ExecutionTimedOutException;
import dev.reprise.FunctionException;
import dev.reprise.Options;
import dev.reprise.RepriseClient;
import dev.reprise.runtime.background.Loop;
import dev.reprise.runtime.background.WatchPoll;
import dev.reprise.runtime.config.DatabaseConfig;
import dev.reprise.runtime.execution.ActiveRuns;
import dev.reprise.runtime.execution.LocalPost;
import dev.reprise.runtime.execution.Post;
import dev.reprise.runtime.execution.Watches;
import dev.reprise.runtime.json.ExceptionCodec;
import dev.reprise.runtime.postgres.Backoff;
import dev.reprise.runtime.postgres.Database;
import dev.reprise.runtime.store.DatabaseClock;
import dev.reprise.runtime.store.EventStore;
import dev.reprise.runtime.store.ExecutionFilter;
import dev.reprise.runtime.store.ExecutionRow;
import dev.reprise.runtime.store.ExecutionStore;
import dev.reprise.runtime.store.LogDatabase;
import dev.reprise.runtime.store.MessageStore;
import dev.reprise.runtime.store.SqlStart;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** On the database alone. Thread-safe. */
final class DatabaseClient implements RepriseClient {
  private static final Backoff LOOK =
      new Backoff(Duration.ofMillis(20), Duration.ofSeconds(1), Integer.MAX_VALUE);

  private final Database database;
  private final ExecutionStore store;
  private final SqlStart start;
  private final LocalPost post;
  private final Loop looking;

  DatabaseClient(DatabaseConfig config) {
    this.database = Database.open(config, connection -> {});
    var log = new LogDatabase(database);
    var clock = new DatabaseClock();
    this.store = new ExecutionStore(log, clock);
    this.start = new SqlStart(log);
    var events = new EventStore(log, clock);
    var watches = new Watches();
    // nothing runs here: nobody but the waiting callers is to be told
    var nobody = new ActiveRuns(1, ForkJoinPool.commonPool());
    this.post =
        new LocalPost(new Post(new MessageStore(log, clock), events, watches, nobody, time -> {}));
    this.looking = new Loop("client", Duration.ofSeconds(1), new WatchPoll(watches, events));
    looking.start();
  }

  @Override
  public <T extends @Nullable Object> Execution<T> start(
      String function,
      List<? extends @Nullable Object> arguments,
      Class<T> resultType,
      Options options) {
    var id = start.start(function, ClientValues.arguments(arguments), options.requireConsistent());
    return new Handle<>(id, resultType);
  }

  @Override
  public <T extends @Nullable Object> Execution<T> execution(String id, Class<T> resultType) {
    var found = require(id);
    return new Handle<>(found.id(), resultType);
  }

  @Override
  public void send(String executionId, String topic, Object message, @Nullable String key) {
    var unused = post.send(
        executionId, topic, message, Duration.ZERO, key == null ? null : Options.requireKey(key));
  }

  @Override
  public <R> Optional<R> request(
      String executionId, String topic, Object message, Class<R> answerType, Duration timeout)
      throws InterruptedException {
    return post.request(executionId, topic, message, answerType, timeout);
  }

  @Override
  public <T> Optional<T> event(String executionId, String key, Class<T> type, Duration timeout)
      throws InterruptedException {
    return post.event(executionId, key, type, timeout);
  }

  @Override
  public List<Summary> list(
      @Nullable String function, @Nullable ExecutionStatus status, int limit) {
    var filter = new ExecutionFilter(
        function, status == null ? Set.of() : Set.of(status), Map.of(), null, null, limit, null);
    return store.list(filter).stream()
        .map(row ->
            new Summary(row.id(), row.function(), row.status(), row.createdAt(), row.completedAt()))
        .toList();
  }

  @Override
  public void close() {
    looking.close();
    database.close();
  }

  private ExecutionRow require(String id) {
    return store
        .find(id)
        .orElseThrow(() -> new ExecutionNotFoundException("there is no execution " + id));
  }

  private final class Handle<T extends @Nullable Object> implements Execution<T> {
    private final String id;
    private final Class<T> type;

    private Handle(String id, Class<T> type) {
      this.id = id;
      this.type = type;
    }

    @Override
    public String id() {
      return id;
    }

    @Override
    public ExecutionStatus status() {
      return require(id).status();
    }

    @Override
    public T result() throws Exception {
      for (int looks = 1; ; looks++) {
        var row = require(id);
        if (row.isSettled()) {
          return outcome(row);
        }
        Backoff.await(LOOK.delay(looks, ThreadLocalRandom.current()));
      }
    }

    private T outcome(ExecutionRow row) {
      var error = row.error() == null ? null : ExceptionCodec.describe(row.error());
      var message = error == null ? "" : String.valueOf(error.message());
      switch (row.status()) {
        case FAILED ->
          throw new FunctionException(error == null ? "unknown" : error.type(), message, null);
        case CANCELLED ->
          throw new ExecutionCancelledException("execution " + id + " was cancelled");
        case TIMED_OUT ->
          throw new ExecutionTimedOutException("execution " + id + " ran into its timeout");
        case PARKED, STRANDED ->
          throw new ExecutionParkedException(
              "execution " + id + " is " + row.status() + ": " + message);
        default -> {
          return ClientValues.result(row.output(), type);
        }
      }
    }

    @Override
    public void cancel() {
      var row = require(id);
      if (row.status().isTerminal() && row.status() != ExecutionStatus.CANCELLED) {
        throw new ExecutionEndedException(
            "execution " + id + " is " + row.status() + " and cannot be cancelled");
      }
      var unused = store.requestCancellation(row.execution());
    }
  }
}
