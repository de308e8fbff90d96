package dev.reprise.debugger.retro;

/** How far a run has come. */
interface Moment {
  /** How many commits there are. */
  int commits();

  /** Whether all is as it was in the original since there were so many commits. */
  boolean isUndisturbedSince(int commits);
}
