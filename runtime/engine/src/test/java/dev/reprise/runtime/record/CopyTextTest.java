package dev.reprise.runtime.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class CopyTextTest {
  @Test
  void whatWouldBeReadAsSyntaxIsEscaped() {
    var text = new CopyText();
    text.plain(1).texts(Arrays.asList("a\tb", null, "NULL", "", "{,}\"\\\n")).nothing();
    text.numbers(List.of(0, 2)).end();
    assertThat(text.take())
        .isEqualTo("1\t{\"a\\tb\",NULL,\"NULL\",\"\",\"{,}\\\\\"\\\\\\\\\\n\"}\t\\N\t{0,2}\n");
    assertThat(text.length()).isZero();
  }

  @Test
  void aMissingArrayIsNull() {
    var text = new CopyText();
    text.texts(null).texts(List.of()).end();
    assertThat(text.take()).isEqualTo("\\N\t{}\n");
  }
}
