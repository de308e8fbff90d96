package dev.reprise.runtime.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.reprise.runtime.postgres.Binder;
import dev.reprise.runtime.postgres.Jdbc;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RecorderTest { // tidy: one recorder, and what may happen to it
  private final RecordedDatabase database = new RecordedDatabase();

  @AfterEach
  void close() {
    database.close();
  }

  private void assertRecorded(String table, String columns) {
    database.awaitRecorded();
    assertThat(RecordedTable.rows(database, table)).isEqualTo(present(table, columns));
  }

  /** As text, column by column, as the history has it. */
  private List<String> present(String table, String columns) {
    return database.texts("select array[" + columns + "]::text[] from " + table).stream()
        .map(text -> "["
            + text.substring(1, text.length() - 1).replace("NULL", "null").replace(",", ", ") + "]")
        .sorted()
        .toList();
  }

  @Test
  void theBaseCopyAndTheStreamMeetWhileOthersWrite() throws Exception {
    database.run("create table account (id int primary key, balance bigint not null)");
    database.run("insert into account select n, 100 from generate_series(1, 500) n");
    var writing = new AtomicBoolean(true);
    var threads = Executors.newFixedThreadPool(4);
    try {
      var writers = new ArrayList<Future<?>>();
      for (int i = 0; i < 4; i++) {
        writers.add(threads.submit(() -> transferWhile(writing)));
      }
      database.record();
      await()
          .until(() ->
              Long.parseLong(database.text("select count(*) from reprise_history.transactions"))
                  > 200);
      writing.set(false);
      for (var writer : writers) {
        writer.get();
      }
    } finally {
      writing.set(false);
      threads.shutdown();
    }
    assertRecorded("public.account", "id, balance");
  }

  private Void transferWhile(AtomicBoolean writing) throws SQLException {
    try (var connection = database.connect()) {
      connection.setAutoCommit(false);
      while (writing.get()) {
        var random = ThreadLocalRandom.current();
        int from = random.nextInt(1, 500);
        Jdbc.update(
            connection,
            "update account set balance = balance - 1 where id = " + from,
            Binder.NOTHING);
        Jdbc.update(
            connection,
            "update account set balance = balance + 1 where id = " + (from + 1),
            Binder.NOTHING);
        if (random.nextInt(5) == 0) {
          connection.rollback();
        } else {
          connection.commit();
        }
      }
    }
    return null;
  }

  @Test
  void transactionsHaveTheirFullIdsAndComeInTheOrderOfTheirCommits() throws Exception {
    database.run("create table t (n int primary key)");
    database.record();
    var ids = new ArrayList<String>();
    try (var one = database.connect();
        var two = database.connect()) {
      one.setAutoCommit(false);
      two.setAutoCommit(false);
      var first = insert(one, 1);
      var second = insert(two, 2);
      two.commit();
      one.commit();
      ids.addAll(List.of(second, first));
    }
    database.awaitRecorded();
    assertThat(database.texts(
            "select transaction_id from reprise_history.transactions order by commit_lsn"))
        .isEqualTo(ids);
    assertThat(database.texts(
            "select n.new_values[1] from reprise_history.changes n order by commit_lsn, ordinal"))
        .containsExactly("2", "1");
    assertThat(
            database.is(
                "select bool_and(committed_at between clock_timestamp() - interval '1 minute' and clock_timestamp()) from reprise_history.transactions"))
        .isTrue();
  }

  private static String insert(java.sql.Connection connection, int n) throws SQLException {
    return Jdbc.query(
            connection,
            "with i as (insert into t values (" + n + ")) select pg_current_xact_id()",
            Binder.NOTHING,
            row -> row.getString(1))
        .get(0);
  }

  @Test
  void aStoppedRecorderGoesOnWhereItWas() {
    database.run("create table t (n int primary key)");
    database.record().close();
    database.run("insert into t values (1), (2)");
    database.record();
    database.run("update t set n = 3 where n = 2");
    assertRecorded("public.t", "n");
    assertThat(database.text("select count(*) from reprise_history.epochs")).isEqualTo("1");
    assertThat(database.text("select count(*) from reprise_history.transactions"))
        .isEqualTo("2");
  }

  @Test
  void nothingIsLostOrDoubledWhenItsSessionsAreEnded() throws Exception {
    database.run("create table t (n int primary key)");
    var recorder = database.record();
    for (int i = 0; i < 300; i++) {
      database.run("insert into t values (" + i + ")");
      if (i % 60 == 10) {
        database.run("""
            select pg_terminate_backend(pid) from pg_stat_activity
             where datname = current_database() and application_name = 'reprise' and pid <> pg_backend_pid()
               and backend_type = '%s'
            """.formatted(i % 120 == 10 ? "walsender" : "client backend"));
      }
    }
    assertRecorded("public.t", "n");
    assertThat(database.text("select count(*) from reprise_history.transactions"))
        .isEqualTo("300");
    assertThat(database.text("select count(*) from reprise_history.epochs")).isEqualTo("1");
    RecordedDatabase.awaitState(recorder, RecordStatus.State.RECORDING);
  }

  @Test
  void aLargeTransactionIsWrittenInPiecesAndCommittedWhole() {
    database.run("create table t (n int primary key, filling text)");
    var recorder = database.record();
    database.run("insert into t select n, repeat('x', 100) from generate_series(1, 60000) n");
    await().until(() -> database.is("""
        select exists (select from pg_stat_activity where datname = current_database()
                        and application_name = 'reprise' and query like 'copy reprise_history.changes%')
        """));
    database.run("""
        select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and backend_type = 'walsender'
        """);
    database.awaitRecorded();
    assertThat(database.text("select count(*) || ' ' || max(ordinal) from reprise_history.changes"))
        .isEqualTo("60000 59999");
    assertThat(database.text("select changes from reprise_history.transactions"))
        .isEqualTo("60000");
    RecordedDatabase.awaitState(recorder, RecordStatus.State.RECORDING);
  }

  @Test
  void anotherTakesOver() {
    database.run("create table t (n int primary key)");
    var first = database.record();
    var second = database.start();
    RecordedDatabase.awaitState(second, RecordStatus.State.STANDBY);
    database.run("insert into t values (1)");
    first.close();
    database.run("insert into t values (2)");
    second.poke();
    RecordedDatabase.awaitState(second, RecordStatus.State.RECORDING);
    database.run("insert into t values (3)");
    assertRecorded("public.t", "n");
    assertThat(database.text("select count(*) from reprise_history.transactions"))
        .isEqualTo("3");
    assertThat(database.text("select count(*) from reprise_history.epochs")).isEqualTo("1");
  }

  @Test
  void aLargeValueThatDoesNotChangeIsMarked() {
    database.run("create table t (n int primary key, small text, large text)");
    database.run("alter table t alter large set storage external");
    database.record();
    database.run("insert into t values (1, 'a', repeat('x', 10000))");
    database.run("update t set small = 'b'");
    database.awaitRecorded();
    assertThat(database.texts("select unchanged from reprise_history.changes order by commit_lsn"))
        .containsExactly("null", "{2}");
    assertRecorded("public.t", "n, small, large");
  }

  @Test
  void aTableWithoutKeyIsRecordedByItsWholeRows() {
    database.run("create table t (a int, b text, large text)");
    database.run("alter table t alter large set storage external");
    database.run("insert into t values (1, 'x', repeat('y', 9000)), (1, null, null)");
    database.record();
    assertThat(database.text("select relreplident from pg_class where oid = 't'::regclass"))
        .isEqualTo("f");
    database.run("insert into t values (2, 'z', null)");
    database.run("update t set b = 'w' where large is not null");
    database.run("delete from t where b is null");
    assertRecorded("public.t", "a, b, large");
    assertThat(database.is("select bool_and(unchanged is null) from reprise_history.changes"))
        .isTrue();
  }

  @Test
  void aChangedKeyHasTheOldOneBesideIt() {
    database.run("create table t (a int, b text, c text, primary key (a, b))");
    database.record();
    database.run("insert into t values (1, 'x', 'c')");
    database.run("update t set a = 2");
    database.run("delete from t");
    database.awaitRecorded();
    assertThat(database.texts("select old_values from reprise_history.changes order by commit_lsn"))
        .containsExactly("null", "{1,x,NULL}", "{2,x,NULL}");
  }

  @Test
  void truncateIsRecordedForEveryTable() {
    database.run("create table a (n int primary key)");
    database.run("create table b (n int primary key references a)");
    database.run("insert into a values (1)");
    database.record();
    database.run("insert into b values (1)");
    database.run("truncate a cascade");
    database.run("insert into a values (2)");
    assertRecorded("public.a", "n");
    assertRecorded("public.b", "n");
    assertThat(
            database.text("select count(*) from reprise_history.changes where kind = 'TRUNCATE'"))
        .isEqualTo("2");
  }

  @Test
  void aTableThatIsCreatedWhileRecordingIsFound() {
    database.record();
    database.run("create table late (n int primary key); insert into late values (1)");
    database.run("insert into late values (2)");
    database.awaitCopied("public.late");
    database.run("insert into late values (3)");
    database.run("delete from late where n = 1");
    assertRecorded("public.late", "n");
  }

  @Test
  void columnsMayBeAddedDroppedAndRenamed() {
    database.run("create table t (n int primary key, a text, b text)");
    database.run("insert into t values (1, 'a', 'b')");
    database.record();
    database.run("insert into t values (2, 'a', 'b')");
    database.run("alter table t add column c text, drop column a");
    database.run("insert into t values (3, 'b', 'c')");
    database.run("alter table t rename b to d");
    database.run("insert into t values (4, 'd', 'c')");
    database.awaitRecorded();
    assertThat(database.texts("""
            -- the number of a column that was gone again when the recorder looked is not known: 0
            select r.columns::text || replace(r.column_numbers::text, ',0,', ',3,') || c.new_values::text
              from reprise_history.changes c join reprise_history.relations r using (relation)
             order by c.commit_lsn
            """))
        .containsExactly("{n,a,b}{1,2,3}{2,a,b}", "{n,b,c}{1,3,4}{3,b,c}", "{n,d,c}{1,3,4}{4,d,c}");
  }

  @Test
  void rowsThatARewriteFilledAreCopiedAgain() {
    database.run("create table t (n int primary key)");
    database.run("insert into t select generate_series(1, 3)");
    database.record();
    database.run("alter table t add column id uuid not null default gen_random_uuid()");
    await().until(() -> database.is("""
        select count(*) = 2 from reprise_history.relations where base_snapshot is not null
        """));
    database.run("insert into t values (4)");
    assertRecorded("public.t", "n, id");
  }

  @Test
  void theLeavesOfAPartitionedTableAreRecorded() {
    database.run("""
        create table p (n int primary key) partition by range (n);
        create table p1 partition of p for values from (0) to (10);
        create table p2 partition of p for values from (10) to (20);
        insert into p values (1)
        """);
    database.record();
    database.run("insert into p values (11)");
    database.run("update p set n = 12 where n = 1");
    assertRecorded("public.p1", "n");
    assertRecorded("public.p2", "n");
  }

  @Test
  void anUnloggedTableIsNamedAsNotRecorded() {
    database.run("create unlogged table u (n int primary key)");
    database.record();
    await().until(() -> database.is("select exists (select from reprise_history.unrecorded)"));
    assertThat(database.text("select table_name || ': ' || remedy from reprise_history.unrecorded"))
        .isEqualTo("u: ALTER TABLE public.u SET LOGGED");
  }

  /** From PostgreSQL 18 on its updates would fail in production once it is published. */
  @Test
  void aTableWithoutKeyThatHasAGeneratedColumnIsLeftAlone() {
    database.run("create table g (n int, twice int generated always as (n * 2) stored)");
    database.run("create table later (n int)");
    database.record();
    database.run("insert into g values (1)");
    database.run("update g set n = 2");
    database.run("alter table later add column twice int generated always as (n * 2) stored");
    database.run("insert into later values (1)");
    await().ignoreExceptions().until(() -> {
      database.run("update later set n = n + 1");
      return true;
    });
    assertThat(database.is("select n = 2 from g")).isTrue();
  }

  @Test
  void aLostSlotEndsTheEpochAndAnotherBegins() {
    database.run("create table t (n int primary key)");
    database.record().close();
    database.run("insert into t values (1)");
    database.run("select pg_drop_replication_slot(slot) from reprise_history.epochs");
    database.record();
    database.run("insert into t values (2)");
    assertRecorded("public.t", "n");
    assertThat(database.texts(
            "select state || coalesce(end_reason, '') from reprise_history.epochs order by epoch"))
        .satisfiesExactly(
            first -> assertThat(first).startsWith("ENDED").contains("is gone"),
            second -> assertThat(second).isEqualTo("RECORDING"));
  }

  @Test
  void tooMuchRetainedLogEndsTheEpochAndFreesTheSlot() {
    database.run("create table t (n int primary key)");
    database.record().close();
    database.run("insert into t select generate_series(1, 100000)");
    var recorder = database.start(new RecordConfig(RecordConfig.Mode.AUTO, 1 << 20));
    RecordedDatabase.awaitState(recorder, RecordStatus.State.RESTING);
    assertThat(database.text("select end_reason from reprise_history.epochs"))
        .startsWith("the server had to keep too much of its log");
    assertThat(database.text(
            "select count(*) from pg_replication_slots where database = current_database()"))
        .isEqualTo("0");
    assertThat(recorder.status().toString())
        .startsWith("resting: ")
        .contains("the server had to keep too much of its log");
    recorder.close();

    var another = database.start();
    RecordedDatabase.awaitState(another, RecordStatus.State.RESTING);
    assertThat(another.status().detail()).contains("another epoch begins an hour after");
    database.run("update reprise_history.epochs set ended_at = ended_at - interval '61 minutes'");
    another.poke();
    RecordedDatabase.awaitState(another, RecordStatus.State.RECORDING);
    database.run("insert into t values (0)");
    assertRecorded("public.t", "n");
    assertThat(database.texts("select state from reprise_history.epochs order by epoch"))
        .containsExactly("ENDED", "RECORDING");
  }

  @Test
  void whoCannotWriteFreesTheSlotBeyondTheLimit() {
    database.run("create table t (n int primary key)");
    database.record().close();
    database.run("""
        create function refuse() returns trigger language plpgsql as $$ begin raise exception 'no place'; end $$;
        create trigger refuse before insert on reprise_history.changes for each row execute function refuse()
        """);
    database.run("insert into t values (0)");
    var recorder = database.start(new RecordConfig(RecordConfig.Mode.AUTO, 1 << 20));
    await().until(() -> recorder.status().detail().startsWith("begins again"));
    database.run("insert into t select generate_series(1, 100000)");
    RecordedDatabase.awaitState(recorder, RecordStatus.State.RESTING);
    assertThat(database.text(
            "select count(*) from pg_replication_slots where database = current_database()"))
        .isEqualTo("0");
  }

  @Test
  void anIdleRecorderWritesSeldom() {
    database.run("create table t (n int primary key)");
    var recorder = database.record();
    database.run("insert into t values (1)");
    database.awaitRecorded();
    await().until(() -> recorder.status().retainedBytes() > 0);
    assertThat(recorder.status().lagBytes()).isLessThan(1 << 20);
    var end = Instant.now().plusSeconds(5);
    // every write moves the position in the epoch's row; what others do on the server does not
    // count
    var versions = new HashSet<String>();
    await().until(() -> {
      versions.add(database.text("select xmin from reprise_history.epochs"));
      return Instant.now().isAfter(end);
    });
    assertThat(versions).hasSizeBetween(1, 5);
  }

  @Test
  void itIsStoppedWhileASlotWaitsForAnOpenTransaction() throws Exception {
    database.run("create table t (n int primary key)");
    try (var open = database.connect()) {
      open.setAutoCommit(false);
      Jdbc.update(open, "insert into t values (1)", Binder.NOTHING);
      var recorder = database.start();
      await().until(() -> recorder.status().detail().startsWith("waits"));
      recorder.close();
      open.commit();
    }
    database.record();
    assertRecorded("public.t", "n");
  }
}
