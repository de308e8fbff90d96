package dev.reprise.debugger.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.RepriseException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.HashSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PseudonymsTest {
  private final Pseudonyms pseudonyms = new Pseudonyms(new byte[] {1, 2, 3});

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Ann Smith",
        "ann.smith+x@example.org",
        "+49 (89) 123-45",
        "Zoë",
        "日本",
        "a",
        "--",
        "😀 b"
      })
  void textsKeepTheirShape(String value) {
    var other = pseudonyms.of(ValueKind.TEXT, value);
    assertThat(other).isNotEqualTo(value).hasSameSizeAs(value);
    assertThat(pseudonyms.of(ValueKind.TEXT, value)).isEqualTo(other);
    for (int i = 0; i < value.length(); i++) {
      if (Character.isDigit(value.charAt(i))) {
        assertThat(other.charAt(i)).isBetween('0', '9');
      }
      if (Character.isUpperCase(value.charAt(i))) {
        assertThat(other.charAt(i)).isUpperCase();
      }
    }
    assertThat(pseudonyms.of(ValueKind.TEXT, "")).isEmpty();
  }

  @Test
  void whatDiffersInCaseOnlyStillDoes() {
    assertThat(pseudonyms.of(ValueKind.TEXT, "ANN"))
        .isNotEqualTo(pseudonyms.of(ValueKind.TEXT, "ann"))
        .isEqualToIgnoringCase(pseudonyms.of(ValueKind.TEXT, "ann"));
  }

  @Test
  void differentValuesStayDifferentAndFit() {
    var small = new HashSet<String>();
    for (int i = 0; i <= Short.MAX_VALUE; i++) {
      var other = pseudonyms.of(ValueKind.NUMBER, Integer.toString(i));
      assertThat(Integer.parseInt(other)).isBetween(0, (int) Short.MAX_VALUE);
      small.add(other);
    }
    assertThat(small).hasSize(Short.MAX_VALUE + 1);
    var letters = new HashSet<String>();
    for (int i = 0; i < 26; i++) {
      letters.add(pseudonyms.of(ValueKind.TEXT, Character.toString('a' + i)));
    }
    assertThat(letters).hasSize(26);
    assertThat(Integer.parseInt(pseudonyms.of(ValueKind.NUMBER, "2147483647"))).isPositive();
    assertThat(Integer.parseInt(pseudonyms.of(ValueKind.NUMBER, "-2147483647"))).isNegative();
    assertThat(Long.parseLong(pseudonyms.of(ValueKind.NUMBER, "900719925474099312")))
        .isPositive();
  }

  @ParameterizedTest
  @CsvSource({"12.50,2", "0.5,1", "-3.141,3", "12345678901234567890123.45,2", "1000,0", "0,0"})
  void decimalsKeepTheirScale(String value, int scale) {
    var other = pseudonyms.of(ValueKind.NUMBER, value);
    assertThat(other).hasSameSizeAs(value);
    assertThat(new BigDecimal(other).scale()).isEqualTo(scale);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"1.5", "0.1234567890123456", "1e+20", "-1.25e-07", "123456789", "NaN", "Infinity"})
  void floatingPointNumbersAreWrittenAsTheyAre(String value) {
    var other = pseudonyms.of(ValueKind.FLOAT, value);
    var read = Float.parseFloat(other);
    if (Float.isFinite(read)) {
      assertThat(other).isNotEqualTo(value);
      assertThat(new BigDecimal(Float.toString(read))).isEqualByComparingTo(new BigDecimal(other));
    } else {
      assertThat(other).isEqualTo(value);
    }
  }

  @Test
  void otherTypesStayWhatTheyAre() {
    var uuid = UUID.randomUUID().toString();
    assertThat(UUID.fromString(pseudonyms.of(ValueKind.UUID, uuid)).version()).isEqualTo(4);
    assertThat(pseudonyms.of(ValueKind.BYTES, "\\x0102"))
        .matches("\\\\x[0-9a-f]{4}")
        .isNotEqualTo("\\x0102");
    assertThat(pseudonyms.of(ValueKind.PADDED_TEXT, "ab  ")).matches("[a-z]{2}  ");
    var day = LocalDate.parse(pseudonyms.of(ValueKind.DATE, "2020-02-29"));
    var next = LocalDate.parse(pseudonyms.of(ValueKind.DATE, "2020-03-01"));
    assertThat(day).isNotEqualTo(LocalDate.parse("2020-02-29"));
    assertThat(day.plusDays(1)).isEqualTo(next);
    assertThat(pseudonyms.of(ValueKind.TIMESTAMP, "2020-02-29 10:11:12.5")).endsWith(" 10:11:12.5");
    assertThat(pseudonyms.of(ValueKind.TIMESTAMP_WITH_ZONE, "2020-02-29 10:11:12+00"))
        .endsWith(" 10:11:12+00");
    assertThat(pseudonyms.of(ValueKind.TIMESTAMP_WITH_ZONE, "infinity")).isEqualTo("infinity");
    var began = OffsetDateTime.parse("2020-02-29T10:11:12Z");
    var shifted = OffsetDateTime.parse(Pseudonyms.iso(
        ValueKind.TIMESTAMP_WITH_ZONE,
        pseudonyms.of(ValueKind.TIMESTAMP_WITH_ZONE, "2020-02-29 10:11:12+00")));
    assertThat(Duration.between(began, shifted).toSeconds() % 86_400).isZero();
    assertThatThrownBy(() -> pseudonyms.of(ValueKind.DATE, "0044-03-15 BC"))
        .isInstanceOf(RepriseException.class)
        .hasMessageNotContaining("0044");
  }

  @Test
  void anotherKeyGivesOtherValues() {
    assertThat(new Pseudonyms(new byte[] {4}).of(ValueKind.TEXT, "Ann Smith"))
        .isNotEqualTo(pseudonyms.of(ValueKind.TEXT, "Ann Smith"));
  }
}
