package dev.reprise.runtime.execution;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The executions that run in this process, and how many more may. Thread-safe. */
public final class ActiveRuns {
  /** Why everything is given up when the node stops. */
  public static final String SHUT_DOWN = "the node shuts down";

  private static final Logger LOG = LoggerFactory.getLogger(ActiveRuns.class);

  private final Map<UUID, RunLoop> loops = new ConcurrentHashMap<>();
  private final Semaphore places;
  private final int capacity;
  private final Executor threads;
  private final AtomicInteger overdraft = new AtomicInteger();

  /**
   * With room for {@code capacity} executions.
   *
   * @param threads for the little work that a signal causes
   */
  public ActiveRuns(int capacity, Executor threads) {
    this.capacity = capacity;
    this.places = new Semaphore(capacity);
    this.threads = threads;
  }

  /** Takes a place, to be given back by {@link #giveBack}; false where there is none. */
  boolean tryTakePlace() {
    return places.tryAcquire();
  }

  /** Takes a place that is known to be free, or goes beyond the capacity by one. */
  void takePlace() {
    if (!places.tryAcquire()) {
      LOG.debug("one execution more than the {} places", capacity);
      overdraft.incrementAndGet();
    }
  }

  void giveBack() {
    if (overdraft.getAndUpdate(over -> Math.max(0, over - 1)) > 0) {
      return;
    }
    places.release();
  }

  /** For the little work that a signal causes. */
  Executor threads() {
    return threads;
  }

  /** How many executions could be taken on. */
  public int freePlaces() {
    return places.availablePermits();
  }

  /** How many executions may run at once. */
  public int capacity() {
    return capacity;
  }

  /** Enters a loop; false where one is at this execution already. */
  boolean enter(UUID execution, RunLoop loop) {
    return loops.putIfAbsent(execution, loop) == null;
  }

  void leave(UUID execution, RunLoop loop) {
    loops.remove(execution, loop);
  }

  /** Whether the execution runs here. */
  public boolean isActive(UUID execution) {
    return loops.containsKey(execution);
  }

  /** Gives a running execution its row, where it has none yet; false where it does not run here. */
  boolean bear(UUID execution) {
    var loop = loops.get(execution);
    if (loop == null) {
      return false;
    }
    loop.bear();
    return true;
  }

  /** The same by its public id, for whoever did not find its row. */
  boolean bear(String id) {
    return loops.values().stream()
        .filter(loop -> loop.identity().id().equals(id))
        .findFirst()
        .map(loop -> bear(loop.identity().execution()))
        .orElse(false);
  }

  /** Whether an execution of that version of the code runs here. */
  public boolean runsVersion(String version) {
    return loops.values().stream()
        .anyMatch(loop -> version.equals(loop.identity().version()));
  }

  /** What runs here. */
  public Collection<UUID> active() {
    return List.copyOf(loops.keySet());
  }

  /** Something was delivered to the executions: those that run here look into their logs. */
  public void delivered(Collection<UUID> executions) {
    for (UUID execution : executions) {
      var loop = loops.get(execution);
      if (loop != null && loop.wantsRefresh()) {
        threads.execute(() -> refresh(execution, loop));
      }
    }
  }

  /** So much was delivered to an execution: where it runs here and has seen less, it looks into its log. */
  public void signalled(UUID execution, int signals) {
    var loop = loops.get(execution);
    if (loop != null && loop.hasSeenLess(signals)) {
      threads.execute(() -> refresh(execution, loop));
    }
  }

  private static void refresh(UUID execution, RunLoop loop) {
    try {
      loop.refresh();
    } catch (RuntimeException e) {
      // nothing is lost: the execution goes to sleep only on the signals that it has seen
      LOG.info("execution {} could not look into its log", execution, e);
    }
  }

  /** The cancellation of these was asked for. */
  public void cancel(Collection<UUID> executions) {
    for (UUID execution : executions) {
      var loop = loops.get(execution);
      if (loop != null) {
        loop.cancel();
      }
    }
  }

  /** What time brings to each. */
  public void tick(Instant now) {
    loops.values().forEach(loop -> loop.tick(now));
  }

  /** The clock was moved: whoever waits for a time looks at it again. */
  public void wakeAll() {
    loops.values().forEach(RunLoop::wake);
  }

  /** Gives all up: the node was declared dead, or shuts down. */
  public void abandonAll(String why) {
    loops.values().forEach(loop -> loop.abandon(why));
  }
}
