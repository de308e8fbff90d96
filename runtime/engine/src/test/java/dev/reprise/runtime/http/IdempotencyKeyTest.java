package dev.reprise.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class IdempotencyKeyTest {
  private static final String ALLOWED =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:@=+-";

  @Property
  void aKeyIsTheSameWithAndWithoutQuotes(@ForAll("keys") String key) {
    assertThat(IdempotencyKey.parse(List.of(key))).contains(key);
    assertThat(IdempotencyKey.parse(List.of('"' + key + '"'))).contains(key);
  }

  @Property
  void anyTextIsAKeyOfTheGrammarOrRefused(@ForAll String text) {
    Optional<String> key;
    try {
      key = IdempotencyKey.parse(List.of(text));
    } catch (ProblemException e) {
      assertThat(e.problem()).isEqualTo(Problem.INVALID_IDEMPOTENCY_KEY);
      return;
    }
    assertThat(key.orElseThrow()).matches("[A-Za-z0-9._:@=+-]{1,200}").isNotIn(".", "..");
    assertThat(text).isIn(key.get(), '"' + key.get() + '"');
  }

  @Example
  void whatIsNoKeyIsRefused() {
    for (var text : List.of(
        "",
        "\"\"",
        "\"",
        ".",
        "..",
        "\".\"",
        "a b",
        "a,b",
        "a\"",
        "\"a",
        "\"a\";x=1",
        "\"a\\\"b\"",
        "'a'",
        "a/b",
        "é",
        "a".repeat(201))) {
      assertThatThrownBy(() -> IdempotencyKey.parse(List.of(text)))
          .as(text)
          .isInstanceOf(ProblemException.class)
          .hasMessageContaining("1-200 characters");
    }
  }

  @Example
  void aRepeatedKeyIsRefusedAndAMissingOneIsNone() {
    assertThat(IdempotencyKey.parse(List.of())).isEmpty();
    assertThatThrownBy(() -> IdempotencyKey.parse(List.of("a", "a")))
        .hasMessageContaining("2 times");
  }

  @Provide
  Arbitrary<String> keys() {
    return Arbitraries.strings()
        .withChars(ALLOWED.toCharArray())
        .ofMinLength(1)
        .ofMaxLength(200)
        .filter(key -> !key.equals(".") && !key.equals(".."));
  }
}
