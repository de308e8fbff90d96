package dev.reprise.runtime.security;

import static dev.reprise.runtime.security.CallerPolicy.Refusal.FOREIGN_HOST;
import static dev.reprise.runtime.security.CallerPolicy.Refusal.FOREIGN_ORIGIN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.config.HttpConfig;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CallerPolicyTest {
  private final CallerPolicy loopback = new CallerPolicy(HttpConfig.DEFAULT);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        "localhost:8080",
        "LOCALHOST:1",
        "127.0.0.1",
        "127.0.0.1:8080",
        "[::1]",
        "[::1]:8080"
      })
  void theNamesOfLoopbackMayComeIn(String host) {
    assertThat(loopback.check(List.of(host), List.of(), List.of())).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.example",
        "evil.example:8080",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "192.168.0.7",
        "localhost:8080@evil.example",
        "user@localhost",
        "localhost:",
        "localhost:8080:1",
        "local host",
        ""
      })
  void anyOtherHostIsForeign(String host) {
    assertThat(loopback.check(List.of(host), List.of(), List.of())).contains(FOREIGN_HOST);
  }

  @Test
  void aMissingOrRepeatedHostIsForeign() {
    assertThat(loopback.check(List.of(), List.of(), List.of())).contains(FOREIGN_HOST);
    assertThat(loopback.check(List.of("localhost", "localhost"), List.of(), List.of()))
        .contains(FOREIGN_HOST);
  }

  @Test
  void theServersOwnOriginMayComeInAndNoOther() {
    var host = List.of("localhost:8080");
    assertThat(loopback.check(host, List.of("http://localhost:8080"), List.of()))
        .isEmpty();
    assertThat(loopback.check(host, List.of("https://LOCALHOST:8080"), List.of()))
        .isEmpty();
    for (var foreign : List.of(
        "http://localhost:3000",
        "http://localhost",
        "http://127.0.0.1:8080",
        "https://evil.example",
        "null",
        "")) {
      assertThat(loopback.check(host, List.of(foreign), List.of()))
          .as(foreign)
          .contains(FOREIGN_ORIGIN);
    }
    assertThat(loopback.check(
            host, List.of("http://localhost:8080", "https://evil.example"), List.of()))
        .contains(FOREIGN_ORIGIN);
  }

  @Test
  void aBrowserThatTellsOfAnotherSiteIsRefused() {
    var host = List.of("localhost");
    assertThat(loopback.check(host, List.of(), List.of("cross-site"))).contains(FOREIGN_ORIGIN);
    assertThat(loopback.check(host, List.of(), List.of("same-origin"))).isEmpty();
    assertThat(loopback.check(host, List.of(), List.of("none"))).isEmpty();
  }

  @Test
  void configuredNamesAndOriginsMayComeIn() {
    var policy = policy("127.0.0.1", Set.of("shop.example"), Set.of("https://app.example"));
    assertThat(policy.check(List.of("shop.example:80"), List.of(), List.of())).isEmpty();
    assertThat(policy.check(List.of("shop.example"), List.of("https://app.example"), List.of()))
        .isEmpty();
    assertThat(policy.check(List.of("app.example"), List.of(), List.of())).contains(FOREIGN_HOST);
  }

  @Test
  void whereOtherMachinesReachTheServerAddressesMayComeInButNamesMayNot() {
    var policy = policy("0.0.0.0", Set.of(), Set.of());
    assertThat(policy.check(List.of("10.1.2.3:8080"), List.of(), List.of())).isEmpty();
    assertThat(policy.check(List.of("[fe80::1]:8080"), List.of(), List.of())).isEmpty();
    assertThat(policy.check(List.of("evil.example"), List.of(), List.of())).contains(FOREIGN_HOST);
    assertThat(policy("0.0.0.0", Set.of("*"), Set.of())
            .check(List.of("any.example"), List.of(), List.of()))
        .isEmpty();
  }

  @Property
  void noTextGetsInThatIsNotANameOfLoopback(@ForAll String host) {
    var refusal = loopback.check(List.of(host), List.of(), List.of());
    assertThat(refusal.isEmpty())
        .isEqualTo(host.matches("(?i)(localhost|127\\.0\\.0\\.1|\\[::1])(:[0-9]{1,5})?"));
  }

  private static CallerPolicy policy(String host, Set<String> hosts, Set<String> origins) {
    return new CallerPolicy(
        new HttpConfig(host, 0, 1, Duration.ofSeconds(1), hosts, origins, true));
  }
}
