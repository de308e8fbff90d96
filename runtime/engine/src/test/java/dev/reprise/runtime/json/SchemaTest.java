package dev.reprise.runtime.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.reprise.TypeRef;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SchemaTest {
  private final JsonCodec codec = new JsonCodec();

  enum Colour {
    @JsonProperty("red")
    RED,
    GREEN
  }

  record Sku(@JsonValue String code) {}

  record Line(@JsonProperty("item") Sku sku, int quantity, Optional<Colour> colour) {}

  record Tree(String name, List<Tree> children) {}

  static List<Arguments> schemas() {
    return List.of(
        Arguments.of(void.class, "{\"type\":\"null\"}", "null"),
        Arguments.of(String.class, "{\"type\":\"string\"}", "string"),
        Arguments.of(BigDecimal.class, "{\"type\":\"number\"}", "number"),
        Arguments.of(Object.class, "{}", "anything"),
        Arguments.of(
            Colour.class,
            "{\"type\":\"string\",\"enum\":[\"red\",\"GREEN\"]}",
            "\"red\" or \"GREEN\""),
        Arguments.of(
            new TypeRef<Set<String>>() {}.type(),
            "{\"type\":\"array\",\"items\":{\"type\":\"string\"},\"uniqueItems\":true}",
            "[string, ...]"),
        Arguments.of(
            new TypeRef<Map<String, Boolean>>() {}.type(),
            "{\"type\":\"object\",\"additionalProperties\":{\"type\":\"boolean\"}}",
            "{string: boolean, ...}"),
        Arguments.of(
            Tree.class,
            "{\"type\":\"object\",\"title\":\"Tree\",\"properties\":{\"name\":{\"type\":\"string\"},"
                + "\"children\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"title\":\"Tree\"}}},"
                + "\"additionalProperties\":false}",
            "{\"name\": string, \"children\": [object, ...]}"));
  }

  @ParameterizedTest
  @MethodSource("schemas")
  void aTypeHasASchemaAndAShape(Type type, String schema, String shape) {
    assertThat(codec.schema(type)).isEqualTo(schema);
    assertThat(codec.shape(type)).isEqualTo(shape);
  }

  @Test
  void propertiesAreNamedAndRequiredAsTheCodecReadsThem() {
    assertThat(codec.schema(Line.class)).contains("\"required\":[\"quantity\"]");
    assertThat(codec.shape(Line.class))
        .isEqualTo(
            "{\"item\": string, \"quantity\": integer, \"colour\": \"red\" or \"GREEN\" or null}");
    assertThat(codec.decode("{\"item\":\"a\",\"quantity\":1,\"colour\":\"red\"}", Line.class))
        .isEqualTo(new Line(new Sku("a"), 1, Optional.of(Colour.RED)));
  }

  @Test
  void scalarsHaveFormats() {
    var schema = (Map<?, ?>) Json.parse(codec.schema(Instant.class));
    assertThat(schema).isEqualTo(Map.of("type", "string", "format", "date-time"));
    assertThat(codec.shape(byte[].class)).isEqualTo("base64 string");
  }
}
