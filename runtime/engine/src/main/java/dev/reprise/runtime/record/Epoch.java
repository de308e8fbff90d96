package dev.reprise.runtime.record;

/**
 * One uninterrupted recording.
 *
 * @param recordedLsn every transaction whose commit record begins before it is recorded
 */
record Epoch(
    int number, String slot, String systemIdentifier, int timeline, long recordedLsn, State state) {
  /** How the reason of an end begins that is followed by a rest. */
  static final String LAGGED = "the server had to keep too much of its log";

  /** How far it has come. */
  enum State {
    COPYING,
    RECORDING,
    ENDED
  }
}
