package dev.reprise.debugger.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

class ProgressTest {
  @Test
  void nothingIsToldOfWhatIsDoneSoon() {
    var told = new ArrayList<String>();
    var progress = new Progress(told::add, Duration.ofHours(1));
    for (int i = 0; i < 1000; i++) {
      progress.at(() -> "so far");
    }
    assertThat(told).isEmpty();
  }

  @Test
  void linesAreAtLeastThePauseApart() {
    var times = new ArrayList<Long>();
    var pause = Duration.ofMillis(20);
    long began = System.nanoTime();
    var progress = new Progress(line -> times.add(System.nanoTime()), pause);
    while (times.size() < 4) {
      progress.at(() -> "so far");
    }
    assertThat(times.get(3) - began)
        .isGreaterThanOrEqualTo(pause.multipliedBy(4).toNanos());
  }
}
