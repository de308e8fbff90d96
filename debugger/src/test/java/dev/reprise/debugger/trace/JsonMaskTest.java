package dev.reprise.debugger.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.Test;

class JsonMaskTest {
  private static String masked(String json, boolean isError) {
    var replacements = new Replacements();
    replacements.add(ValueKind.TEXT, "Ann", "Xyz");
    replacements.add(ValueKind.TEXT, "Ann Smith", "Xyz Uvwxy");
    replacements.add(ValueKind.TEXT, "a\"b", "c\"d");
    replacements.add(ValueKind.TEXT, "b", "q");
    replacements.add(ValueKind.NUMBER, "5551234", "9998765");
    replacements.add(ValueKind.NUMBER, "7", "3");
    replacements.add(
        ValueKind.TIMESTAMP_WITH_ZONE, "2020-01-02 03:04:05+00", "2021-01-02 03:04:05+00");
    return JsonMask.replace(json, replacements::in, replacements::ofNumber, isError);
  }

  @Test
  void stringsAndLongNumbersAreReplacedAndNothingElse() {
    assertThat(masked(
            "[ \"Ann\", 5551234,7 ,\"7\", \"b\", \"b b\", -1.50e3, null, {\"b\" : true}]", false))
        .isEqualTo("[ \"Xyz\", 9998765,7 ,\"3\", \"q\", \"b b\", -1.50e3, null, {\"b\" : true}]");
    assertThat(masked("{\"Ann\":\"Ann\",\"Ann Smith\":\"\\u0041nn\"}", false))
        .isEqualTo("{\"Ann\":\"Xyz\",\"Xyz Uvwxy\":\"Xyz\"}");
    assertThat(masked("\"a\\\"b\"", false)).isEqualTo("\"c\\\"d\"");
    assertThat(masked("\"2020-01-02T03:04:05Z\"", false)).isEqualTo("\"2021-01-02T03:04:05Z\"");
  }

  @Test
  void wordsAreReplacedWithinStrings() {
    assertThat(masked("\"sold to Ann Smith, 5551234 (Ann); Annual\"", false))
        .isEqualTo("\"sold to Xyz Uvwxy, 9998765 (Xyz); Annual\"");
  }

  @Test
  void namesOfClassesStay() {
    assertThat(masked("{\"type\":\"Ann\",\"message\":\"Ann\"}", true))
        .isEqualTo("{\"type\":\"Ann\",\"message\":\"Xyz\"}");
  }

  @Test
  void whatNeedsNoReplacementStaysAsItIsWritten() {
    var json = "{\"a\\u0000\": \"\\/\", \"e\": 1E5}";
    assertThat(JsonMask.replace(json, text -> text, number -> number, false)).isEqualTo(json);
    assertThat(JsonMask.replace("\"x\"", text -> text.toUpperCase(Locale.ROOT), n -> n, false))
        .isEqualTo("\"X\"");
  }
}
