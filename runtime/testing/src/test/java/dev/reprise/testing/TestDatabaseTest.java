package dev.reprise.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

class TestDatabaseTest {
  @Test
  void isEmptyOfItsOwnAndGoneAfterwards() throws SQLException {
    TestDatabase first = TestDatabase.create();
    try (TestDatabase second = TestDatabase.create()) {
      assertThat(second.jdbcUrl()).isNotEqualTo(first.jdbcUrl());
      run(first, "create table t (id int)");
      run(second, "create table t (id int)");
    }
    first.close();
    assertThatThrownBy(() -> run(first, "select 1")).isInstanceOf(SQLException.class);
  }

  private static void run(TestDatabase database, String sql) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password());
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
