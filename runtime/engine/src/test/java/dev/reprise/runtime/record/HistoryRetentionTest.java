package dev.reprise.runtime.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.reprise.runtime.postgres.Binder;
import dev.reprise.runtime.postgres.Jdbc;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The history of a database that keeps its executions for a time; what it is rebuilt to is tested with the debugger. */
class HistoryRetentionTest {
  private static final RecordConfig TWO_HOURS = new RecordConfig(
      RecordConfig.Mode.AUTO,
      RecordConfig.DEFAULT_MAX_RETAINED_BYTES,
      Optional.of(Duration.ofHours(2)));

  private final RecordedDatabase database = new RecordedDatabase();

  @AfterEach
  void close() {
    database.close();
  }

  private Recorder record(RecordConfig config) {
    database.run("create table t (n int primary key)");
    var recorder = database.start(config);
    RecordedDatabase.awaitState(recorder, RecordStatus.State.RECORDING);
    return recorder;
  }

  private void age(String time) {
    database.run("""
        update reprise_history.epochs set began_at = began_at - interval '%1$s';
        update reprise_history.checkpoints
           set began_at = began_at - interval '%1$s', completed_at = completed_at - interval '%1$s'
        """.formatted(time));
  }

  private void pokeUntil(Recorder recorder, String query) {
    await(query).pollInterval(Duration.ofMillis(50)).until(() -> {
      recorder.poke();
      return database.is(query);
    });
  }

  private String count(String table) {
    return database.text("select count(*) from reprise_history." + table);
  }

  @Test
  void withoutRetentionNothingIsCopiedAgain() {
    var recorder = record(RecordConfig.AUTO);
    age("1000 days");
    database.run("create table later (n int primary key)");
    pokeUntil(
        recorder, "select count(*) > 0 from reprise_history.relations where table_name = 'later'");
    assertThat(count("checkpoints")).isEqualTo("0");
  }

  @Test
  void theHistoryShrinksAndGoesOn() {
    var recorder = record(TWO_HOURS);
    for (int i = 0; i < 50; i++) {
      database.run("insert into t values (" + i + ")");
    }
    database.run("insert into t select generate_series(1000, 13000)");
    database.awaitRecorded();
    database.run("create table young (n int primary key)");
    pokeUntil(
        recorder, "select count(*) > 0 from reprise_history.relations where table_name = 'young'");
    assertThat(count("checkpoints")).as("an epoch younger than an hour").isEqualTo("0");

    age("61 minutes");
    pokeUntil(
        recorder,
        "select count(*) = 1 from reprise_history.checkpoints where completed_at is not null");
    database.run("insert into t values (-1)");
    database.awaitRecorded();
    var since = database.text("select began_at from reprise_history.epochs");
    recorder.poke();
    assertThat(count("transactions")).isEqualTo("52");

    age("4 hours");
    pokeUntil(recorder, "select count(*) = 1 from reprise_history.transactions");
    assertThat(count("changes")).isEqualTo("1");
    assertThat(database.text("select began_at from reprise_history.epochs")).isNotEqualTo(since);
    pokeUntil(recorder, """
        select count(*) = 0 from reprise_history.base_rows b join reprise_history.relations r using (relation)
         where r.base_snapshot is null
        """);
    database.run("delete from t where n > 500");
    database.run("insert into t values (7000)");
    database.awaitRecorded();
    assertThat(RecordedTable.rows(database, "public.t"))
        .hasSize(52)
        .contains("[-1]", "[0]", "[49]", "[7000]");
    assertThat(count("epochs")).isEqualTo("1");
  }

  @Test
  void aTableThatCannotBeCopiedIsToldAndHoldsUpNoRecording() throws Exception {
    var recorder = record(TWO_HOURS);
    database.run("create table locked (n int primary key)");
    database.awaitCopied("public.locked");
    try (var other = database.connect()) {
      other.setAutoCommit(false);
      Jdbc.update(other, "lock table locked in access exclusive mode", Binder.NOTHING);
      age("61 minutes");
      await()
          .atMost(Duration.ofSeconds(60))
          .pollInterval(Duration.ofMillis(200))
          .until(() -> {
            recorder.poke();
            return recorder.status().detail().contains("cannot be deleted, which is tried again");
          });
      database.run("insert into t values (1)");
      database.awaitRecorded();
      assertThat(RecordedTable.rows(database, "public.t")).containsExactly("[1]");
      assertThat(
              database.is("select bool_and(completed_at is null) from reprise_history.checkpoints"))
          .isTrue();
      other.rollback();
    }
    pokeUntil(
        recorder, "select bool_and(completed_at is not null) from reprise_history.checkpoints");
    await().until(() -> {
      recorder.poke();
      return !recorder.status().detail().contains("cannot be deleted");
    });
  }
}
