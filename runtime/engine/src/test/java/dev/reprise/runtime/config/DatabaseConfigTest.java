package dev.reprise.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseConfigTest {
  @Test
  void hasTheseDefaults() {
    var config = DatabaseConfig.of("jdbc:postgresql://localhost/shop");
    assertThat(config.callConnections()).isEqualTo(16);
    assertThat(config.logConnections()).isEqualTo(4);
    assertThat(config.housekeepingConnections()).isEqualTo(2);
    assertThat(config.user()).isNull();
    assertThat(config.withCallConnections(3).callConnections()).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "jdbc:postgresql:",
        "jdbc:mysql://localhost/shop",
        "postgresql://localhost/shop",
        "JDBC:POSTGRESQL://localhost/shop",
      })
  void refusesWhatIsNotTheUrlOfAPostgresDatabase(String url) {
    assertThatThrownBy(() -> DatabaseConfig.of(url))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("jdbc:postgresql://host:5432/database");
  }

  @ParameterizedTest
  @CsvSource({
    "jdbc:postgresql://h/d?password=secret, jdbc:postgresql://h/d?password=***",
    "jdbc:postgresql://h/d?a=b&Password=secret&c=d, jdbc:postgresql://h/d?a=b&Password=***&c=d",
    "jdbc:postgresql://h/d?sslpassword=secret, jdbc:postgresql://h/d?sslpassword=***",
    "jdbc:postgresql://me:secret@h/d, jdbc:postgresql://me:***@h/d",
    "jdbc:postgresql://h1:1/d, jdbc:postgresql://h1:1/d",
  })
  void masksPasswords(String url, String masked) {
    assertThat(DatabaseConfig.of(url).maskedUrl()).isEqualTo(masked);
    assertThat(DatabaseConfig.of(url, "me", "secret").toString())
        .contains(masked)
        .doesNotContain("secret");
  }

  @Test
  void masksThePasswordOfAUrlThatItRefuses() {
    assertThatThrownBy(() -> DatabaseConfig.of("postgresql://me:secret@h/d"))
        .hasMessageContaining("postgresql://me:***@h/d")
        .hasMessageNotContaining("secret");
  }

  @Test
  void refusesPoolsWithoutConnections() {
    var config = DatabaseConfig.of("jdbc:postgresql://localhost/shop");
    assertThatThrownBy(() -> config.withCallConnections(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("callConnections is at least 1, not 0");
  }
}
