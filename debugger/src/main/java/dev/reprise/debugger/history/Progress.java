package dev.reprise.debugger.history;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Tells people how far long work has come: nothing of what is done soon, and then not too often. Thread-safe. */
public final class Progress {
  /** Tells nothing. */
  public static final Progress NONE = new Progress(line -> {}, Duration.ofDays(1));

  private final Consumer<String> tell;
  private final long pause;
  private volatile long next;

  /**
   * Begins now.
   *
   * @param tell is given a line
   * @param pause until the first line, and between two
   */
  public Progress(Consumer<String> tell, Duration pause) {
    this.tell = tell;
    this.pause = pause.toNanos();
    this.next = System.nanoTime() + this.pause;
  }

  /** Is called as often as one likes; the text is made where it is told. */
  public void at(Supplier<String> state) {
    if (System.nanoTime() - next >= 0) {
      tell(state);
    }
  }

  private synchronized void tell(Supplier<String> state) {
    long now = System.nanoTime();
    if (now - next >= 0) {
      next = now + pause;
      tell.accept(state.get());
    }
  }
}
