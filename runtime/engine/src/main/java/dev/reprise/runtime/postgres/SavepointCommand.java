package dev.reprise.runtime.postgres;

/**
 * A savepoint handled by a text rather than through JDBC.
 *
 * @param name as the server knows it
 */
record SavepointCommand(Kind kind, String name) {
  /** Savepoints of this prefix are those of joined calls. */
  static final String RESERVED_PREFIX = "reprise_";

  enum Kind {
    OPEN,
    ROLL_BACK,
    RELEASE
  }

  boolean isReserved() {
    return name.startsWith(RESERVED_PREFIX);
  }
}
