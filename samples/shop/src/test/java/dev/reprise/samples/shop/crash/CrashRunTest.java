package dev.reprise.samples.shop.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * The short form of {@code bench/crash-run}: {@code -Dcrash.seed=} runs the same schedule again, {@code -Dcrash.kills=}
 * a longer one.
 */
class CrashRunTest {
  @Test
  void nothingIsLostOrDoneTwiceWhileServersAreKilled(
      @TempDir(cleanup = CleanupMode.ON_SUCCESS) Path directory) throws Exception {
    var settings = CrashSettings.ofBuild(directory);

    var report = new CrashRun(settings).run();

    System.out.println(report);
    assertThat(report.complaints())
        .as("seed %s, logs in %s", settings.seed(), directory)
        .isEmpty();
    assertThat(report.upsets()).containsEntry("Kill", settings.kills());
    assertThat(report.fulfilled()).isGreaterThan(50);
    assertThat(report.cancelled()).isGreaterThan(10);
  }

  @Test
  void aSeedDecidesWhatFails(@TempDir Path directory) {
    var settings = CrashSettings.ofBuild(directory);

    assertThat(Schedule.of(settings)).isEqualTo(Schedule.of(settings));
  }
}
