package dev.reprise.runtime.background;

import dev.reprise.runtime.execution.ActiveRuns;
import dev.reprise.runtime.execution.Launcher;
import dev.reprise.runtime.execution.NodeMembership;
import dev.reprise.runtime.postgres.DatabaseFailureException;
import dev.reprise.runtime.store.DatabaseClock;
import dev.reprise.runtime.store.NodeStore;
import dev.reprise.runtime.store.Sweep;
import dev.reprise.runtime.store.Sweep.Beat;
import dev.reprise.runtime.store.Sweep.Owned;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pulse of a node, one transaction a beat: it shows that the node lives, finds nodes that do not and recovers from
 * them, passes cancellations on, finds own executions that lost their runner, and claims what is due. Between the beats it
 * claims at the moment when something is known to become due.
 *
 * <p>Confined to the thread of its {@link Loop}, but for {@link #stopClaiming} and {@link #rejoin}.
 */
public final class Heartbeat implements Loop.Work {
  private static final Logger LOG = LoggerFactory.getLogger(Heartbeat.class);

  private final NodeMembership membership;
  private final NodeStore nodes;
  private final Sweep sweep;
  private final ActiveRuns active;
  private final Launcher launcher;
  private final DatabaseClock clock;
  private final Cluster cluster;
  private final Object rejoining = new Object();
  private Set<UUID> withoutRunner = Set.of();
  private long nextBeatNanos = System.nanoTime();
  private long judgeFromNanos = System.nanoTime();
  private Instant known = Instant.MAX;
  private volatile boolean claiming = true;

  /**
   * How the node takes part.
   *
   * @param interval the pause between two beats
   * @param capabilities what it can run, asked at every beat
   * @param rejoin registers the process as a new node after it was declared dead, and gives its id
   */
  public record Cluster(
      Duration interval, Supplier<Sweep.Capabilities> capabilities, Supplier<UUID> rejoin) {}

  /** A pulse for this node. */
  public Heartbeat( // tidy: the collaborators of the pulse, wired once in the composition root
      NodeMembership membership,
      NodeStore nodes,
      Sweep sweep,
      ActiveRuns active,
      Launcher launcher,
      DatabaseClock clock,
      Cluster cluster) {
    this.membership = membership;
    this.nodes = nodes;
    this.sweep = sweep;
    this.active = active;
    this.launcher = launcher;
    this.clock = clock;
    this.cluster = cluster;
  }

  /** Claims nothing any more; the heart beats on. */
  public void stopClaiming() {
    claiming = false;
  }

  @Override
  public Duration round(boolean poked) {
    try {
      return pulse();
    } catch (DatabaseFailureException e) {
      if (!membership.isFenced()) {
        throw e;
      }
      rejoin(membership.node());
      nextBeatNanos = System.nanoTime();
      return Duration.ZERO;
    }
  }

  private Duration pulse() {
    long sent = System.nanoTime();
    @Nullable Instant nextDue = null;
    Instant due = known();
    if (sent - nextBeatNanos >= 0) {
      nextBeatNanos = sent + cluster.interval().toNanos();
      forgetDue();
      nextDue = beat(sent);
    } else if (!due.isAfter(clock.now())) {
      forgetDue();
      nextDue = claimed(sweep.claim(
          membership.node(), cluster.capabilities().get(), places(), cluster.interval()));
    }
    return pauseUntil(earlier(nextDue, known()));
  }

  /** Something becomes due; the caller pokes the loop. */
  public synchronized void dueAt(Instant time) {
    known = earlier(time, known);
  }

  private synchronized Instant known() {
    return known;
  }

  private synchronized void forgetDue() {
    known = Instant.MAX;
  }

  private static Instant earlier(@Nullable Instant a, Instant b) {
    return a == null || b.isBefore(a) ? b : a;
  }

  private @Nullable Instant beat(long sent) {
    var node = membership.node();
    var beat = sweep.beat(
        node, cluster.capabilities().get(), places(), cluster.interval(), mayJudge(sent));
    if (beat.at() == null) {
      rejoin(node);
      nextBeatNanos = sent;
      return null;
    }
    membership.confirmed(sent);
    clock.observe(beat.at());
    // what was claimed first: it is ours whatever comes of the dead
    var nextDue = claimed(beat);
    passOn(beat.owned());
    restartWithoutRunner(beat.owned());
    for (UUID dead : beat.dead()) {
      recover(dead);
    }
    if (!beat.dead().isEmpty()) {
      dueAt(Instant.MIN); // what was theirs is due
    }
    return nextDue;
  }

  /**
   * After an outage of the database everybody's last heartbeat is old, and only the first to come back could tell: so
   * whoever was cut off itself gives the others as long as they have.
   */
  private boolean mayJudge(long sent) {
    if (!membership.mayStartEffects()) {
      judgeFromNanos = sent + membership.deathTimeout().toNanos();
    }
    return sent - judgeFromNanos >= 0;
  }

  /**
   * Others took this process for dead: what it owned is theirs, and it takes part under another id. Done by whoever finds
   * out first, the pulse or a new connection; thread-safe.
   *
   * @param dead under which id it was declared dead
   */
  public void rejoin(UUID dead) {
    synchronized (rejoining) {
      if (!membership.node().equals(dead)) {
        return;
      }
      LOG.warn(
          "node {} was declared dead: it was silent for longer than {}",
          dead,
          membership.deathTimeout());
      long began = System.nanoTime();
      var node = cluster.rejoin().get();
      membership.rejoined(node);
      active.abandonAll("the node was declared dead");
      membership.confirmed(began); // not before: a run that is not given up yet could begin a step
      LOG.info("the process goes on as node {}", node);
    }
  }

  private void recover(UUID dead) {
    try {
      nodes.recover(dead).ifPresent(released -> {
        LOG.info("node {} is dead; {} executions go on elsewhere", dead, released.due());
        if (!released.parked().isEmpty()) {
          LOG.error("parked, for they have lost one node after the other: {}", released.parked());
        }
      });
    } catch (DatabaseFailureException e) {
      // it stays dead in the table of nodes: the next beat of any node comes back to it
      LOG.warn("node {} is dead and not recovered from yet: {}", dead, e.getMessage());
    }
  }

  /** Cancellations, and what other nodes delivered. */
  private void passOn(List<Owned> owned) {
    active.cancel(
        owned.stream().filter(Owned::cancelRequested).map(Owned::execution).toList());
    owned.forEach(execution -> active.signalled(execution.execution(), execution.signals()));
  }

  /** What is ours in two beats and runs nowhere lost its runner, to an outage of the database for example. */
  private void restartWithoutRunner(List<Owned> owned) {
    var without = new HashSet<UUID>();
    for (Owned execution : owned) {
      if (!active.isActive(execution.execution())) {
        without.add(execution.execution());
      }
    }
    var twice = without.stream().filter(withoutRunner::contains).toList();
    if (!twice.isEmpty() && claiming) {
      launcher.takeOn(sweep.reclaim(membership.node(), twice));
    }
    withoutRunner = without;
  }

  private @Nullable Instant claimed(Beat beat) {
    launcher.takeOn(beat.claimed());
    // a full haul: there may be more
    if (beat.claimed().isEmpty() || places() == 0) {
      return beat.nextDue();
    }
    dueAt(Instant.MIN);
    return Instant.MIN;
  }

  private int places() {
    return claiming ? active.freePlaces() : 0;
  }

  private Duration pauseUntil(Instant due) {
    var untilBeat = Duration.ofNanos(Math.max(0, nextBeatNanos - System.nanoTime()));
    var now = clock.now();
    if (!due.isAfter(now)) {
      return Duration.ZERO;
    }
    if (!due.isBefore(now.plus(untilBeat))) {
      return untilBeat;
    }
    dueAt(due);
    return Duration.between(now, due);
  }
}
