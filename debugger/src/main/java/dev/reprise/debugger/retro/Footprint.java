package dev.reprise.debugger.retro;

import java.util.HashSet;
import java.util.Set;

/**
 * What a transaction read and wrote, no less than it did: where rows are not known, the whole table stands for them.
 * Immutable.
 */
public record Footprint(Set<Access> reads, Set<Access> writes) {
  /** Nothing. */
  public static final Footprint NONE = new Footprint(Set.of(), Set.of());

  /** Copies the sets. */
  public Footprint {
    reads = Set.copyOf(reads);
    writes = Set.copyOf(writes);
  }

  /** Both. */
  public Footprint and(Footprint other) {
    var allReads = new HashSet<>(reads);
    allReads.addAll(other.reads);
    var allWrites = new HashSet<>(writes);
    allWrites.addAll(other.writes);
    return new Footprint(allReads, allWrites);
  }

  /** Whether what was written there can have an effect here: on what is read, or on a row that both write. */
  public boolean isTouchedBy(Set<Access> written) {
    return written.stream()
        .anyMatch(write ->
            reads.stream().anyMatch(write::meets) || writes.stream().anyMatch(write::meets));
  }
}
