package dev.reprise.runtime.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** Time as a node estimates it. */
class DatabaseClockTest {
  private final DatabaseClock clock = new DatabaseClock();

  @Test
  void aLittleCorrectionDoesNotMakeTheLaterOlder() {
    clock.observe(Instant.now().plusMillis(300));
    var before = clock.now();
    clock.observe(Instant.now());
    assertThat(clock.now()).isAfterOrEqualTo(before);
  }

  @Test
  void aClockThatWasSetIsFollowed() {
    clock.observe(Instant.now().plus(Duration.ofHours(1)));
    var before = clock.now();
    clock.observe(Instant.now());
    assertThat(clock.now()).isBefore(before.minus(Duration.ofMinutes(59)));
  }

  @Test
  void timeThatTestsMoveGoesForward() {
    var before = clock.now();
    clock.advance(Duration.ofDays(2));
    assertThat(clock.now()).isAfterOrEqualTo(before.plus(Duration.ofDays(2)));
  }
}
