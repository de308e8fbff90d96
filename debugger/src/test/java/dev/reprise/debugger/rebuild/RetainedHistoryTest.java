package dev.reprise.debugger.rebuild;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.reprise.debugger.history.History;
import dev.reprise.debugger.history.HistoryException;
import dev.reprise.debugger.history.Snapshot;
import dev.reprise.runtime.postgres.ConnectionHook;
import dev.reprise.runtime.postgres.ScratchDatabase;
import dev.reprise.runtime.record.RecordConfig;
import dev.reprise.runtime.record.RecordStatus;
import dev.reprise.runtime.record.Recorder;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/** A recorded database whose history is kept for a time only, stopped at every point of the work that this takes. */
class RetainedHistoryTest { // tidy: one place to stop at after the other
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  /** A checkpoint every hour, and a history of at least three. */
  private static final RecordConfig TWO_HOURS = new RecordConfig(
      RecordConfig.Mode.AUTO,
      RecordConfig.DEFAULT_MAX_RETAINED_BYTES,
      Optional.of(Duration.ofHours(2)));

  private static final String SCHEMA = """
      create table keyed (id int primary key, body text);
      create table keyless (a int, b text);
      create table gone (id int primary key);
      insert into keyed select i, 'b' || i from generate_series(1, 50) i;
      insert into keyless select i % 5, 'k' from generate_series(1, 20) i;
      insert into gone values (1);
      create sequence hits;
      create function stop() returns trigger language plpgsql as $$
      begin
        perform nextval('public.hits');
        raise exception 'stopped by the test';
      end $$;
      create function stop_at_second() returns trigger language plpgsql as $$
      begin
        if exists (select from reprise_history.relations r, reprise_history.checkpoints c
                    where c.completed_at is null and r.base_snapshot is not null and r.relation > c.after_relation) then
          perform nextval('public.hits');
          raise exception 'stopped by the test';
        end if;
        return new;
      end $$;
      """;

  private final ScratchDatabase database = ScratchDatabase.forTests();
  private final List<Seen> seen = new ArrayList<>();
  private int writes = 100;
  private Recorder recorder = start();

  private record Seen(String when, Snapshot snapshot, String contents) {}

  @BeforeEach
  void begin() throws SQLException {
    run(SCHEMA);
    awaitRecording();
    poke("select count(*) = 3 from reprise_history.relations where base_snapshot is not null");
  }

  @AfterEach
  void close() {
    recorder.close();
    database.close();
  }

  private Recorder start() {
    var started = new Recorder(database.config(), TWO_HOURS, ConnectionHook.NONE);
    started.start();
    return started;
  }

  private void awaitRecording() {
    await().atMost(PATIENCE).until(() -> recorder.status().state() == RecordStatus.State.RECORDING);
  }

