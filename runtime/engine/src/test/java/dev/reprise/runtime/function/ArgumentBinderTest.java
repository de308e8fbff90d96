package dev.reprise.runtime.function;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.reprise.Param;
import dev.reprise.Transaction;
import dev.reprise.runtime.json.BadArgumentsException;
import dev.reprise.runtime.json.JsonCodec;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ArgumentBinderTest {
  record Line(String item, int quantity) {}

  record Order(String customer, List<Line> lines) {
    Order {
      if (customer.isBlank()) {
        throw new IllegalArgumentException("customer is blank");
      }
    }
  }

  public static class Shop {
    @Transaction
    public void order(Order order, @Param("price") BigDecimal net, Optional<String> note) {}

    @Transaction
    public void reserve(String item, int quantity) {}

    @Transaction
    public void ping() {}

    @Transaction
    public void index(Map<String, List<Long>> entries) {}
  }

  private static final List<FunctionDefinition> FUNCTIONS =
      new FunctionScanner(new JsonCodec(), null).scan(Shop.class);

  private final ArgumentBinder binder = new ArgumentBinder(new JsonCodec());

  private static FunctionDefinition function(String name) {
    return FUNCTIONS.stream()
        .filter(function -> function.name().equals("Shop." + name))
        .findFirst()
        .orElseThrow();
  }

  private BadArgumentsException refused(String function, String body) {
    return catchThrowableOfType(
        BadArgumentsException.class, () -> binder.bind(body, function(function)));
  }

  @Test
  void argumentsAreTakenByPosition() {
    assertThat(binder.bind("[\"pen\", 2]", function("reserve"))).containsExactly("pen", 2);
    assertThat(binder.bind(
            "[{\"customer\":\"c\",\"lines\":[{\"item\":\"pen\",\"quantity\":2}]}, 1.10]",
            function("order")))
        .containsExactly(
            new Order("c", List.of(new Line("pen", 2))), new BigDecimal("1.10"), Optional.empty());
  }

  @Test
  void argumentsAreTakenByNameInAnyOrder() {
    assertThat(binder.bind("{\"quantity\":2,\"item\":\"pen\"}", function("reserve")))
        .containsExactly("pen", 2);
    assertThat(binder.bind(
            "{\"note\":\"soon\",\"price\":1,\"order\":{\"customer\":\"c\",\"lines\":[]}}",
            function("order")))
        .containsExactly(new Order("c", List.of()), BigDecimal.ONE, Optional.of("soon"));
  }

  @ParameterizedTest
  @CsvSource(value = {"''", "'  '", "[]", "{}", "'\n[ ]\n'"})
  void anEmptyBodyIsNoArguments(String body) {
    assertThat(binder.bind(body, function("ping"))).isEmpty();
  }

  @Test
  void nullIsAnArgumentWhereTheTypeHasIt() {
    assertThat(binder.bind("[null, 2]", function("reserve"))).containsExactly(null, 2);
    assertThat(refused("reserve", "[\"pen\", null]"))
        .hasMessage("argument 1 is null; expected: integer");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "reserve | [\"pen\", \"2\"] | argument 1 is not an integer; expected: integer",
        "reserve | [\"pen\", 1.5] | argument 1 is not an integer; expected: integer",
        "reserve | [\"pen\", 99999999999] | argument 1 is out of range; expected: integer",
        "reserve | [7, 2] | argument 0 is not a string; expected: string",
        "reserve | [\"pen\"] | 1 argument given, 2 expected; expected: {\"item\": string, \"quantity\": integer}",
        "reserve | [\"pen\",2,3] | 3 arguments given, 2 expected; expected: {\"item\": string, \"quantity\": integer}",
        "reserve | '' | argument item is missing; expected: {\"item\": string, \"quantity\": integer}",
        "reserve | {\"item\":\"pen\"} | argument quantity is missing; expected: {\"item\": string, \"quantity\": integer}",
        "reserve | {\"item\":\"pen\",\"amount\":2} | argument amount is unknown; expected: {\"item\": string, \"quantity\": integer}",
        "reserve | {\"item\":\"pen\",\"item\":\"ink\"} | the body has a property twice (line 1, column 21); expected: {\"item\": string, \"quantity\": integer}",
        "reserve | [\"pen\", 2 | the body is not valid JSON (line 1, column 10); expected: {\"item\": string, \"quantity\": integer}",
        "reserve | [\"pen\", 2] [] | the body goes on after its end; expected: {\"item\": string, \"quantity\": integer}",
        "reserve | \"pen\" | the body is neither a JSON array nor an object; expected: {\"item\": string, \"quantity\": integer}",
        "ping | [1] | 1 argument given, 0 expected; expected: no arguments",
        "order | {\"order\":{\"customer\":\"c\",\"lines\":[{\"item\":\"pen\",\"quantity\":\"x\"}]},\"price\":1} | argument order.lines[0].quantity is not an integer; expected: {\"customer\": string, \"lines\": [{\"item\": string, \"quantity\": integer}, ...]}",
        "order | [{\"customer\":\"c\",\"colour\":1}, 1] | argument 0.colour is not a known property; expected: {\"customer\": string, \"lines\": [{\"item\": string, \"quantity\": integer}, ...]}",
        "order | [{\"customer\":\" \"}, 1] | argument 0 was refused: customer is blank; expected: {\"customer\": string, \"lines\": [{\"item\": string, \"quantity\": integer}, ...]}",
        "order | [{\"lines\":[]}, 1] | argument 0 was refused; expected: {\"customer\": string, \"lines\": [{\"item\": string, \"quantity\": integer}, ...]}",
        "index | [{\"a b\":[1,\"x\"]}] | argument 0.\"a b\"[1] is not an integer; expected: {string: [integer, ...], ...}",
      })
  void whatDoesNotFitIsRefusedWithPlaceProblemAndExpectedShape(
      String function, String body, String message) {
    assertThat(refused(function, body)).hasMessage(message);
  }

  @Test
  void theErrorHasItsPartsInFields() {
    var error = refused("order", "{\"order\":{\"customer\":1}}");
    assertThat(error.argument()).isEqualTo("order");
    assertThat(error.path()).isEqualTo("order.customer");
    assertThat(error.problem()).isEqualTo("is not a string");
    assertThat(error.expected()).startsWith("{\"customer\": string");
  }

  @Test
  void unknownNamesOfParametersAreExplained() {
    var nameless = new FunctionDefinition(
        "f",
        function("ping").policy(),
        function("ping").method(),
        List.of(new Parameter(null, String.class)),
        null);
    assertThatThrownBy(() -> binder.bind("{\"item\":\"pen\"}", nameless))
        .isInstanceOf(BadArgumentsException.class)
        .hasMessageContaining("give the arguments as an array")
        .hasMessageContaining("-parameters")
        .hasMessageContaining("@Param")
        .hasMessageEndingWith("expected: [string]");
  }

  @Test
  void theBodyIsUtf8() {
    assertThat(binder.bind("[\"ü\",1]".getBytes(StandardCharsets.UTF_8), function("reserve")))
        .containsExactly("ü", 1);
    assertThatThrownBy(() ->
            binder.bind("[\"ü\",1]".getBytes(StandardCharsets.ISO_8859_1), function("reserve")))
        .isInstanceOf(BadArgumentsException.class)
        .hasMessageStartingWith("the body is not UTF-8");
  }

  @Test
  void messagesNameNoClassesAndRepeatNoLongNames() {
    var error = refused("reserve", "{\"" + "x".repeat(5000) + "\":1}");
    assertThat(error.getMessage()).hasSizeLessThan(400).doesNotContain("dev.reprise", "jackson");
  }

  @Property
  void bytesGiveArgumentsOrTheOneError(@ForAll byte[] body) {
    assertBindsOrRefuses(body);
  }

  @Property
  void textAlmostLikeJsonGivesArgumentsOrTheOneError(
      @ForAll
          @StringLength(max = 30)
          @net.jqwik.api.constraints.Chars({
            '[', ']', '{', '}', '"', ',', ':', '1', '.', '-', 'e', 'n', 'u', 'l', 'i', 't', 'm',
            ' ', '\\',
          })
          String body) {
    assertBindsOrRefuses(body.getBytes(StandardCharsets.UTF_8));
    assertBindsOrRefuses(("[" + body + "]").getBytes(StandardCharsets.UTF_8));
    assertBindsOrRefuses(
        ("{\"item\":" + body + ",\"quantity\":1}").getBytes(StandardCharsets.UTF_8));
  }

  private void assertBindsOrRefuses(byte[] body) {
    for (var function : FUNCTIONS) {
      var thrown = catchThrowable(
          () -> assertThat(binder.bind(body, function)).hasSameSizeAs(function.parameters()));
      assertThat(thrown).isIn(null, thrown instanceof BadArgumentsException ? thrown : null);
    }
  }
}
