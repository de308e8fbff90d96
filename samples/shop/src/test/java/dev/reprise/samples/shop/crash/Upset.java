package dev.reprise.samples.shop.crash;

import java.time.Duration;

/** Something that goes wrong. */
sealed interface Upset {
  /**
   * SIGKILL for a server that has been up for a while, or that is about to start.
   *
   * @param up how long it is left alone after it has answered; negative to kill it so long after its start, whether it
   *     listens already or not
   */
  record Kill(int server, Duration up) implements Upset {}

  /** SIGSTOP for a server, and SIGCONT after {@code length}. */
  record Freeze(int server, Duration length) implements Upset {}

  /**
   * {@code pg_terminate_backend}.
   *
   * @param most how many sessions
   * @param busy whether only sessions inside a transaction or a statement
   */
  record CutSessions(int most, boolean busy) implements Upset {}

  /** The database stops without a checkpoint and recovers from its log. */
  record CrashDatabase() implements Upset {}

  /** Another mood of the payment provider. */
  record Mood(String mode, double probability, Duration delay, long seed) implements Upset {}

  /** An upset and the pause before it. */
  record Planned(Duration pause, Upset upset) {}
}
