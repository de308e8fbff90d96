package dev.reprise.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.RepriseException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnvironmentTest {
  private static final String URL = "jdbc:postgresql://localhost/shop";

  @Test
  void knowsTheDatabaseByItsVariables() {
    var environment = new Environment(Map.of(
        "REPRISE_DATABASE", URL,
        "REPRISE_DATABASE_USER", "me",
        "REPRISE_DATABASE_PASSWORD", "secret"));
    assertThat(environment.database()).contains(DatabaseConfig.of(URL, "me", "secret"));
  }

  @Test
  void knowsNoDatabaseWhereNoneIsNamed() {
    assertThat(new Environment(Map.of("REPRISE_DATABASE", " ")).database()).isEmpty();
  }

  @Test
  void readsAPasswordFromAFileWithoutItsLineEnd(@TempDir Path directory) throws Exception {
    Path file = Files.writeString(directory.resolve("password"), "secret word\r\n");
    var environment = new Environment(
        Map.of("REPRISE_DATABASE", URL, "REPRISE_DATABASE_PASSWORD_FILE", file.toString()));
    assertThat(environment.database()).contains(DatabaseConfig.of(URL, null, "secret word"));
  }

  @Test
  void refusesAPasswordThatIsGivenTwiceOrCannotBeRead() {
    var twice = new Environment(
        Map.of("REPRISE_DATABASE_PASSWORD", "a", "REPRISE_DATABASE_PASSWORD_FILE", "b"));
    assertThatThrownBy(() -> twice.secret("REPRISE_DATABASE_PASSWORD"))
        .isInstanceOf(RepriseException.class)
        .hasMessageContaining("both set");

    var missing = new Environment(Map.of("REPRISE_DATABASE_PASSWORD_FILE", "/no/such/file"));
    assertThatThrownBy(() -> missing.secret("REPRISE_DATABASE_PASSWORD"))
        .isInstanceOf(RepriseException.class)
        .hasMessageContaining("/no/such/file");
  }
}
