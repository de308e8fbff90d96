package dev.reprise.runtime.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScratchDatabaseTest {
  @Test
  void isEmptyAndGoesAwayWithTheSessionsThatUseIt() throws SQLException {
    ScratchDatabase scratch = TestDatabase.create();
    var source = SessionSource.driver(scratch.config());
    try (var connection = source.getConnection()) {
      assertThat(connection.isValid(1)).isTrue();
      scratch.close();
      assertThat(connection.isValid(1)).isFalse();
    }
    scratch.close();
    assertThatThrownBy(() -> source.getConnection().close())
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("3D000"));
  }

  @Test
  void aCopyBeginsAsItsOriginalIsAndGoesItsOwnWay() throws SQLException {
    try (var original = TestDatabase.create()) {
      execute(original, "create table t (i int)");
      try (var copy = original.copy()) {
        execute(copy, "insert into t values (1)");
        execute(original, "create table only_here (i int)");
        assertThatThrownBy(() -> execute(copy, "table only_here"))
            .hasMessageContaining("only_here");
      }
    }
  }

  private static void execute(ScratchDatabase database, String sql) throws SQLException {
    try (var connection = SessionSource.driver(database.config()).getConnection();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "jdbc:postgresql://h:1/a, jdbc:postgresql://h:1/x",
    "jdbc:postgresql://h:1/a?user=u&password=p/q, jdbc:postgresql://h:1/x?user=u&password=p/q",
    "jdbc:postgresql://h:1, jdbc:postgresql://h:1/x",
    "jdbc:postgresql://h1:1|h2:2/a, jdbc:postgresql://h1:1|h2:2/x",
    "jdbc:postgresql://[::1]:1/, jdbc:postgresql://[::1]:1/x",
    "jdbc:postgresql:a, jdbc:postgresql:x",
  })
  void keepsTheServerAndTheParametersOfAUrl(String url, String expected) {
    assertThat(ScratchDatabase.urlOf(url.replace('|', ','), "x"))
        .isEqualTo(expected.replace('|', ','));
  }
}
