package dev.reprise.runtime.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class BackoffTest {
  private static final Backoff BACKOFF =
      new Backoff(Duration.ofMillis(10), Duration.ofSeconds(1), 5);

  @Property
  void waitsBetweenHalfAndTheWholeOfADoublingBound(
      @ForAll @IntRange(min = 1, max = 1_000) int failures, @ForAll long seed) {
    Duration delay = BACKOFF.delay(failures, new Random(seed));
    Duration bound =
        failures > 7 ? Duration.ofSeconds(1) : Duration.ofMillis(10L << (failures - 1));
    assertThat(delay).isBetween(bound.dividedBy(2), bound);
    assertThat(BACKOFF.delay(failures, new Random(seed))).isEqualTo(delay);
  }

  @Example
  void allowsSoManyAttempts() {
    assertThat(BACKOFF.allows(4)).isTrue();
    assertThat(BACKOFF.allows(5)).isFalse();
  }

  @Example
  void refusesBoundsThatMakeNoSense() {
    assertThatThrownBy(() -> new Backoff(Duration.ZERO, Duration.ofSeconds(1), 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Backoff(Duration.ofSeconds(2), Duration.ofSeconds(1), 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Backoff(Duration.ofMillis(1), Duration.ofSeconds(1), 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Example
  void anInterruptEndsTheWait() {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> Backoff.await(Duration.ofMinutes(1)))
        .isInstanceOf(InterruptedException.class);
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }
}
