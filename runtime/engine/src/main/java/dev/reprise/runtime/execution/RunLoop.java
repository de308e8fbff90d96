package dev.reprise.runtime.execution;

import dev.reprise.ExecutionStatus;
import dev.reprise.IdempotencyConflictException;
import dev.reprise.OverloadedException;
import dev.reprise.runtime.deploy.Catalog;
import dev.reprise.runtime.execution.RunAttempt.Ending;
import dev.reprise.runtime.json.Json;
import dev.reprise.runtime.json.JsonCodec;
import dev.reprise.runtime.postgres.Backoff;
import dev.reprise.runtime.postgres.DatabaseUnavailableException;
import dev.reprise.runtime.store.ExecutionRow;
import dev.reprise.runtime.store.ExecutionStore;
import dev.reprise.runtime.store.ExecutionStore.Loaded;
import dev.reprise.runtime.store.NewExecution;
import dev.reprise.runtime.telemetry.LogContext;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Drives one execution on this node: one run after the other, until it is settled, sleeps, or belongs to somebody else.
 * It runs on a thread of its own and occupies one place of {@link ActiveRuns}.
 */
final class RunLoop implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(RunLoop.class);
  private static final Backoff LOOK_AGAIN =
      new Backoff(Duration.ofMillis(1), Duration.ofSeconds(1), 60);
  private static final Duration PLACES_GATHER = Duration.ofMillis(5);
  private static final Backoff UNAVAILABLE =
      new Backoff(Duration.ofMillis(20), Duration.ofSeconds(2), 30);

  private final RunServices services;
  private final ActiveRuns active;
  private final Settlements settlements;
  private final Catalog.Entry code;
  private final NewExecution identity;
  private @Nullable Loaded loaded;
  private volatile UUID owner;
  private volatile boolean shuttingDown;
  private volatile @Nullable Run current;
  private final AtomicInteger deliveries = new AtomicInteger();
  private boolean commitUnknown;

  /**
   * For an execution that the node owns.
   *
   * @param loaded its row and log; null where it has no row yet
   */
  RunLoop(
      RunServices services,
      ActiveRuns active,
      Settlements settlements,
      Catalog.Entry code,
      NewExecution identity,
      UUID owner,
      @Nullable Loaded loaded) {
    this.services = services;
    this.active = active;
    this.settlements = settlements;
    this.code = code;
    this.identity = identity;
    this.owner = owner;
    this.loaded = loaded;
  }

  NewExecution identity() {
    return identity;
  }

  @Override
  public void run() {
    try {
      LogContext.<Boolean, InterruptedException>within(identity.id(), this::drive);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Throwable e) {
      // the row, if there is one, stays RUNNING and ours: the heartbeat finds it without a runner
      // and starts again
      LOG.error("execution {} was given up by this node", identity.id(), e);
      if (loaded == null) {
        settlements.failed(
            identity.execution(),
            e instanceof DatabaseUnavailableException unavailable
                ? unavailable
                : new IllegalStateException("the call failed inside the server", e));
      }
    } finally {
      active.leave(identity.execution(), this);
      boolean wasFull = active.freePlaces() == 0;
      active.giveBack();
      if (identity.placement().queue() != null) {
        services.due().now(); // somebody may wait for the slot
      } else if (wasFull) {
        // somebody may wait for the place; not at once: others end too, and one claim takes for all
        services.due().at(services.clock().now().plus(PLACES_GATHER));
      }
    }
  }

  private boolean drive() throws InterruptedException {
    services.metrics().executionStarted(identity.function());
    int again = 0;
    int delivered = 0;
    while (step()) {
      var known = loaded;
      if (known != null && known.row().signals() > delivered) {
        delivered = known.row().signals();
        again = 0; // it is not itself that keeps it from coming to rest
      }
      again++;
      if (!LOOK_AGAIN.allows(again)) {
        throw new IllegalStateException(
            "execution " + identity.id() + " makes no progress after " + again + " runs");
      }
      Backoff.await(LOOK_AGAIN.delay(again, ThreadLocalRandom.current()));
    }
    return true;
  }

  /** One run; whether another is needed. */
  private boolean step() throws InterruptedException {
    var run = new Run(
        services, code.application(), code.function(), identity, owner, loaded != null, null);
    if (loaded != null) {
      run.absorb(loaded.row(), loaded.operations());
    }
    if (commitUnknown) {
      run.markCommitUnknown();
    }
    run.tick(services.clock().now());
    current = run;
    if (shuttingDown) {
      run.halt(Unwinding.Reason.ABANDONED, "shutting down");
    }
    var ending = new RunAttempt(run).go();
    commitUnknown = run.isCommitUnknown();
    if (ending instanceof Ending.Settled settled) {
      return settle(settled);
    }
    if (ending instanceof Ending.LookAgain) {
      return lookAgain();
    }
    if (ending instanceof Ending.Continued continued) {
      settlements.follow(identity.execution(), continued.successor());
      services.due().now();
      return false;
    }
    return ending instanceof Ending.Abandoned && giveUp(run);
  }

  private boolean settle(Ending.Settled settled) {
    var row = loaded == null ? identity.asRow(ExecutionStatus.RUNNING, owner) : loaded.row();
    var now = services.clock().now();
    services
        .metrics()
        .executionEnded(
            identity.function(), settled.status(), Duration.between(identity.createdAt(), now));
    settlements.settled(row.settled(settled.status(), settled.outcome(), now));
    if (settled.status().isTerminal()) {
      services.post().ended(identity.id());
    }
    if (identity.parent() != null) {
      active.delivered(List.of(identity.parent()));
      if (!active.isActive(identity.parent())) {
        services.due().now(); // it sleeps, and is due with the delivery
      }
    }
    return false;
  }

  /**
   * The log knows what this runner does not. What took the connection of the call has often taken those of the log too,
   * and to ask again does no harm.
   */
  private boolean lookAgain() throws InterruptedException {
    services.metrics().logConflict();
    for (int failures = 1; ; failures++) {
      try {
        return lookIntoLog();
      } catch (DatabaseUnavailableException e) {
        if (shuttingDown || !UNAVAILABLE.allows(failures)) {
          throw e;
        }
        LOG.info("execution {} cannot look into its log: {}", identity.id(), e.getMessage());
        Backoff.await(UNAVAILABLE.delay(failures, ThreadLocalRandom.current()));
      }
    }
  }

  private boolean lookIntoLog() {
    Optional<Loaded> found = services.store().load(identity.execution());
    if (found.isEmpty()) {
      return belongsToAnother();
    }
    loaded = found.get();
    var row = loaded.row();
    if (row.isContinued()) {
      return false; // those who wait are told of the one that it went on as
    }
    if (row.isSettled()) {
      settlements.settled(row);
      return false;
    }
    return row.status() == ExecutionStatus.RUNNING && owner.equals(row.owner());
  }

  /** The id is another execution's: the same call, or a conflict. */
  private boolean belongsToAnother() {
    var other = services.store().find(identity.id());
    if (other.isEmpty()) {
      return true;
    }
    var conflict = conflict(services.store(), other.get(), identity);
    if (conflict != null) {
      settlements.failed(identity.execution(), conflict);
    } else if (other.get().isSettled()) {
      settlements.follow(identity.execution(), other.get().execution());
      settlements.settled(other.get());
    } else {
      settlements.follow(identity.execution(), other.get().execution());
    }
    return false;
  }

  /** What speaks against taking the existing execution for the one that is asked for; null where nothing does. */
  static @Nullable IdempotencyConflictException conflict(
      ExecutionStore store, ExecutionRow existing, NewExecution asked) {
    if (!existing.principal().equals(asked.principal())) {
      return new IdempotencyConflictException(
          "the idempotency key " + asked.id() + " belongs to somebody else");
    }
    if (!existing.function().equals(asked.function())) {
      return new IdempotencyConflictException(
          "the idempotency key " + asked.id() + " was used before, for " + existing.function()
              + "; use another key for " + asked.function());
    }
    if (!isOfInput(store, existing, asked.input())) {
      return new IdempotencyConflictException(
          "the idempotency key " + asked.id() + " was used before, for a call of "
              + existing.function() + " with other arguments; use another key");
    }
    return null;
  }

  /** Whether an execution was called with these arguments, which it may have gone on with others from. */
  static boolean isOfInput(ExecutionStore store, ExecutionRow existing, String input) {
    if (existing.input().equals(input)) {
      return true;
    }
    if (Objects.equals(Json.parse(existing.input()), Json.parse(input))) {
      return true; // SQL writes it otherwise
    }
    var begun = store.begunWith(existing.execution());
    return begun.isPresent() && begun.getAsLong() == JsonCodec.hash(input);
  }

  private boolean giveUp(Run run) throws InterruptedException {
    if (!run.beginBirth()) { // waits for one under way: nobody is told that nothing happened before
      // that is certain
      return false; // its row brings it back, here or elsewhere
    }
    run.birth().end(false);
    if (shuttingDown) {
      settlements.failed(
          identity.execution(),
          commitUnknown
              ? new DatabaseUnavailableException(
                  "the node shuts down, and the outcome of a commit is unknown",
                  new SQLException("commit unknown", "08007"))
              : new OverloadedException("the node shuts down; nothing was begun"));
      return false;
    }
    var node = services.membership().node();
    if (!node.equals(owner)) {
      owner = node;
      return true;
    }
    if (commitUnknown) { // a caller who is told that nothing happened may do it again
      return lookAgain();
    }
    var halted = run.halted();
    settlements.failed(
        identity.execution(),
        new DatabaseUnavailableException(
            "the database went away during the call",
            new SQLException(halted == null ? "unknown" : halted.getMessage(), "08006")));
    return false;
  }

  // --- from outside
  // -----------------------------------------------------------------------------------------------

  /** Whether more was delivered than the run knows of. */
  boolean hasSeenLess(int signals) {
    var run = current;
    return run != null && run.signals() < signals;
  }

  void bear() {
    var run = current;
    if (run != null) {
      run.bear();
    }
  }

  /** Notes that something was delivered; whether the caller is to see to {@link #refresh}, or somebody is at it. */
  boolean wantsRefresh() {
    return deliveries.getAndIncrement() == 0;
  }

  /** Looks into the log, once for all that is delivered meanwhile: a parent may have thousands of children. */
  void refresh() {
    int seen = 0;
    try {
      do {
        seen = deliveries.get();
        var run = current;
        if (run != null) {
          run.refresh();
        }
      } while (!deliveries.compareAndSet(seen, 0));
    } catch (RuntimeException e) {
      deliveries.set(0);
      throw e;
    }
  }

  void cancel() {
    var run = current;
    if (run != null) {
      run.requestClose(Closing.CANCELLED);
    }
  }

  void tick(Instant now) {
    var run = current;
    if (run != null) {
      run.tick(now);
    }
  }

  void wake() {
    var run = current;
    if (run != null) {
      run.waits().signal();
    }
  }

  void abandon(String why) {
    shuttingDown = why.equals(ActiveRuns.SHUT_DOWN);
    var run = current;
    if (run != null) {
      run.halt(Unwinding.Reason.ABANDONED, why);
    }
  }

  /** Reads a row as the identity that a run needs. What waited before it was started, was created at its start. */
  static NewExecution identityOf(ExecutionRow row) {
    return new NewExecution(
        row.execution(),
        row.id(),
        row.principal(),
        row.function(),
        row.kind(),
        row.version(),
        row.input(),
        row.placement().isNone() || row.startedAt() == null ? row.createdAt() : row.startedAt(),
        row.deadline(),
        row.parentExecution(),
        row.parentPosition() == null
            ? null
            : dev.reprise.runtime.store.Position.parse(row.parentPosition()),
        row.tags(),
        row.traceparent(),
        row.placement(),
        row.lineage());
  }
}
