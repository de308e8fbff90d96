package dev.reprise.runtime.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.RepriseException;
import dev.reprise.runtime.config.Environment;
import dev.reprise.runtime.config.Retention;
import dev.reprise.runtime.config.Setting;
import dev.reprise.runtime.config.SettingSources;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetentionSettingsTest {
  private static ServerSettings settings(Map<Setting, String> flags) {
    return new ServerSettings(SettingSources.of(flags, new Environment(Map.of()), null));
  }

  @Test
  void withoutItAllIsKept() {
    var settings = settings(Map.of());
    assertThat(settings.node().retention()).isEqualTo(Retention.FOREVER);
    assertThat(settings.record().retention()).isEmpty();
  }

  @Test
  void failuresHaveTheSameTimeUnlessItIsGiven() {
    var same = settings(Map.of(Setting.RETENTION, "30d"));
    assertThat(same.node().retention()).isEqualTo(Retention.of(Duration.ofDays(30)));
    var longer = settings(Map.of(Setting.RETENTION, "12h", Setting.RETENTION_FAILED, "90d"));
    assertThat(longer.node().retention())
        .isEqualTo(
            new Retention(Optional.of(Duration.ofHours(12)), Optional.of(Duration.ofDays(90))));
    assertThat(longer.record().retention())
        .as("the history is there for all that are kept")
        .contains(Duration.ofDays(90));
  }

  @ParameterizedTest
  @CsvSource({
    "30, , 'retention is a duration with its unit like 30d or 12h, not \"30\" (from --retention)'",
    "long, , 'with its unit'",
    "1s, , 'retention is at least one minute (1m), not PT1S'",
    "30d, 0s, 'retention-failed is at least one minute'",
    ", 30d, 'retention-failed needs a retention'"
  })
  void whatCannotBeMeantIsRefused(String retention, String failed, String message) {
    var flags = new java.util.EnumMap<Setting, String>(Setting.class);
    if (retention != null) {
      flags.put(Setting.RETENTION, retention);
    }
    if (failed != null) {
      flags.put(Setting.RETENTION_FAILED, failed);
    }
    assertThatThrownBy(() -> settings(flags).check())
        .isInstanceOf(RepriseException.class)
        .hasMessageContaining(message);
  }
}
