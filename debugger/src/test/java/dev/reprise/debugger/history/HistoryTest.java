package dev.reprise.debugger.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.postgres.Migrator;
import dev.reprise.runtime.postgres.ScratchDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

class HistoryTest {
  private final ScratchDatabase database = ScratchDatabase.forTests();
  private final PGSimpleDataSource source = new PGSimpleDataSource();
  private final History history = History.of(source);

  @BeforeEach
  void create() {
    source.setUrl(database.jdbcUrl());
    source.setUser(database.user());
    source.setPassword(database.password());
  }

  @AfterEach
  void drop() {
    database.close();
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = source.getConnection();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private void migrate() {
    Migrator.of(database.config(), "reprise_history", "history").migrate();
  }

  private void addEpoch(int epoch, String base, String began, @Nullable String ended)
      throws SQLException {
    execute("""
        insert into reprise_history.epochs (epoch, slot, system_identifier, timeline, server_version, database,
          base_snapshot, base_lsn, recorded_lsn, began_at, ended_at, end_reason, state)
        values (%d, 's', '1', 1, '18', 'd', '%s', '0/10', '0/20', '%s', %s, 'restored', '%s')
        """.formatted(
            epoch,
            base,
            began,
            ended == null ? "null" : "'" + ended + "'",
            ended == null ? "RECORDING" : "ENDED"));
  }

  private void addTransactions(int epoch, long... xids) throws SQLException {
    for (long xid : xids) {
      execute("""
          insert into reprise_history.transactions values (%d, '%d/%X', '%d', '2024-01-01T00:00Z', 0)
          """.formatted(epoch, epoch, xid, xid));
    }
  }

  @Test
  void saysThatThereIsNoHistory() {
    assertThatThrownBy(history::epochs)
        .isInstanceOf(HistoryException.class)
        .hasMessageContaining("no change history");
  }

  @Test
  void saysThatNothingIsRecordedYet() {
    migrate();
    assertThatThrownBy(() -> history.epochSeeing(Snapshot.parse("5:5:")))
        .isInstanceOf(HistoryException.class)
        .hasMessageContaining("nothing is recorded yet");
  }

  @Test
  void findsTheEpochOfASnapshot() throws SQLException {
    migrate();
    addEpoch(1, "100:110:105", "2024-01-01T00:00Z", "2024-01-02T00:00Z");
    addTransactions(1, 105, 120, 130);
    addEpoch(2, "90:95:", "2024-01-03T00:00Z", null);
    addTransactions(2, 96, 120);

    assertThat(history.epochSeeing(Snapshot.parse("90:96:")).epoch()).isEqualTo(2);
    assertThat(history
            .epochSeeing(Snapshot.parse("105:125:105"), Instant.parse("2024-01-01T05:00:00Z"))
            .epoch())
        .isEqualTo(1);
    assertThatThrownBy(() -> history.epochSeeing(Snapshot.parse("80:94:")))
        .isInstanceOf(HistoryException.class)
        .hasMessageContaining("older than what is recorded");
    assertThatThrownBy(() -> history.epochSeeing(
            Snapshot.parse("105:120:105,107"), Instant.parse("2024-01-01T05:00:00Z")))
        .isInstanceOf(HistoryException.class)
        .hasMessageContaining("older than what is recorded");
    assertThatThrownBy(() ->
            history.epochSeeing(Snapshot.parse("140:140:"), Instant.parse("2024-01-01T05:00:00Z")))
        .isInstanceOf(HistoryException.class)
        .hasMessageContaining("ended")
        .hasMessageContaining("restored");
  }

  @Test
  void waitsForTheRecorder() throws SQLException, InterruptedException {
    migrate();
    addEpoch(1, "100:110:", "2024-01-01T00:00Z", null);
    var recorder = new Thread(() -> {
      try (Connection connection = source.getConnection();
          var statement = connection.createStatement()) {
        statement.execute("""
            select pg_sleep(0.3);
            insert into reprise_history.transactions values (1, '1/1', '200', now(), 0)
            """);
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    });
    recorder.start();

    assertThat(history.epochSeeing(Snapshot.parse("150:150:")).epoch()).isEqualTo(1);
    recorder.join();
  }

  @Test
  void givesTransactionsInCommitOrderWithTheirChanges() throws SQLException {
    migrate();
    addEpoch(1, "100:110:", "2024-01-01T00:00Z", null);
    execute("""
        insert into reprise_history.relations (epoch, oid, table_schema, table_name, from_lsn, columns, types,
          column_numbers, key_columns, identity_full, base_snapshot)
        values (1, 4000000000, 'public', 't', '0/10', '{a,b}', '{integer,text}', '{1,3}', '{a}', false, '100:110:');
        insert into reprise_history.base_rows values (1, '{1,"x,y"}'), (1, '{2,null}');
        """);
    addTransactions(1, 112, 111);
    execute("""
        insert into reprise_history.changes values
          (1, '1/70', 2, 1, 'UPDATE', '{1,null}', '{9,null}', '{1}'),
          (1, '1/70', 1, 1, 'INSERT', null, '{3,"NULL"}', null),
          (1, '1/6F', 1, 1, 'TRUNCATE', null, null, null)
        """);

    Epoch epoch = history.epochs().get(0);
    var transactions = new ArrayList<RecordedTransaction>();
    history.transactions(epoch, Lsn.ZERO, Lsn.MAX, transactions::add);
    assertThat(transactions).extracting(RecordedTransaction::xid).containsExactly(111L, 112L);
    List<Change> changes = transactions.get(1).changes();
    assertThat(changes)
        .extracting(Change::kind)
        .containsExactly(Change.Kind.INSERT, Change.Kind.UPDATE);
    assertThat(changes.get(0).after()).containsExactly("3", "NULL");
    assertThat(changes.get(1).before()).containsExactly("1", null);
    assertThat(changes.get(1).isUnchanged(1)).isTrue();
    assertThat(changes.get(1).isUnchanged(0)).isFalse();
    assertThat(changes.get(0).relation().oid()).isEqualTo(4_000_000_000L);
    assertThat(history.transaction(epoch, 112).orElseThrow().changes()).hasSize(2);
    assertThat(history.transaction(epoch, 113)).isEmpty();

    var after = new ArrayList<RecordedTransaction>();
    history.transactions(epoch, Lsn.parse("1/6F"), Lsn.MAX, after::add);
    assertThat(after).extracting(RecordedTransaction::xid).containsExactly(112L);

    var rows = new ArrayList<List<String>>();
    history.baseRows(history.relations(epoch).get(0), row -> rows.add(Arrays.asList(row)));
    assertThat(rows).containsExactlyInAnyOrder(List.of("1", "x,y"), Arrays.asList("2", null));
  }
}
