package dev.reprise.runtime.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Definitions change while a database is recorded, or while nobody records it. */
class ChangedDefinitionsRecordedTest {
  private final RecordedDatabase database = new RecordedDatabase();

  @AfterEach
  void close() {
    database.close();
  }

  /** Gives the id of the transaction. */
  private String transaction(String statements) throws Exception {
    try (var connection = database.connect();
        var statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute(statements);
      try (var rows = statement.executeQuery("select pg_current_xact_id()::text")) {
        rows.next();
        var id = rows.getString(1);
        connection.commit();
        return id;
      }
    }
  }

  private String makersOfSchema(int number, Recorder recorder) {
    await().atMost(Duration.ofSeconds(60)).until(() -> {
      recorder.poke();
      return database.is("select count(*) >= %d from reprise_history.schemas".formatted(number));
    });
    return database.text("""
        select coalesce(made_by::text, 'unknown') from reprise_history.schemas order by seen_lsn offset %d limit 1
        """.formatted(number - 1));
  }

  @Test
  void itIsKeptWhoChangedTheDefinitionsAlsoWhileNobodyRecorded() throws Exception {
    database.run("create table t (n int primary key); create table keyless (a int)");
    var recorder = database.record();
    var one = transaction("alter table t add column later int; insert into t values (1)");
    assertThat(makersOfSchema(2, recorder)).isEqualTo("{%s}".formatted(one));
    recorder.close();
    database.run("insert into keyless values (1)");
    database.run("truncate t");
    var two = transaction("create table u (n int primary key, m int)");
    var three = transaction("create view v as select * from u");
    database.run("truncate keyless");
    database.run("insert into u values (7, 7)");
    var again = database.record();
    assertThat(makersOfSchema(3, again)).isEqualTo("{%s,%s}".formatted(two, three));
    assertThat(database.texts("""
            select array_length(base_writers, 1)::text from reprise_history.relations where table_name = 'u'
            """)).containsExactly("1");
    database.run("drop view v");
    assertThat(makersOfSchema(4, again)).as("what is gone leaves nothing").isEqualTo("{}");
    assertThat(makersOfSchema(1, again)).isEqualTo("unknown");
  }

  @Test
  void whoMigratesWaitsUntilNewTablesAreRecorded() {
    NewTables.await(database.config(), Duration.ofSeconds(60)); // for nobody
    database.record();
    database.run("create table late (n int primary key); create table later (a int)");
    NewTables.await(database.config(), Duration.ofSeconds(60));
    database.run("insert into late values (1)");
    database.run("insert into later values (1)");
    database.awaitRecorded();
    assertThat(database.text("select count(*) from reprise_history.changes")).isEqualTo("2");
  }
}
