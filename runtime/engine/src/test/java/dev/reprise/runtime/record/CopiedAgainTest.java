package dev.reprise.runtime.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Where the changes do not tell what became of the rows, these are copied again. */
class CopiedAgainTest {
  private RecordedDatabase database;

  @BeforeEach
  void create() {
    database = new RecordedDatabase();
  }

  @AfterEach
  void close() {
    database.close();
  }

  private void awaitTrue(String query) {
    await(query)
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(20))
        .until(() -> database.is(query));
  }

  private void awaitCopies(int count) {
    awaitTrue("select count(*) = %d from reprise_history.relations where base_snapshot is not null"
        .formatted(count));
  }

  private void assertRows(String... rows) {
    database.awaitRecorded();
    assertThat(RecordedTable.rows(database, "public.t")).containsExactly(rows);
  }

  @Test
  void aTableIsCopiedAgainWhenItsTextsMeanSomethingElse() {
    database.run("create type mood as enum ('good', 'bad')");
    database.run("create type pair as (a int, b mood)");
    database.run("create domain moods as mood[]");
    database.run("create table t (id int primary key, price int, m moods, p pair)");
    database.run("insert into t values (1, 100, '{bad}', '(1,good)')");
    var recorder = database.record();
    awaitCopies(1);

    // another label and another name need no copy
    database.run("alter type mood add value 'so so'");
    database.run("alter table t rename price to cost");
    database.run("insert into t values (2, 200, '{so so}', null)");
    recorder.poke();
    awaitTrue("""
        select exists (select from reprise_history.schemas where ddl::text like '%so so%' and ddl::text like '%"cost"%')
        """);
    awaitCopies(1);

    database.run("alter type mood rename value 'bad' to 'sad'");
    recorder.poke();
    awaitCopies(2);
    assertRows("[1, 100, {sad}, (1,good)]", "[2, 200, {\"so so\"}, null]");
    database.run("alter type pair add attribute c int");
    recorder.poke();
    awaitCopies(3);
    assertRows("[1, 100, {sad}, (1,good,)]", "[2, 200, {\"so so\"}, null]");
    database.run("alter table t alter cost type int using cost / 100");
    recorder.poke();
    awaitCopies(4);
    assertRows("[1, 1, {sad}, (1,good,)]", "[2, 2, {\"so so\"}, null]");
  }

  @Test
  void whatSomebodyTakesOutOfThePublicationBeginsAnotherEpoch() {
    database.run("create table t (id int primary key, v text)");
    var recorder = database.record();
    database.run("insert into t values (1, 'a')");
    database.awaitRecorded();
    int epoch = 1;
    for (String hand : new String[] {
      "drop publication reprise_history",
      "alter publication reprise_history set (publish = 'insert')"
    }) {
      database.run(hand);
      database.run("update t set v = v || '+'");
      recorder.poke();
      epoch++;
      awaitTrue("""
          select exists (select from reprise_history.epochs where epoch = %d and state = 'RECORDING')
          """.formatted(epoch));
      database.run("update t set v = v || '-'");
      assertRows("[1, " + database.text("select v from t") + "]");
    }
    assertThat(database.texts(
            "select end_reason from reprise_history.epochs where state = 'ENDED' order by epoch"))
        .hasSize(2)
        .allMatch(reason -> reason.contains("public.t") && reason.contains("publication"));
  }
}
