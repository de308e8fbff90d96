package dev.reprise.debugger.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Rows as texts can be read and written. */
class RowTextTest {
  @Test
  void whatTheServerWritesIsRead() {
    assertThat(RowText.parse("(1,\"a b\",,\"\",\"say \"\"x\"\"\",\"c:\\\\d\",\"(1,2)\",t)"))
        .isEqualTo(Arrays.asList("1", "a b", null, "", "say \"x\"", "c:\\d", "(1,2)", "t"));
  }

  @Property
  void whatIsWrittenIsReadAgain(@ForAll @Size(min = 1, max = 6) List<String> values) {
    assertThat(RowText.parse(RowText.of(values))).isEqualTo(values);
  }

  @Test
  void aRowOfNullsKeepsThem() {
    assertThat(RowText.parse(RowText.of(Arrays.asList(null, "x", null))))
        .isEqualTo(Arrays.asList(null, "x", null));
  }
}
