package dev.reprise.debugger.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Names as people type them. */
class TableNamesTest {
  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
          item | item
          shop.item | shop.item
          "Odd Table" | Odd Table
          "Mixed Case"."Odd ""Table" | Mixed Case.Odd "Table
          shop."a.b" | shop.a.b
          Mixed Case.Odd "Table | Mixed Case.Odd "Table
          """)
  void quotesOfSqlMayBeThere(String given, String plain) {
    assertThat(TableNames.plain(given)).isEqualTo(plain);
  }
}
