package dev.reprise.debugger.retro;

/** How far a walk has come, and since when it is another than the original. For one thread. */
final class WalkMoment implements Moment {
  private int commits;
  private int disturbedAt = -1;

  @Override
  public int commits() {
    return commits;
  }

  @Override
  public boolean isUndisturbedSince(int count) {
    return disturbedAt < count;
  }

  /** One more commit. */
  void committed() {
    commits++;
  }

  /** From here on it may be another. */
  void disturbed() {
    disturbedAt = commits;
  }
}
