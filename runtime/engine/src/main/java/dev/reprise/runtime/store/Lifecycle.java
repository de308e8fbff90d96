package dev.reprise.runtime.store;

import org.jspecify.annotations.Nullable;

/**
 * What became of an execution besides its outcome.
 *
 * @param recoveries how often it went on after the death of the node that ran it, since it last fell asleep or was resumed
 * @param lineage where the first operations of a fork come from; null for an execution that is none
 */
public record Lifecycle(int recoveries, @Nullable Lineage lineage) {
  /** Of an execution that was called, and never lost its node. */
  public static final Lifecycle PLAIN = new Lifecycle(0, null);
}
