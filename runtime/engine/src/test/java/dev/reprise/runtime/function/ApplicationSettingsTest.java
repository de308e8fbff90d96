package dev.reprise.runtime.function;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ApplicationSettingsTest {
  private static final Map<String, String> VARIABLES = Map.of(
      "REPRISE_APP_PLAIN", "value",
      "REPRISE_APP_SECRET_FILE", "/run/secret",
      "REPRISE_APP_BOTH", "a",
      "REPRISE_APP_BOTH_FILE", "/run/both",
      "OTHER", "never");

  private final ApplicationSettings settings = new ApplicationSettings(
      name -> Optional.ofNullable(VARIABLES.get(name)), file -> "content of " + file + "\r\n");

  @Test
  void aSettingIsAVariableWithThePrefix() {
    assertThat(settings.get("PLAIN")).contains("value");
    assertThat(settings.get("OTHER")).isEmpty();
  }

  @Test
  void aSecretIsReadFromItsFileWithoutTheLastLineEnd() {
    assertThat(settings.get("SECRET")).contains("content of /run/secret");
  }

  @Test
  void bothAtOnceAreRefused() {
    assertThatThrownBy(() -> settings.get("BOTH"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "both REPRISE_APP_BOTH and REPRISE_APP_BOTH_FILE are set: leave one of them out");
  }

  @Test
  void aRequiredSettingThatIsMissingIsNamed() {
    assertThatThrownBy(() -> settings.require("GONE"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("REPRISE_APP_GONE");
    assertThat(ApplicationSettings.NONE.get("PLAIN")).isEmpty();
  }
}
