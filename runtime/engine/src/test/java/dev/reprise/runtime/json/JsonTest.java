package dev.reprise.runtime.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.ExecutionStatus;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonTest {
  @Test
  void anObjectIsWrittenInTheOrderOfItsProperties() {
    var json = new JsonObject()
        .put("id", "order-17")
        .put("status", ExecutionStatus.RUNNING)
        .put("createdAt", Instant.EPOCH)
        .put("attempts", 2)
        .put("parent", null)
        .putIfPresent("error", null)
        .putRaw("output", "{ \"price\": 1.10 }")
        .putRawIfPresent("input", null)
        .putRaw("wakeAt", null)
        .putRawArray("items", List.of("1", "{}"))
        .put("tags", Map.of("k", "v"))
        .put("nested", List.of(new JsonObject().put("a", new BigDecimal("1.10"))));
    assertThat(json)
        .hasToString(
            "{\"id\":\"order-17\",\"status\":\"RUNNING\",\"createdAt\":\"1970-01-01T00:00:00Z\","
                + "\"attempts\":2,\"parent\":null,\"output\":{ \"price\": 1.10 },\"wakeAt\":null,"
                + "\"items\":[1,{}],\"tags\":{\"k\":\"v\"},\"nested\":[{\"a\":1.10}]}");
  }

  @Test
  void textIsReadAsPlainJava() {
    assertThat(Json.parse("{\"b\":[1,1.10,null,true],\"a\":\"x\"}"))
        .hasToString("{b=[1, 1.10, null, true], a=x}");
    assertThat(Json.parse("null")).isNull();
  }

  @Test
  void prettyTextIsTheSameJson() {
    var json = "{\"b\":[1,2.50],\"a\":null}";
    assertThat(Json.pretty(json)).contains("\n");
    assertThat(Json.write(Json.parse(Json.pretty(json)))).isEqualTo(json);
  }

  @Test
  void malformedTextIsRefusedWithItsPlace() {
    assertThatThrownBy(() -> Json.parse("{\"a\":\n  x}"))
        .isInstanceOf(UnreadableJsonException.class)
        .hasMessageContaining("the text is not valid JSON (line 2, column");
    assertThatThrownBy(() -> Json.parse(" ")).hasMessageContaining("the text is empty");
    assertThatThrownBy(() -> Json.parse("1 2")).hasMessageContaining("goes on after its end");
  }

  @Test
  void textIsQuotedAsAJsonString() {
    assertThat(Json.quote("a\"\n\u0000")).isEqualTo("\"a\\\"\\n\\u0000\"");
  }
}