  private Connection session() throws SQLException {
    return DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password());
  }

  private void run(String sql) throws SQLException {
    try (var connection = session()) {
      RecordedSource.execute(connection, sql);
    }
  }

  private String text(String sql) throws SQLException {
    try (var connection = session()) {
      return RecordedSource.text(connection, sql);
    }
  }

  private boolean is(String sql) throws SQLException {
    return text(sql).equals("t");
  }

  private History history() {
    var source = new PGSimpleDataSource();
    source.setUrl(database.jdbcUrl());
    source.setUser(database.user());
    source.setPassword(database.password());
    return History.of(source);
  }

  private void write() throws SQLException {
    writes++;
    run("""
        insert into keyed values (%1$d, 'w%1$d');
        update keyed set body = body || 'u' where id %% 7 = %1$d %% 7;
        delete from keyed where id = %1$d - 95;
        insert into keyless values (%1$d, null);
        update keyless set b = 'n' || a where ctid = (select min(ctid) from keyless)
        """.formatted(writes));
  }

  /** Notes what a snapshot sees, and has it followed by a transaction that it does not see. */
  private void see(String when) throws SQLException {
    write();
    try (var session = session()) {
      session.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      session.setAutoCommit(false);
      var snapshot =
          Snapshot.parse(RecordedSource.text(session, "select pg_current_snapshot()::text"));
      seen.add(new Seen(when, snapshot, RecordedSource.contents(session)));
      session.rollback();
    }
    write();
  }

  private void age(String time) throws SQLException {
    run("""
        update reprise_history.epochs set began_at = began_at - interval '%1$s', ended_at = ended_at - interval '%1$s';
        update reprise_history.checkpoints
           set began_at = began_at - interval '%1$s', completed_at = completed_at - interval '%1$s'
        """.formatted(time));
  }

  /** Has a statement fail from now on; to be called before the work may come to it. */
  private void arm(String statement, String function) throws SQLException {
    run("create or replace trigger stop before " + statement
        + " for each row execute function public." + function + "()");
  }

  /** Lets the work come up to a statement that fails, again and again; ends the sessions there. */
  private void stopAt(String statement, boolean restart) throws SQLException {
    long before = hits();
    await(statement).atMost(PATIENCE).pollInterval(Duration.ofMillis(100)).until(() -> {
      recorder.poke();
      return hits() > before;
    });
    if (restart) {
      recorder.close();
      recorder = start();
    } else {
      run("""
          select pg_terminate_backend(pid) from pg_stat_activity
           where datname = current_database() and application_name = 'reprise' and pid <> pg_backend_pid()
          """);
    }
  }

  private void goOn(String statement) throws SQLException {
    run("drop trigger stop on " + statement.substring(statement.lastIndexOf(' ') + 1));
  }

  private long hits() throws SQLException {
    return Long.parseLong(text("select case when is_called then last_value else 0 end from hits"));
  }

  private void poke(String until) {
    await(until).atMost(PATIENCE).pollInterval(Duration.ofMillis(50)).until(() -> {
      recorder.poke();
      return is(until);
    });
  }

  /** Everything that the history still has is as it was seen; the rest is refused. Gives how many there are. */
  private long check(String when) throws SQLException {
    var history = history();
    var base = history.epochs().get(0).base();
    long kept = 0;
    for (Seen one : seen) {
      if (one.snapshot().includes(base)) {
        kept++;
        assertThat(rebuilt(history, one.snapshot()))
            .as("seen %s, rebuilt %s", one.when(), when)
            .isEqualTo(one.contents());
      } else {
        assertThatThrownBy(() -> history.epochSeeing(one.snapshot()))
            .as("seen %s, refused %s", one.when(), when)
            .isInstanceOf(HistoryException.class)
            .hasMessageContaining("older than what is recorded")
            .hasMessageContaining("executions are kept for 2h");
      }
    }
    return kept;
  }

  private static String rebuilt(History history, Snapshot snapshot) throws SQLException {
    try (var scratch = new Rebuilder(history)
            .at(
                history.epochSeeing(snapshot),
                Visibility.of(snapshot),
                Scratch.embedded(),
                Set.of());
        var connection = scratch.open()) {
      return RecordedSource.contents(connection);
    }
  }

  // tidy: the phases in their order
  @Test
  void whereverTheWorkStopsWhatIsKeptIsRebuilt() throws Exception {
    see("at first");
    run("drop table gone");
    poke("""
        select ddl::text not like '%gone%' from reprise_history.schemas order by seen_lsn desc limit 1
        """);
    see("before the checkpoint");
    var complete = "update of completed_at on reprise_history.checkpoints";
    var insertCheckpoint = "insert on reprise_history.checkpoints";
    arm(insertCheckpoint, "stop");
    age("90 minutes");
    stopAt(insertCheckpoint, true);
    try (var open = session()) {
      open.setAutoCommit(false);
      RecordedSource.execute(open, "insert into keyed values (-1, 'open since before')");
      var insertRows = "insert on reprise_history.base_rows";
      arm(insertRows, "stop");
      goOn(insertCheckpoint);
      stopAt(insertRows, false);
      see("before the first copy");
      arm(insertRows, "stop_at_second");
      stopAt(insertRows, true);
      see("after the first copy");
      open.commit();
      see("between the copies");
      assertThat(check("between the copies")).isEqualTo(5);
      arm(complete, "stop");
      goOn(insertRows);
    }
    stopAt(complete, false);
    see("after the copies");
    assertThat(check("after the copies")).isEqualTo(6);
    goOn(complete);
    poke("select completed_at is not null from reprise_history.checkpoints");
    see("after the checkpoint");
    assertThat(check("after the checkpoint")).isEqualTo(7);
    var move = "update of base_snapshot on reprise_history.epochs";
    arm(move, "stop");
    // old enough to begin with, not old enough for another
    run(
        "update reprise_history.checkpoints set completed_at = completed_at - interval '181 minutes'");
    stopAt(move, true);
    var deleted = List.of("changes", "transactions", "base_rows", "relations");
    for (String statement : deleted) {
      arm("delete on reprise_history." + statement, "stop");
    }
    goOn(move);
    for (String statement : deleted) {
      var delete = "delete on reprise_history." + statement;
      stopAt(delete, statement.equals("changes"));
      if (statement.equals("transactions")) {
        see("before they were deleted");
      }
      check("before " + statement + " were deleted");
      goOn(delete);
    }
    poke("""
        select not exists (select from reprise_history.base_rows b join reprise_history.relations r using (relation)
                            where r.base_snapshot is null)
        """);
    assertThat(check("in the end")).isEqualTo(2);
    assertThat(text("select min(retention) from reprise_history.epochs")).isEqualTo("2h");
    assertThat(is("""
        select not exists (select from reprise_history.transactions t, reprise_history.checkpoints c
                            where pg_visible_in_snapshot(t.transaction_id, c.began_snapshot))
        """)).isTrue();
    poke("select not exists (select from reprise_history.relations where table_name = 'gone')");
  }

  @Test
  void aSecondRoundFollowsTheFirstAndChangesOfColumnsSurvive() throws Exception {
    see("at first");
    for (int round = 1; round <= 3; round++) {
      age("90 minutes");
      poke(
          "select count(*) filter (where completed_at > clock_timestamp() - interval '1 minute') > 0"
              + " from reprise_history.checkpoints");
      run("alter table keyed add column c" + round + " uuid default gen_random_uuid()");
      run("create table late" + round + " (id int primary key); insert into late" + round
          + " values (1)");
      poke("""
          select count(distinct table_name) = 2 from reprise_history.relations
           where base_snapshot is not null and (table_name = 'late%1$d' or 'c%1$d' = any (columns))
          """.formatted(round));
      see("in round " + round);
      check("in round " + round);
    }
    poke("select count(*) <= 3 from reprise_history.checkpoints where completed_at is not null");
    poke("select bool_and(retention = '2h') from reprise_history.epochs");
    assertThat(check("in the end")).isBetween(2L, 3L);
  }

  @Test
  void whileOthersWriteWhatIsKeptIsRebuilt() throws Exception {
    var writing = new AtomicBoolean(true);
    var threads = Executors.newFixedThreadPool(3);
    try {
      var writers = new ArrayList<Future<?>>();
      for (int i = 0; i < 3; i++) {
        int writer = i;
        writers.add(threads.submit(() -> writeWhile(writing, writer)));
      }
      for (int round = 1; round <= 3; round++) {
        see("in round " + round);
        age("100 minutes");
        for (int i = 0; i < 3; i++) {
          recorder.poke();
          see("in round " + round + ", step " + i);
        }
        poke("select count(*) > 0 from reprise_history.checkpoints"
            + " where completed_at > clock_timestamp() - interval '1 minute'");
      }
      poke("select bool_and(retention is not null) from reprise_history.epochs");
      see("in the end");
      writing.set(false);
      for (var writer : writers) {
        writer.get();
      }
    } finally {
      writing.set(false);
      threads.shutdown();
    }
    assertThat(check("in the end")).isBetween(1L, (long) seen.size() - 1);
  }

  private @Nullable Void writeWhile(AtomicBoolean writing, int writer) throws SQLException {
    try (var session = session()) {
      session.setAutoCommit(false);
      for (int i = 0; writing.get(); i++) {
        RecordedSource.execute(session, """
            update keyed set body = '%1$d' where id = %2$d;
            insert into keyless values (%2$d, 'by %3$d');
            delete from keyless where ctid = (select min(ctid) from keyless where b = 'by %3$d')
            """.formatted(i, 20 + (i * 7 + writer) % 30, writer));
        if (i % 5 == 0) {
          session.rollback();
        } else {
          session.commit();
        }
      }
    }
    return null;
  }

  @Test
  void anEndedEpochIsForgottenWhenItIsOld() throws Exception {
    see("in the first epoch");
    assertThat(check("at once")).isEqualTo(1);
    recorder.close();
    run("select pg_drop_replication_slot(slot) from reprise_history.epochs");
    recorder = start();
    awaitRecording();
    see("in the second epoch");
    assertThat(rebuilt(history(), seen.get(0).snapshot())).isEqualTo(seen.get(0).contents());
    run(
        "update reprise_history.epochs set ended_at = ended_at - interval '4 hours' where state = 'ENDED'");
    for (String table : List.of("epochs", "changes", "transactions", "schemas", "relations")) {
      poke("select count(*) = 0 from reprise_history." + table + " where epoch = 1");
    }
    poke("""
        select bool_and(r.relation is not null)
          from reprise_history.base_rows b left join reprise_history.relations r using (relation)
        """);
    assertThatThrownBy(() -> history().epochSeeing(seen.get(0).snapshot()))
        .hasMessageContaining("older than what is recorded");
    assertThat(rebuilt(history(), seen.get(1).snapshot())).isEqualTo(seen.get(1).contents());
  }

  @Test
  void whoReadsWhileTheBeginningMovesIsTold() throws Exception {
    see("at first");
    see("later");
    var history = history();
    var snapshot = seen.get(0).snapshot();
    var epoch = history.epochSeeing(snapshot);
    run("update reprise_history.epochs set base_snapshot = '" + seen.get(1).snapshot() + "'");
    try (var scratch = Scratch.embedded()) {
      assertThatThrownBy(() -> new Rebuilder(history)
              .at(epoch, Visibility.of(snapshot), scratch, Set.of())
              .close())
          .isInstanceOf(HistoryException.class)
          .hasMessageContaining("deleted while it was read");
    }
  }
}
