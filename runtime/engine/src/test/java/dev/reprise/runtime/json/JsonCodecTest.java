package dev.reprise.runtime.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.reprise.TypeRef;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class JsonCodecTest {
  private final JsonCodec codec = new JsonCodec();

  enum Colour {
    RED,
    GREEN
  }

  record Line(String item, int quantity, BigDecimal price) {}

  record Order(String customer, List<Line> lines, Optional<String> note) {}

  record Nothing() {}

  record Positive(int number) {
    Positive {
      if (number <= 0) {
        throw new IllegalArgumentException("number must be positive");
      }
    }
  }

  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
  @JsonSubTypes(@JsonSubTypes.Type(value = Card.class, name = "card"))
  sealed interface Payment {}

  record Card(String number) implements Payment {}

  record Sku(@JsonValue String code) {}

  record Cart(List<String> items) {
    public boolean isEmpty() {
      return items.isEmpty();
    }

    public int getSize() {
      return items.size();
    }
  }

  public static class Bean {
    public String getDerived() {
      return zebra + ant;
    }

    private String zebra = "";
    private int ant;

    public String getZebra() {
      return zebra;
    }

    public void setZebra(String zebra) {
      this.zebra = zebra;
    }

    public int getAnt() {
      return ant;
    }

    public void setAnt(int ant) {
      this.ant = ant;
    }
  }

  @JsonTypeInfo(use = JsonTypeInfo.Id.CLASS)
  interface NamedByClass {}

  record Gadget(String command) implements NamedByClass {}

  static List<Arguments> values() { // tidy: a table
    return List.of(
        Arguments.of(null, String.class, "null"),
        Arguments.of(null, void.class, "null"),
        Arguments.of(null, Void.class, "null"),
        Arguments.of("a\"\u0000ü\uD83D\uDE00", String.class, "\"a\\\"\\u0000ü\uD83D\uDE00\""),
        Arguments.of("half \uD83D", String.class, "\"half \\ud83d\""),
        Arguments.of(1, int.class, "1"),
        Arguments.of(1L << 62, long.class, "4611686018427387904"),
        Arguments.of('x', char.class, "\"x\""),
        Arguments.of(true, boolean.class, "true"),
        Arguments.of(0.1, double.class, "0.1"),
        Arguments.of(Double.NaN, double.class, "\"NaN\""),
        Arguments.of(new BigDecimal("1.10"), BigDecimal.class, "1.10"),
        Arguments.of(new BigDecimal("1E+3"), BigDecimal.class, "1E+3"),
        Arguments.of(
            new BigDecimal("12345678901234567890.123456789012345678901234567890"),
            BigDecimal.class,
            "12345678901234567890.123456789012345678901234567890"),
        Arguments.of(
            BigInteger.TWO.pow(100), BigInteger.class, BigInteger.TWO.pow(100).toString()),
        Arguments.of(Colour.RED, Colour.class, "\"RED\""),
        Arguments.of(Duration.ofMillis(1500), Duration.class, "\"PT1.5S\""),
        Arguments.of(
            Instant.parse("2026-01-31T12:00:00.123456789Z"),
            Instant.class,
            "\"2026-01-31T12:00:00.123456789Z\""),
        Arguments.of(LocalDate.of(2026, 1, 31), LocalDate.class, "\"2026-01-31\""),
        Arguments.of(
            LocalDateTime.of(2026, 1, 31, 8, 5), LocalDateTime.class, "\"2026-01-31T08:05:00\""),
        Arguments.of(
            OffsetDateTime.parse("2026-01-31T12:00:00+05:30"),
            OffsetDateTime.class,
            "\"2026-01-31T12:00:00+05:30\""),
        Arguments.of(
            ZonedDateTime.parse("2026-01-31T12:00:00+01:00[Europe/Berlin]"),
            ZonedDateTime.class,
            "\"2026-01-31T12:00:00+01:00[Europe/Berlin]\""),
        Arguments.of(new UUID(1, 2), UUID.class, "\"00000000-0000-0001-0000-000000000002\""),
        Arguments.of(
            List.of(new Card("1")),
            new TypeRef<List<Payment>>() {}.type(),
            "[{\"@type\":\"card\",\"number\":\"1\"}]"),
        Arguments.of(
            Map.of(new Sku("a b"), 1), new TypeRef<Map<Sku, Integer>>() {}.type(), "{\"a b\":1}"),
        Arguments.of(new Nothing(), Nothing.class, "{}"),
        Arguments.of(new Cart(List.of("pen")), Cart.class, "{\"items\":[\"pen\"]}"),
        Arguments.of(
            Optional.of(Colour.GREEN), new TypeRef<Optional<Colour>>() {}.type(), "\"GREEN\""),
        Arguments.of(Optional.empty(), new TypeRef<Optional<Colour>>() {}.type(), "null"),
        Arguments.of(
            Map.of("a", List.of(1, 2)),
            new TypeRef<Map<String, List<Integer>>>() {}.type(),
            "{\"a\":[1,2]}"),
        Arguments.of(
            new Order("c", List.of(new Line("pen", 2, new BigDecimal("1.10"))), Optional.empty()),
            Order.class,
            "{\"customer\":\"c\",\"lines\":[{\"item\":\"pen\",\"quantity\":2,\"price\":1.10}],\"note\":null}"),
        Arguments.of(
            Map.of("n", new BigDecimal("1.10")),
            new TypeRef<Map<String, Object>>() {}.type(),
            "{\"n\":1.10}"));
  }

  @ParameterizedTest
  @MethodSource("values")
  void aValueIsWrittenAndReadBack(@Nullable Object value, Type type, String json) {
    assertThat(codec.encode(value, type)).isEqualTo(json);
    assertThat(codec.decode(json, type)).isEqualTo(value);
  }

  @Test
  void bytesAreBase64() {
    var bytes = new byte[] {1, -1, 0};
    assertThat(codec.encode(bytes, byte[].class)).isEqualTo("\"Af8A\"");
    assertThat(codec.decode("\"Af8A\"", byte[].class)).isEqualTo(bytes);
  }

  @Test
  void anAbsentOptionalIsEmptyAndAnAbsentObjectNull() {
    assertThat(codec.decode("{\"customer\":\"c\"}", Order.class))
        .isInstanceOfSatisfying(Order.class, order -> {
          assertThat(order.note()).isEmpty();
          assertThat(order.lines()).isNull();
        });
  }

  @Test
  void whatWasWrittenCanBeReadHoweverDeep() {
    Object deep = List.of();
    for (int i = 1; i < 490; i++) {
      deep = List.of(deep);
    }
    var type = new TypeRef<List<Object>>() {}.type();
    var arguments = codec.encodeArguments(List.of(deep), List.of(type));
    assertThat(codec.decodeArguments(arguments, List.of(type))).containsExactly(deep);
    var deeper = List.of(deep);
    assertThatThrownBy(() -> codec.encode(deeper, type))
        .isInstanceOf(NotSerializableException.class);
  }

  @Test
  void propertiesOfBeansAreInAlphabeticalOrder() {
    assertThat(codec.encode(new Bean(), Bean.class)).isEqualTo("{\"ant\":0,\"zebra\":\"\"}");
  }

  static List<Arguments> refused() {
    return List.of(
        Arguments.of("\"1\"", int.class, "is not an integer"),
        Arguments.of("1.5", int.class, "is not an integer"),
        Arguments.of("1.0", long.class, "is not an integer"),
        Arguments.of("3000000000", int.class, "is out of range"),
        Arguments.of("1", String.class, "is not a string"),
        Arguments.of("true", String.class, "is not a string"),
        Arguments.of("1", boolean.class, "is not a boolean"),
        Arguments.of("\"true\"", boolean.class, "is not a boolean"),
        Arguments.of("\"1.5\"", BigDecimal.class, "is not a number"),
        Arguments.of("\"\"", Integer.class, "is not an integer"),
        Arguments.of("\"\"", Line.class, "is not an object"),
        Arguments.of("0", Colour.class, "is not one of the values allowed"),
        Arguments.of("\"0\"", Colour.class, "is not one of the values allowed"),
        Arguments.of("\"BLUE\"", Colour.class, "is not one of the values allowed"),
        Arguments.of("\"\"", Colour.class, "is not one of the values allowed"),
        Arguments.of("1700000000", Instant.class, "is not a date-time"),
        Arguments.of("\"1700000000\"", Instant.class, "is not a date-time"),
        Arguments.of("[2026,1,31]", LocalDate.class, "is not a date"),
        Arguments.of("60", Duration.class, "is not a duration"),
        Arguments.of("null", int.class, "is null"),
        Arguments.of("1 2", int.class, "goes on after its end"),
        Arguments.of("{\"number\":0}", Positive.class, "was refused: number must be positive"),
        Arguments.of("{", Order.class, "is not valid JSON (line 1"),
        Arguments.of("", Order.class, "is empty"),
        Arguments.of("{\"a\":1,\"a\":2}", new TypeRef<Map<String, Integer>>() {}.type(), "twice"),
        Arguments.of("[".repeat(600) + "]".repeat(600), Object.class, "too deep"),
        Arguments.of("{\"item\":\"a\",\"price\":1}", Line.class, "at quantity: it is missing"),
        Arguments.of(
            "{\"item\":\"a\",\"quantity\":1,\"colour\":1}",
            Line.class,
            "at colour: it is not a known"),
        Arguments.of(
            "{\"customer\":\"c\",\"lines\":[{\"quantity\":1.5}]}",
            Order.class,
            "at lines[0].quantity: it is not an integer"),
        Arguments.of(
            "{\"@class\":\"" + Gadget.class.getName() + "\",\"command\":\"rm\"}",
            NamedByClass.class,
            "cannot be read"));
  }

  @ParameterizedTest
  @MethodSource("refused")
  void whatIsNotExactlyOfTheTypeIsRefused(String json, Type type, String problem) {
    assertThatThrownBy(() -> codec.decode(json, type))
        .isInstanceOf(UnreadableJsonException.class)
        .hasMessageContaining(problem)
        .hasMessageContaining(type.getTypeName());
  }

  @Test
  void aValueThatCannotBeWrittenNamesTypeAndPlace() {
    var endless = new LinkedHashMap<String, Object>();
    endless.put("lines", List.of(1, endless));
    assertThatThrownBy(() -> codec.encode(endless, new TypeRef<Map<String, Object>>() {}.type()))
        .isInstanceOf(NotSerializableException.class)
        .hasMessageContaining("java.util.Map<java.lang.String, java.lang.Object>")
        .hasMessageContaining("lines[1]");
  }

  @Test
  void equalValuesGiveEqualText() {
    var ab = new LinkedHashMap<>(Map.of("a", 1));
    ab.put("b", 2);
    var ba = new LinkedHashMap<>(Map.of("b", 2));
    ba.put("a", 1);
    assertThat(codec.encodeCanonically(ba, ba.getClass()))
        .isEqualTo(codec.encodeCanonically(ab, ab.getClass()))
        .isEqualTo("{\"a\":1,\"b\":2}");
  }

  @Test
  void equalArgumentsGiveEqualText() {
    var ab = new LinkedHashMap<>(Map.of("a", 1));
    ab.put("b", 2);
    var ba = new LinkedHashMap<>(Map.of("b", 2));
    ba.put("a", 1);
    var types = List.<Type>of(
        new TypeRef<Map<String, Integer>>() {}.type(), new TypeRef<Set<Line>>() {}.type());
    var one = new Line("pen", 1, BigDecimal.ONE);
    var two = new Line("ink", 2, BigDecimal.TEN);
    var first = codec.encodeArguments(List.of(ab, new LinkedHashSet<>(List.of(one, two))), types);
    var second = codec.encodeArguments(List.of(ba, new LinkedHashSet<>(List.of(two, one))), types);
    assertThat(first).isEqualTo(second).startsWith("[{\"a\":1,\"b\":2},[{\"item\":\"ink\"");
    assertThat(JsonCodec.hash(first)).isEqualTo(JsonCodec.hash(second));
    assertThat(codec.decodeArguments(first, types)).isEqualTo(List.of(ab, Set.of(one, two)));
  }

  @Test
  void differentArgumentsGiveDifferentText() {
    var types = List.<Type>of(String.class, String.class);
    assertThat(codec.encodeArguments(List.of("a,b", "c"), types))
        .isNotEqualTo(codec.encodeArguments(List.of("a", "b,c"), types));
    assertThat(codec.encodeArguments(Arrays.asList(null, "null"), types))
        .isEqualTo("[null,\"null\"]");
  }

  @Test
  void theHashIsTheBeginningOfTheSha256() {
    // sha256("[]") = 4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945
    assertThat(JsonCodec.hash("[]")).isEqualTo(0x4f53cda18c2baa0cL);
  }

  @Test
  void recordedArgumentsOfAnotherNumberAreRefused() {
    assertThatThrownBy(() -> codec.decodeArguments("[1,2]", List.of(int.class)))
        .isInstanceOf(UnreadableJsonException.class)
        .hasMessageContaining("2 arguments given, 1 expected");
  }
}
