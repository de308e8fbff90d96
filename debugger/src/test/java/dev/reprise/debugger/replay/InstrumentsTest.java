package dev.reprise.debugger.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.debugger.history.Change.Kind;
import dev.reprise.debugger.rebuild.Scratch;
import dev.reprise.runtime.postgres.Binder;
import dev.reprise.runtime.postgres.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The instruments of a scratch database, without a replay. */
class InstrumentsTest {
  private Scratch scratch;
  private Instruments instruments;

  @BeforeEach
  void create() throws SQLException {
    scratch = Scratch.embedded();
    try (var connection = scratch.open()) {
      execute(connection, """
          create table pen (id int generated always as identity primary key, colour text default lower('RED'));
          """);
      instruments = Instruments.install(connection, List.of("public.pen"));
    }
  }

  @AfterEach
  void drop() {
    scratch.close();
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private Connection prepared() throws SQLException {
    var connection = scratch.open();
    Instruments.prepare(connection);
    connection.setAutoCommit(false);
    return connection;
  }

  @Test
  void aSessionThatWasNotPreparedWorksAsIfThereWereNone() throws SQLException {
    try (var connection = scratch.open()) {
      execute(connection, "insert into pen default values; update pen set colour = 'blue'");
      execute(connection, "insert into pen default values; delete from pen where colour = 'blue'");
      assertThat(Jdbc.query(
              connection, "select id || colour from pen", Binder.NOTHING, row -> row.getString(1)))
          .containsExactly("2red");
      execute(connection, "truncate pen");
    }
  }

  @Test
  void eachSessionHasItsOwnChanges() throws SQLException {
    try (var one = prepared();
        var other = prepared()) {
      execute(one, "insert into pen default values");
      execute(other, "insert into pen (colour) values ('blue')");
      one.commit();
      assertThat(Captured.take(other, instruments))
          .extracting(Captured::kind, change -> String.valueOf(change.after()))
          .containsExactly(org.assertj.core.groups.Tuple.tuple(Kind.INSERT, "{id=2, colour=blue}"));
      assertThat(Captured.take(one, instruments)).hasSize(1);
      assertThat(Captured.take(one, instruments)).isEmpty();
    }
  }

  @Test
  void aSessionMayBePreparedAgain() throws SQLException {
    try (var connection = prepared()) {
      execute(connection, "insert into pen default values");
      connection.commit();
      connection.setAutoCommit(true);
      Instruments.prepare(connection);
      assertThat(Captured.take(connection, instruments)).isEmpty();
      assertThat(Jdbc.query(
              connection,
              "select 1 from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()",
              Binder.NOTHING,
              row -> row.getInt(1)))
          .isEmpty();
    }
  }

  /** Two that write different rows, each at its own key, are no danger to each other. */
  @Test
  void serializableTransactionsDoNotMeetInTheInstruments() throws SQLException {
    try (var connection = scratch.open()) {
      execute(connection, "insert into pen (colour) select null from generate_series(1, 2)");
    }
    try (var one = prepared();
        var other = prepared()) {
      for (var connection : List.of(one, other)) {
        execute(
            connection,
            "set transaction isolation level serializable; set local enable_seqscan = off");
      }
      execute(one, "update pen set colour = 'green' where id = 1");
      execute(other, "update pen set colour = 'black' where id = 2");
      assertThat(Captured.take(one, instruments)).hasSize(1);
      assertThat(Captured.take(other, instruments)).hasSize(1);
      assertThat(Jdbc.query(
              one,
              "select distinct relation::regclass::text from pg_locks where mode = 'SIReadLock' order by 1",
              Binder.NOTHING,
              row -> row.getString(1)))
          .containsExactly("pen_pkey");
      one.commit();
      other.commit();
    }
    try (var connection = scratch.open()) {
      assertThat(Jdbc.query(
              connection,
              "select colour from pen order by id",
              Binder.NOTHING,
              row -> row.getString(1)))
          .containsExactly("green", "black");
    }
  }
}
