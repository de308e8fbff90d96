package dev.reprise.runtime.server;

import java.util.OptionalInt;

/** No HTTP. */
public final class NoFront implements EmbeddedRuntime.Front {
  private final Runnable last;

  /** Runs {@code last} at the end: it stops an embedded database. */
  public NoFront(Runnable last) {
    this.last = last;
  }

  @Override
  public OptionalInt port() {
    return OptionalInt.empty();
  }

  @Override
  public void refuseNewWork() {}

  @Override
  public void answerWaiting() {}

  @Override
  public void close() {
    last.run();
  }
}
