package dev.reprise.runtime.config;

import java.time.Duration;

/**
 * How a node takes part in the cluster.
 *
 * @param deathTimeout how long it may be silent before others take over; 7 s by default, so that with a beat every
 *     {@code heartbeat} its executions go on elsewhere within 10 s
 * @param heartbeat the pause between two beats; 2 s by default, at most a third of the death timeout
 * @param maxRunning how many executions it runs at once; 256 by default. Beyond it calls get 503
 * @param shutdownGrace how long running calls may take to end when the node stops; 25 s by default
 * @param retention how long ended executions stay in the log; for ever by default
 * @param limits what one execution may take
 */
public record NodeConfig(
    Duration deathTimeout,
    Duration heartbeat,
    int maxRunning,
    Duration shutdownGrace,
    Retention retention,
    Limits limits) {
  /** The defaults. */
  public static final NodeConfig DEFAULT =
      new NodeConfig(Duration.ofSeconds(7), Duration.ofSeconds(2), 256, Duration.ofSeconds(25));

  /** One that keeps all executions. */
  public NodeConfig(
      Duration deathTimeout, Duration heartbeat, int maxRunning, Duration shutdownGrace) {
    this(deathTimeout, heartbeat, maxRunning, shutdownGrace, Retention.FOREVER, Limits.DEFAULT);
  }

  public NodeConfig {
    if (heartbeat.isNegative()
        || heartbeat.isZero()
        || heartbeat.multipliedBy(3).compareTo(deathTimeout) > 0) {
      throw new IllegalArgumentException("the heartbeat (" + heartbeat
          + ") must be above zero and at most a third of the death timeout (" + deathTimeout + ")");
    }
    if (maxRunning < 1) {
      throw new IllegalArgumentException("maxRunning is at least 1, not " + maxRunning);
    }
    if (shutdownGrace.isNegative()) {
      throw new IllegalArgumentException("the shutdown grace is not negative");
    }
  }

  /** The same with another grace. */
  public NodeConfig withShutdownGrace(Duration grace) {
    return new NodeConfig(deathTimeout, heartbeat, maxRunning, grace, retention, limits);
  }

  /** The same with another death timeout and the heartbeat that fits it. */
  public NodeConfig withDeathTimeout(Duration timeout) {
    return new NodeConfig(
        timeout,
        timeout.multipliedBy(2).dividedBy(7),
        maxRunning,
        shutdownGrace,
        retention,
        limits);
  }

  /** The same with another retention. */
  public NodeConfig withRetention(Retention time) {
    return new NodeConfig(deathTimeout, heartbeat, maxRunning, shutdownGrace, time, limits);
  }

  /** The same with other limits. */
  public NodeConfig withLimits(Limits other) {
    return new NodeConfig(deathTimeout, heartbeat, maxRunning, shutdownGrace, retention, other);
  }
}
