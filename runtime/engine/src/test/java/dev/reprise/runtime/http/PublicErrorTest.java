package dev.reprise.runtime.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.json.ExceptionCodec;
import java.sql.SQLException;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class PublicErrorTest {
  private static final String SECRET = "ERROR: duplicate key, Key (card)=(4711) already exists.";
  private static final String NEUTRAL =
      "the database refused a statement of the function; see the execution's log on the server";

  @Test
  void theFunctionsOwnWordsAreShown() {
    var error = publicError(new IllegalStateException("sold out", new SQLException(SECRET)));
    assertThat(error.type()).isEqualTo("java.lang.IllegalStateException");
    assertThat(error.detail()).isEqualTo("sold out");
    assertThat(error.view().toString()).contains("java.sql.SQLException").doesNotContain("4711");
  }

  @Test
  void theWordsOfTheDatabaseAreNot() {
    assertThat(publicError(new SQLException(SECRET)).detail()).isEqualTo(NEUTRAL);
    assertThat(publicError(new SQLException(SECRET, "23505")).view().toString())
        .doesNotContain("4711")
        .doesNotContain("23505");
  }

  @Test
  void theyAreNotShownWhereAnotherExceptionRepeatsThem() {
    assertThat(publicError(new IllegalStateException(new SQLException(SECRET))).detail())
        .isEqualTo(NEUTRAL);
    var recorded = """
        {"type": "org.springframework.dao.DuplicateKeyException", "message": "insert into x", "causes": []}
        """;
    assertThat(Objects.requireNonNull(PublicError.of(recorded)).detail()).isEqualTo(NEUTRAL);
  }

  @Test
  void anExceptionWithoutMessageIsToldByItsType() {
    assertThat(publicError(new IllegalStateException()).detail())
        .isEqualTo("the function threw java.lang.IllegalStateException without a message");
  }

  private static PublicError publicError(Throwable exception) {
    return Objects.requireNonNull(PublicError.of(ExceptionCodec.encode(exception)));
  }
}
