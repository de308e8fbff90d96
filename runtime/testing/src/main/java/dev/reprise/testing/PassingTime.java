package dev.reprise.testing;

import dev.reprise.runtime.postgres.Backoff;
import dev.reprise.runtime.server.Node;
import dev.reprise.runtime.store.Agenda.Outlook;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets time pass for the executions of a node, from one that is due to the next. Thread-safe: one at a time moves it. */
final class PassingTime {
  private static final Logger LOG = LoggerFactory.getLogger(PassingTime.class);
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration LOOK = Duration.ofMillis(5);

  private final Node node;
  private final Duration patience;

  PassingTime(Node node) {
    this(node, PATIENCE);
  }

  /** With another real time that executions get to come to rest. */
  PassingTime(Node node, Duration patience) {
    this.node = node;
    this.patience = patience;
  }

  synchronized void advance(Duration time) {
    if (time.isNegative()) {
      throw new IllegalArgumentException("time moves forward only, not by " + time);
    }
    var restless = new HashSet<UUID>();
    var left = time;
    var outlook = awaitRest(restless);
    while (outlook.next() != null && outlook.next().compareTo(left) <= 0) {
      node.advance(outlook.next());
      left = left.minus(outlook.next());
      outlook = awaitRest(restless);
    }
    node.advance(left);
    var unused = awaitRest(restless);
  }

  /** Waits until everything but the restless ends or waits; what does neither in time joins them. */
  private Outlook awaitRest(Set<UUID> restless) {
    long end = System.nanoTime() + patience.toNanos();
    while (true) {
      // calls that have no row yet are known here only
      var busy = new HashSet<UUID>(node.active().active());
      var outlook = node.agenda().outlook();
      busy.addAll(outlook.busy());
      busy.removeAll(restless);
      if (busy.isEmpty()) {
        return outlook;
      }
      if (System.nanoTime() - end > 0) {
        LOG.warn("time goes on without executions that come to no rest: {}", busy);
        restless.addAll(busy);
        return outlook;
      }
      pause();
    }
  }

  private static void pause() {
    try {
      Backoff.await(LOOK);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while time passed", e);
    }
  }
}
