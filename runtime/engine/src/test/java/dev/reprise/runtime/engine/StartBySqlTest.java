package dev.reprise.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.reprise.ExecutionStatus;
import dev.reprise.IdempotencyConflictException;
import dev.reprise.Options;
import dev.reprise.WorkQueue;
import dev.reprise.runtime.postgres.ScratchDatabase;
import dev.reprise.runtime.postgres.TestDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code reprise.start}: executions that begin with a statement. */
@Timeout(120)
class StartBySqlTest {
  private static ScratchDatabase database;
  private static TestNode node;

  @BeforeAll
  static void start() {
    database = TestDatabase.create();
    node = TestNode.queued(
        database, List.of(WorkQueue.named("q").concurrency(1)), Line.class, Bank.class);
    node.sql("create table account (name text primary key, balance bigint not null)");
  }

  @AfterAll
  static void stop() {
    node.close();
    database.close();
  }

  @BeforeEach
  void reset() {
    Line.reset();
  }

  private static String start(String arguments) {
    return node.textsOf("select reprise.start(" + arguments + ")").get(0);
  }

  private static <T> T result(String id, Class<T> type) throws Exception {
    return node.runtime().execution(id, type).result();
  }

  @Test
  void anExecutionBeginsWithTheCommitOfItsTransactionAndNotWithItsRollback() throws Exception {
    try (var connection = node.connect();
        var statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute("select reprise.start('Line.pass', '[\"gone\"]', 'rolled-back')");
      connection.rollback();
      statement.execute("create table mail (receiver text)");
      statement.execute("""
          create function send() returns trigger language plpgsql as $$
          begin
            perform reprise.start('Line.pass', jsonb_build_array(new.receiver), id => 'mail-' || new.receiver);
            return new;
          end $$
          """);
      statement.execute(
          "create trigger send after insert on mail for each row execute function send()");
      statement.execute("insert into mail values ('ada'), ('bob')");
      connection.commit();
    }
    assertThat(result("mail-ada", String.class)).isEqualTo("ada");
    assertThat(result("mail-bob", String.class)).isEqualTo("bob");
    assertThat(node.longOf("select count(*) from reprise.executions where id = 'rolled-back'"))
        .isZero();
  }

  @Test
  void kindsTagsAndQueuesAreThoseOfAnyStart() throws Exception {
    var id = start("'Bank.deposit', '[\"sql\", 5]', tags => '{\"from\": \"psql\"}'");
    assertThat(result(id, Long.class)).isEqualTo(5);
    assertThat(node.node().engine().find(id).orElseThrow().tags()).containsEntry("from", "psql");
    var held = start("'Line.held', '[\"h\"]', queue => 'q', partition => 'p', deduplicate => 'd'");
    assertThat(start("'Line.held', '[\"i\"]', queue => 'q', deduplicate => 'd'"))
        .isEqualTo(held);
    await().until(() -> Line.BEGUN.contains("h"));
    var next = start("'Line.pass', '[\"n\"]', queue => 'q', priority => 3");
    var late = start("'Line.pass', '[\"l\"]', delay => '2 days'");
    assertThat(node.runtime().execution(next, String.class).status())
        .isEqualTo(ExecutionStatus.PENDING);
    Line.MAY_END.release();
    assertThat(result(held, String.class)).isEqualTo("h");
    assertThat(result(next, String.class)).isEqualTo("n");
    node.advance(Duration.ofDays(2));
    assertThat(result(late, String.class)).isEqualTo("l");
  }

  @Test
  void theSameIdGivesTheSameExecutionWhoeverStartsIt() throws Exception {
    assertThat(start("'Bank.deposit', '[\"twice\",    7]', 'once'")).isEqualTo("once");
    assertThat(start("'Bank.deposit', '[\"twice\", 7]', 'once'")).isEqualTo("once");
    var again = node.runtime()
        .start(Bank.class, bank -> bank.deposit("twice", 7), Options.DEFAULT.id("once"));
    assertThat(again.result()).isEqualTo(7);
    assertThat(node.get(Bank.class).balance("twice")).isEqualTo(7);
    assertThatThrownBy(() -> start("'Bank.deposit', '[\"twice\", 8]', 'once'"))
        .hasRootCauseInstanceOf(SQLException.class)
        .hasMessageContaining("the id \"once\" belongs to an execution of another function");
    assertThatThrownBy(() -> node.runtime()
            .start(Bank.class, bank -> bank.deposit("twice", 8), Options.DEFAULT.id("once")))
        .isInstanceOf(IdempotencyConflictException.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "'Line.nothing'                        | no function is named \"Line.nothing\"",
        "'Line.pass', '{\"name\": \"a\"}'      | the arguments of \"Line.pass\" are not a JSON array",
        "'Line.pass', null                     | the arguments of \"Line.pass\" are not a JSON array",
        "'Line.pass', '[\"a\"]', ''            | the id \"\" is invalid",
        "'Line.pass', '[\"a\"]', 'a b'         | the id \"a b\" is invalid",
        "'Line.pass', '[\"a\"]', delay => '-1 s'    | is negative",
        "'Line.pass', '[\"a\"]', delay => '1000 years' | is longer than 36,600 days",
        "'Line.pass', '[\"a\"]', queue => 'nowhere' | there is no queue \"nowhere\"",
        "'Line.pass', '[\"a\"]', partition => 'p'   | needs a queue",
        "'Line.pass', '[\"a\"]', tags => '{\"a\": 1}' | the tags are not a JSON object of short texts"
      })
  void whatIsWrongIsRefusedWithAHint(String arguments, String message) {
    assertThatThrownBy(() -> start(arguments)).hasMessageContaining(message);
  }

  @Test
  void argumentsThatDoNotFitFailTheExecutionOnce() {
    for (var arguments : List.of("[]", "[1, 2]", "[\"a\", \"many\"]", "[{}, []]")) {
      var id = start("'Bank.deposit', '" + arguments + "'");
      await().until(() -> node.node().engine().find(id).orElseThrow().status().isTerminal());
      var row = node.node().engine().find(id).orElseThrow();
      assertThat(row.status()).as(arguments).isEqualTo(ExecutionStatus.FAILED);
      assertThat(row.attempts()).isEqualTo(1);
      assertThat(row.error()).contains("argument");
    }
  }
}
