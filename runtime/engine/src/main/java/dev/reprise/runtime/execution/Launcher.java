package dev.reprise.runtime.execution;

import dev.reprise.ExecutionStatus;
import dev.reprise.RepriseException;
import dev.reprise.runtime.deploy.Catalog;
import dev.reprise.runtime.json.ExceptionCodec;
import dev.reprise.runtime.postgres.Backoff;
import dev.reprise.runtime.postgres.DatabaseFailureException;
import dev.reprise.runtime.store.ExecutionRow;
import dev.reprise.runtime.store.ExecutionStore.Loaded;
import dev.reprise.runtime.store.LogWrite;
import dev.reprise.runtime.store.NewExecution;
import dev.reprise.runtime.store.OperationRow;
import dev.reprise.runtime.store.Transition;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts the loops of executions that this node owns. Thread-safe. */
public final class Launcher {
  private static final Logger LOG = LoggerFactory.getLogger(Launcher.class);
  private static final int MOST_AT_ONCE = 20_000;
  private static final Backoff LAST_RUN =
      new Backoff(Duration.ofMillis(1), Duration.ofMillis(100), 40);

  private final RunServices services;
  private final ActiveRuns active;
  private final Settlements settlements;
  private final Catalog catalog;

  /** With what every run uses. */
  public Launcher(
      RunServices services, ActiveRuns active, Settlements settlements, Catalog catalog) {
    this.services = services;
    this.active = active;
    this.settlements = settlements;
    this.catalog = catalog;
  }

  /** Takes on executions that were claimed for this node; places for all of them are free. */
  public void takeOn(List<ExecutionRow> claimed) {
    if (claimed.isEmpty()) {
      return;
    }
    claimed.forEach(row -> active.takePlace());
    services.threads().execute(() -> loadAll(claimed));
  }

  /** The logs of many sleepers that wake at once are one query. */
  private void loadAll(List<ExecutionRow> claimed) {
    Map<UUID, List<OperationRow>> logs = Map.of();
    if (claimed.size() > 1) {
      try {
        logs = services
            .store()
            .logs(claimed.stream().map(ExecutionRow::execution).toList(), MOST_AT_ONCE);
      } catch (DatabaseFailureException e) {
        LOG.info(
            "the logs of {} executions are read one by one: {}", claimed.size(), e.getMessage());
      }
    }
    for (ExecutionRow row : claimed) {
      var log = logs.get(row.execution());
      var loaded = log == null ? null : new Loaded(row, log);
      services.threads().execute(() -> load(row, loaded));
    }
  }

  /** Begins with an execution that has no row yet; the caller took a place. */
  void begin(Catalog.Entry code, NewExecution identity, UUID owner) {
    start(new RunLoop(services, active, settlements, code, identity, owner, null));
  }

  private void load(ExecutionRow row, @Nullable Loaded read) {
    boolean started = false;
    try {
      var code = code(row);
      if (code != null) {
        var loaded = read == null
            ? services.store().load(row.execution()).orElse(new Loaded(row, List.of()))
            : read;
        var owner = row.owner() == null ? services.membership().node() : row.owner();
        var loop = new RunLoop(
            services, active, settlements, code, RunLoop.identityOf(row), owner, loaded);
        started = enter(row.execution(), loop);
        if (started) {
          loop.run();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      LOG.warn("execution {} could not be started; the next heartbeat tries again", row.id(), e);
    } finally {
      if (!started) {
        active.giveBack();
      }
    }
  }

  /** Its last run here may be about to end: it gave the execution up, but not yet its name. */
  private boolean enter(UUID execution, RunLoop loop) throws InterruptedException {
    for (int attempt = 1; !active.enter(execution, loop); attempt++) {
      if (!LAST_RUN.allows(attempt)) {
        return false; // the heartbeat finds it without a runner
      }
      Backoff.await(LAST_RUN.delay(attempt, ThreadLocalRandom.current()));
    }
    return true;
  }

  /** The code of an execution; where it cannot be had, the execution is stranded, visibly. */
  private Catalog.@Nullable Entry code(ExecutionRow row) {
    try {
      return catalog.find(row.version(), row.function());
    } catch (DatabaseFailureException e) {
      throw e; // it could not be read, and may be there: the next heartbeat tries again
    } catch (RepriseException e) {
      LOG.warn("execution {} is stranded: {}", row.id(), e.getMessage());
      var cause = ExceptionCodec.encode(e);
      services
          .writer()
          .write(new LogWrite(
              row.execution(),
              services.membership().node(),
              null,
              List.of(),
              List.of(),
              new Transition.Parked(ExecutionStatus.STRANDED, cause)));
      services.store().load(row.execution()).ifPresent(loaded -> settlements.settled(loaded.row()));
      return null;
    }
  }

  private void start(RunLoop loop) {
    if (!active.enter(loop.identity().execution(), loop)) {
      active.giveBack();
      return;
    }
    try {
      services.threads().execute(loop);
    } catch (RejectedExecutionException e) {
      active.leave(loop.identity().execution(), loop);
      active.giveBack();
      throw e;
    }
  }
}
