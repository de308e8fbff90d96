package dev.reprise.runtime.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.TransactionMisuseException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterProperty;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;

class StatementTextPropertiesTest {
  private final ScratchDatabase scratch = TestDatabase.create();
  private final Connection connection;

  StatementTextPropertiesTest() throws SQLException {
    connection = SessionSource.driver(scratch.config()).getConnection();
    connection.setAutoCommit(false);
  }

  @AfterProperty
  void close() throws SQLException {
    connection.close();
    scratch.close();
  }

  /** What tempts a scanner, in any order. */
  @Provide
  Arbitrary<String> nastyText() {
    Arbitrary<String> pieces = Arbitraries.of(
        "commit",
        "; commit;",
        ";",
        "'",
        "''",
        "\\",
        "\"",
        "$",
        "$$",
        "$a$",
        "--",
        "/*",
        "*/",
        "\n",
        "E'",
        "U&'",
        "begin atomic",
        "end",
        "(",
        ")",
        "{",
        "}",
        "?",
        " ",
        "x",
        "\u00e9",
        "rollback");
    return pieces.list().ofMaxSize(12).map(parts -> String.join("", parts));
  }

  @Provide
  Arbitrary<String> hidden() {
    return Combinators.combine(nastyText(), Arbitraries.integers().between(0, 6))
        .as((text, form) -> switch (form) {
          case 0 -> "'" + text.replace("'", "''") + "'";
          case 1 -> "E'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
          case 2 -> "\"" + text.replace("\"", "\"\"") + "\"";
          case 3 -> "$hide$" + text.replace("$", "") + "$hide$";
          case 4 -> "/*" + text.replace("*", "").replace("/", "") + "*/";
          case 5 -> "--" + text.replace("\n", "") + "\n";
          default -> "U&'" + text.replace("'", "''") + "'";
        });
  }

  /** Complete tokens, so that what follows is read afresh. */
  @Provide
  Arbitrary<String> complete() {
    Arbitrary<String> plain = Arbitraries.of(
        "select 1",
        "a",
        "+",
        "(",
        ")",
        ",",
        ";",
        "$1",
        "1.5e3",
        "a$b",
        "case",
        "end_",
        "[",
        "::",
        "?");
    return Arbitraries.oneOf(List.of(hidden(), plain))
        .list()
        .ofMaxSize(8)
        .map(parts -> String.join(" ", parts));
  }

  @Property
  void neverRefusesWhatIsHidden(@ForAll("hidden") String first, @ForAll("hidden") String second) {
    String text = "select " + first + " , " + second;
    assertThatCode(() -> StatementText.of(text)).as(text).doesNotThrowAnyException();
  }

  @Property
  void alwaysRefusesACommitThatIsAStatementOfItsOwn(
      @ForAll("complete") String before, @ForAll("complete") String after) {
    String text = before + " ; CoMMit; " + after;
    assertThatThrownBy(() -> StatementText.of(text))
        .as(text)
        .isInstanceOf(TransactionMisuseException.class);
  }

  @Property
  void readsAnyTextToItsEnd(@ForAll("nastyText") String nasty, @ForAll String any) {
    assertThat(SqlLexer.tokens(nasty + any)).isNotNull();
    assertThat(SqlLexer.tokens(any + nasty)).isNotNull();
  }

  /** The driver divides texts on its own, and the server reads them on its own: only they know what a text does. */
  @Property(tries = 3_000)
  void lastsThroughEveryTextThatIsNotRefused(@ForAll("driverText") String text)
      throws SQLException {
    Assume.that(!isRefused(text));
    try (Statement statement = connection.createStatement()) {
      statement.execute("select 1");
      statement.execute(text);
    } catch (SQLException expected) {
      // Most texts are no SQL; what counts is what they have done to the transaction.
      assertThat(expected.getMessage()).isNotNull();
    }
    var state = connection.unwrap(BaseConnection.class).getTransactionState();
    connection.rollback();
    assertThat(state).as(text).isNotEqualTo(TransactionState.IDLE);
  }

  private static boolean isRefused(String text) {
    try {
      StatementText.of(text);
      return false;
    } catch (TransactionMisuseException e) {
      return true;
    }
  }

  @Provide
  Arbitrary<String> driverText() {
    return Arbitraries.oneOf(complete(), nastyText(), validStatements(), validStatements())
        .list()
        .ofMaxSize(3)
        .map(parts -> String.join(" ; commit ", parts));
  }

  private Arbitrary<String> validStatements() {
    Arbitrary<String> one = hidden().map(text -> switch (text.charAt(0)) {
      case '-', '/' -> text + " select 1";
      case '"' -> "select 1 as " + text;
      default -> "select " + text;
    });
    return one.list().ofMaxSize(4).map(statements -> String.join(";", statements));
  }
}
