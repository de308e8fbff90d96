package dev.reprise;

import java.time.Duration;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A queue with its limits. Executions are put into it by {@link Options#queue}; those whose turn it is are started by any
 * node that has their code. Immutable; without limits unless they are set.
 *
 * <pre>{@code
 * WorkQueue.named("emails").concurrency(10).perNode(4).rate(100, Duration.ofSeconds(1))
 * }</pre>
 *
 * <p>It is declared by {@link Reprise.Builder#queues} or, in a jar, by {@link Bindings#queue}. The limits may be changed at run
 * time ({@code PUT /v1/queues/{name}}, {@code reprise queues set}); such a change holds until a node starts whose declaration
 * differs from the one before.
 *
 * <p><b>Order.</b> Higher {@linkplain Options#priority priority} first, then who was put in first, by the clock of the node
 * that did it. A delayed execution stands in the line from the end of its delay. Executions of a {@linkplain
 * Options#partition partition} are served one at a time in that order; different partitions do not wait for each other.
 * Between more than 1,000 partitions that wait at once the order is an approximate one.
 *
 * <p><b>Slots.</b> An execution that has been started keeps its slot and its partition until it ends, also while it sleeps or
 * waits, and does not queue again: what wakes up, or is taken over from a node that died, goes on at once. One that is {@link
 * ExecutionStatus#PARKED} or {@link ExecutionStatus#STRANDED} gives its slot back, but goes on holding up its partition, for
 * the order's sake: {@code GET /v1/queues} shows it; resume or cancel it. A resumed one goes on at once, beyond the limits.
 */
public final class WorkQueue {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._:@=+-]{1,200}");

  private final String name;
  private final @Nullable Integer concurrency;
  private final @Nullable Integer perNode;
  private final @Nullable Integer rate;
  private final @Nullable Duration period;

  private WorkQueue(
      String name,
      @Nullable Integer concurrency,
      @Nullable Integer perNode,
      @Nullable Integer rate,
      @Nullable Duration period) {
    this.name = name;
    this.concurrency = concurrency;
    this.perNode = perNode;
    this.rate = rate;
    this.period = period;
  }

  /**
   * A queue without limits.
   *
   * @param name 1-200 characters of {@code [A-Za-z0-9._:@=+-]}
   * @throws IllegalArgumentException for any other name
   */
  public static WorkQueue named(String name) {
    return new WorkQueue(requireName(name), null, null, null, null);
  }

  /**
   * At most so many executions of the queue at work in the whole cluster, sleeping ones included.
   *
   * @throws IllegalArgumentException for less than 1
   */
  public WorkQueue concurrency(int atOnce) {
    return new WorkQueue(name, positive("concurrency", atOnce), perNode, rate, period);
  }

  /**
   * A node starts no more while so many executions of the queue run on it. Sleeping ones run nowhere.
   *
   * @throws IllegalArgumentException for less than 1
   */
  public WorkQueue perNode(int atOnce) {
    return new WorkQueue(name, concurrency, positive("perNode", atOnce), rate, period);
  }

  /**
   * At most so many starts within any stretch of this length, in the whole cluster.
   *
   * @param within between one millisecond and 366 days
   * @throws IllegalArgumentException for less than one start, or another length
   */
  public WorkQueue rate(int starts, Duration within) {
    if (within.compareTo(Duration.ofMillis(1)) < 0 || within.compareTo(Duration.ofDays(366)) > 0) {
      throw new IllegalArgumentException(
          "the period of a rate is between one millisecond and 366 days, not " + within);
    }
    return new WorkQueue(name, concurrency, perNode, positive("rate", starts), within);
  }

  /** The name. */
  public String name() {
    return name;
  }

  /** The limit for the cluster; null for none. */
  public @Nullable Integer concurrency() {
    return concurrency;
  }

  /** The limit for a node; null for none. */
  public @Nullable Integer perNode() {
    return perNode;
  }

  /** How many starts within {@link #period}; null for any number. */
  public @Nullable Integer rate() {
    return rate;
  }

  /** The length of time that the rate is about; null where there is none. */
  public @Nullable Duration period() {
    return period;
  }

  @Override
  public String toString() {
    return "WorkQueue[" + name + ", concurrency=" + concurrency + ", perNode=" + perNode + ", rate="
        + rate + (period == null ? "" : " in " + period) + "]";
  }

  static String requireName(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "the name of a queue has 1-200 characters of [A-Za-z0-9._:@=+-], not \"" + name + "\"");
    }
    return name;
  }

  private static int positive(String limit, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(
          limit + " is at least 1, not " + value + "; leave it out for no limit");
    }
    return value;
  }
}
