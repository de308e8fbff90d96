package dev.reprise.runtime.record;

import org.postgresql.replication.LogSequenceNumber;

/** Positions in the server's log, as byte offsets in Java and as {@code 16/B374D848} in SQL. */
final class Lsn {
  private Lsn() {}

  static long parse(String text) {
    return LogSequenceNumber.valueOf(text).asLong();
  }

  static String text(long lsn) {
    return LogSequenceNumber.valueOf(lsn).asString();
  }
}
