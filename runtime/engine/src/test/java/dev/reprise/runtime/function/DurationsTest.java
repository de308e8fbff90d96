package dev.reprise.runtime.function;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {
  @ParameterizedTest
  @CsvSource({
    "500ms, PT0.5S",
    "0s, PT0S",
    "30s, PT30S",
    "5m, PT5M",
    "2h, PT2H",
    "1d, PT24H",
    "PT30S, PT30S",
    "P1DT2H, PT26H",
    "pt1s, PT1S"
  })
  void aDurationIsReadInBothForms(String text, Duration duration) {
    assertThat(Durations.parse(text)).isEqualTo(duration);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "soon",
        "5",
        "5 s",
        "-5s",
        "PT-5S",
        "1.5s",
        "5S",
        "1w",
        "999999999999999d",
        "P400000D"
      })
  void anythingElseIsRefusedWithExamples(String text) {
    assertThatThrownBy(() -> Durations.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "\"" + text + "\" is no duration: write 500ms, 30s, 5m, 2h, 1d or ISO-8601 like PT30S");
  }

  @Property
  void whatADurationWritesCanBeRead(@ForAll @IntRange(max = 1_000_000) int millis) {
    var duration = Duration.ofMillis(millis);
    assertThat(Durations.parse(duration.toString())).isEqualTo(duration);
    assertThat(Durations.parse(millis + "ms")).isEqualTo(duration);
  }

  @Property
  void anyTextIsADurationOrTheOneError(@ForAll String text) {
    var thrown = catchThrowable(
        () -> assertThat(Durations.parse(text)).isGreaterThanOrEqualTo(Duration.ZERO));
    assertThat(thrown).isIn(null, thrown instanceof IllegalArgumentException ? thrown : null);
  }
}
