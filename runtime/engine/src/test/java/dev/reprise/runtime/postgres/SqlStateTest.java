package dev.reprise.runtime.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SqlStateTest {
  @ParameterizedTest
  @ValueSource(strings = {"40001", "40P01"})
  void retriesSerializationFailuresAndDeadlocksHoweverDeepTheyHide(String state) {
    var cause = new SQLException("again", state);
    var batch = new BatchUpdateException("batch", "23505", 0, new int[0], null);
    batch.setNextException(cause);
    assertThat(SqlState.isRetryable(cause)).isTrue();
    assertThat(SqlState.isRetryable(new IllegalStateException("a library's", batch)))
        .isTrue();
    assertThat(SqlState.isRetryable(batch)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"40002", "23505", "57014", "25P02", "08006"})
  void doesNotRetryOthers(String state) {
    assertThat(SqlState.isRetryable(new SQLException("no", state))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"08000", "08006", "57P01", "57P02", "57P03", "25P03"})
  void knowsALostConnection(String state) {
    assertThat(SqlState.isConnectionLost(new SQLException("gone", state))).isTrue();
    assertThat(SqlState.isUnavailable(new SQLException("gone", state))).isTrue();
  }

  @Test
  void knowsALostConnectionByTheSocketBehindIt() {
    var failure = new SQLException("gone", new IOException("reset"));
    assertThat(SqlState.isConnectionLost(failure)).isTrue();
  }

  @Test
  void doesNotTakeAFileOfTheUsersForTheConnection() {
    var failure = new UncheckedIOException(new IOException("no such file"));
    assertThat(SqlState.isConnectionLost(failure)).isFalse();
    assertThat(SqlState.isConnectionLost(new SQLException("cancelled", "57014")))
        .isFalse();
  }

  @Test
  void knowsThatThereIsNoConnectionToBeHad() {
    var exhausted = new SQLTransientConnectionException("not available, request timed out");
    assertThat(SqlState.isUnavailable(exhausted)).isTrue();
    assertThat(SqlState.isConnectionLost(exhausted)).isFalse();
    assertThat(SqlState.isUnavailable(new SQLException("too many", "53300"))).isTrue();
  }

  @Test
  void survivesExceptionsThatRefersToEachOther() {
    var first = new SQLException("a", "22000");
    var second = new SQLException("b", "22000", first);
    first.setNextException(second);
    assertThat(SqlState.isRetryable(first)).isFalse();
    assertThat(SqlState.isServerError(first)).isFalse();
  }
}
