package dev.reprise.runtime.record;

/**
 * The 64-bit id of a transaction of which the stream tells the lower half. The upper half is that of the nearest id to
 * a reference that is known in full. Nearest is right as long as the two are less than 2^31 apart: no transaction that
 * the slot still has to decode is further behind the server's next id, or the server would have stopped to give ids.
 */
final class TransactionIds {
  private long reference;

  /** With an id in full, of about the time of those to come. */
  TransactionIds(long reference) {
    this.reference = reference;
  }

  /** A newer id in full, as the server tells from time to time. */
  void reference(long newer) {
    reference = newer;
  }

  /** The id in full. */
  long inFull(int lower) {
    return reference + (lower - (int) reference);
  }
}
