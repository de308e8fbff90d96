package dev.reprise.runtime.execution;

import java.security.SecureRandom;
import java.util.UUID;

/**
 * Internal ids: UUIDs of version 7 (RFC 9562, 5.7), so that new rows go to the end of the index. Ordered within a process;
 * across processes as well as their clocks agree. Thread-safe.
 */
public final class TimeOrderedIds {
  private final SecureRandom random = new SecureRandom();
  private long last;

  /** The next id. */
  public UUID next() {
    long low = random.nextLong() & 0x3FFFFFFFFFFFFFFFL | 0x8000000000000000L;
    return new UUID(high(), low);
  }

  /** 48 bits of milliseconds, the version, and 12 bits that count within a millisecond. */
  private synchronized long high() {
    long now = System.currentTimeMillis() << 16 | 0x7000L;
    last = Math.max(
        now, (last & 0xFFF) == 0xFFF ? (last & ~0xFFFFL) + (1L << 16) + 0x7000L : last + 1);
    return last;
  }
}
