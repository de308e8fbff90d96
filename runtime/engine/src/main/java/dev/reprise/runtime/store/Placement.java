package dev.reprise.runtime.store;

import dev.reprise.Options;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Where an execution waits before it is started, if anywhere.
 *
 * @param queue null for none
 * @param priority higher comes first
 * @param partition of the queue, served one at a time; null for none
 * @param deduplication of which there is one living execution in the queue; null for none
 * @param notBefore the end of its delay; null for none
 */
public record Placement(
    @Nullable String queue,
    int priority,
    @Nullable String partition,
    @Nullable String deduplication,
    @Nullable Instant notBefore) {
  /** In no queue and not delayed. */
  public static final Placement NONE = new Placement(null, 0, null, null, null);

  /** What the options ask of an execution that is created at this time. */
  public static Placement of(Options options, Instant createdAt) {
    options.requireConsistent();
    if (options.queue() == null && options.delay().isZero()) {
      return NONE;
    }
    return new Placement(
        options.queue(),
        options.priority(),
        options.partition(),
        options.deduplication(),
        options.delay().isZero() ? null : createdAt.plus(options.delay()));
  }

  /** Whether it is started like any other. */
  public boolean isNone() {
    return queue == null && notBefore == null;
  }
}
