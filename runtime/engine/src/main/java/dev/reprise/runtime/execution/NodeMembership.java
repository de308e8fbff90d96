package dev.reprise.runtime.execution;

import java.time.Duration;
import java.util.UUID;

/**
 * What this process knows of its own place in the cluster. The heartbeat writes it, runs read it. Thread-safe.
 *
 * <p>A process that was stopped for longer than the death timeout is declared dead by others. It learns so at its next
 * heartbeat, and then goes on as a new node. Until then it may act on executions that others own already; the log
 * keeps transactions apart, and steps are guarded by {@link #mayStartEffects}.
 */
public final class NodeMembership {
  private final Duration deathTimeout;
  private volatile UUID node;
  private volatile long heartbeatNanos;
  private volatile boolean fenced;

  /** A node that has just registered. */
  public NodeMembership(UUID node, Duration deathTimeout) {
    this.node = node;
    this.deathTimeout = deathTimeout;
    this.heartbeatNanos = System.nanoTime();
  }

  /** The id under which the process takes part now. */
  public UUID node() {
    return node;
  }

  /** How old the heartbeat may get before others take over. */
  public Duration deathTimeout() {
    return deathTimeout;
  }

  /** A heartbeat that was sent at {@code sentNanos} has been committed. */
  public void confirmed(long sentNanos) {
    heartbeatNanos = sentNanos;
  }

  /** A connection was refused because the node is dead or gone: the heartbeat is to rejoin. */
  public void refused() {
    fenced = true;
  }

  /** Whether others took this process for dead, as far as it knows. */
  public boolean isFenced() {
    return fenced;
  }

  /** The process takes part under a new id; its first heartbeat is to be confirmed once the old runs are given up. */
  public void rejoined(UUID newNode) {
    node = newNode;
    fenced = false;
  }

  /** Whether the heartbeat is younger than half the death timeout: only then may a step be started. */
  public boolean mayStartEffects() {
    return System.nanoTime() - heartbeatNanos < deathTimeout.toNanos() / 2;
  }
}
