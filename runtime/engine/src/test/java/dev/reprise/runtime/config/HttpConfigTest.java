package dev.reprise.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpConfigTest {
  @Test
  void theDefaultsAreLoopbackAndTheLimitsOfTheContract() {
    assertThat(HttpConfig.DEFAULT)
        .isEqualTo(new HttpConfig(
            "127.0.0.1", 0, 1_048_576, Duration.ofSeconds(60), Set.of(), Set.of(), false));
    assertThat(HttpConfig.DEFAULT.loopbackOnly()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::", "192.168.0.7", "example.com", "127.0.0.1.example.com"})
  void anAddressThatOthersReachMustBeWanted(String host) {
    assertThatThrownBy(() -> bound(host, false))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(host)
        .hasMessageContaining("--insecure");
    assertThat(bound(host, true).loopbackOnly()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"localhost", "127.0.0.1", "127.1.2.3", "::1"})
  void everyLoopbackAddressIsAccepted(String host) {
    assertThat(bound(host, false).loopbackOnly()).isTrue();
  }

  @Test
  void badValuesAreRefusedNamingThem() {
    refused("-1", () -> HttpConfig.DEFAULT.withPort(-1));
    refused("65536", () -> HttpConfig.DEFAULT.withPort(65_536));
    refused("PT0S", () -> HttpConfig.DEFAULT.withMaxWait(Duration.ZERO));
    refused("PT2H", () -> HttpConfig.DEFAULT.withMaxWait(Duration.ofHours(2)));
    refused("host", () -> bound(" ", false));
    refused("0", () -> of(0, Set.of(), Set.of()));
    refused("a:80", () -> of(1, Set.of("a:80"), Set.of()));
    refused("example.com", () -> of(1, Set.of(), Set.of("example.com")));
    refused("https://a/b", () -> of(1, Set.of(), Set.of("https://a/b")));
  }

  @Test
  void allowedNamesAreKeptInLowerCase() {
    var config = of(1, Set.of("Shop.Example"), Set.of("https://App.Example:8443"));
    assertThat(config.allowedHosts()).containsExactly("shop.example");
    assertThat(config.allowedOrigins()).containsExactly("https://app.example:8443");
  }

  private static void refused(String named, Runnable making) {
    assertThatThrownBy(making::run)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(named);
  }

  private static HttpConfig bound(String host, boolean insecure) {
    return new HttpConfig(host, 0, 1, Duration.ofSeconds(1), Set.of(), Set.of(), insecure);
  }

  private static HttpConfig of(int maxBody, Set<String> hosts, Set<String> origins) {
    return new HttpConfig("127.0.0.1", 0, maxBody, Duration.ofSeconds(1), hosts, origins, false);
  }
}
