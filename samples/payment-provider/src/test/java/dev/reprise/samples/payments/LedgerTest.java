package dev.reprise.samples.payments;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerTest {
  @TempDir
  Path directory;

  private static Entry charge(long number, String key) {
    return new Entry(
        Entry.Kind.CHARGE, "ch_" + number, key, "o", 5, "eur", key, Instant.ofEpochSecond(number));
  }

  @Test
  void aTornLastLineIsDroppedAndTheLedgerGoesOn() throws Exception {
    var file = directory.resolve("ledger");
    try (var ledger = Ledger.open(file)) {
      ledger.append(number -> charge(number, "a"));
    }
    var whole = Files.readString(file);
    Files.writeString(file, whole.substring(0, 20) + "\u0000\u0000", StandardOpenOption.APPEND);

    try (var ledger = Ledger.open(file)) {
      ledger.append(number -> charge(number, "b"));
    }

    try (var ledger = Ledger.open(file)) {
      assertThat(ledger.entries()).extracting(Entry::key).containsExactly("a", "b");
      assertThat(Files.readString(file)).startsWith(whole);
    }
  }

  @Test
  void aFileThatIsNoLedgerIsRefusedUntouched() throws Exception {
    var file = directory.resolve("notes.txt");
    Files.writeString(file, "buy milk\n");

    assertThatThrownBy(() -> Ledger.open(file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("line 1 of")
        .hasMessageContaining("notes.txt");
    assertThat(Files.readString(file)).isEqualTo("buy milk\n");
  }

  @Test
  void aLedgerHasOneOwner() throws Exception {
    var file = directory.resolve("ledger");
    try (var ledger = Ledger.open(file)) {
      assertThatThrownBy(() -> Ledger.open(file)).hasMessageContaining("in use");
      assertThat(ledger.entries()).isEmpty();
    }
  }

  @Property(tries = 200)
  void anEntryIsReadAsItWasWritten(@ForAll String key, @ForAll String order, @ForAll long amount) {
    // A lone surrogate is no character and cannot be encoded.
    var clean = new String(order.getBytes(UTF_8), UTF_8);
    var entry = new Entry(
        Entry.Kind.REFUND,
        "re_1",
        "k" + key.codePoints().filter(Character::isLetter).count(),
        clean,
        amount & Long.MAX_VALUE,
        "usd",
        "c",
        Instant.EPOCH);

    assertThat(entry.line()).doesNotContain("\n");
    assertThat(Entry.ofLine(entry.line())).isEqualTo(entry);
  }

  @Test
  void jsonEscapesWhatItMust() {
    assertThat(Json.object(Map.of("a\"\\", "\n\ud83d\ude00é")))
        .isEqualTo("{\"a\\\"\\\\\":\"\\u000a\\ud83d\\ude00é\"}");
    assertThat(Json.array(List.of("1", "2"))).isEqualTo("[1,\n 2]");
  }

  @Test
  void argumentsThatMakeNoSenseAreNamed() {
    assertThat(ProviderOptions.parse(List.of("--port", "0", "--ledger", "x")))
        .isEqualTo(new ProviderOptions(0, Path.of("x"), false));
    assertThatThrownBy(() -> ProviderOptions.parse(List.of("--prot", "1")))
        .hasMessage("there is no option --prot");
    assertThatThrownBy(() -> ProviderOptions.parse(List.of("--port")))
        .hasMessage("--port needs a value");
    assertThatThrownBy(() -> ProviderOptions.parse(List.of("--port", "70000")))
        .hasMessage("port is between 0 and 65535, not 70000");
  }
}
