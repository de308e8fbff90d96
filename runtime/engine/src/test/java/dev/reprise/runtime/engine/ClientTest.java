package dev.reprise.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.Durable;
import dev.reprise.ExecutionCancelledException;
import dev.reprise.ExecutionEndedException;
import dev.reprise.ExecutionNotFoundException;
import dev.reprise.ExecutionStatus;
import dev.reprise.FunctionException;
import dev.reprise.IdempotencyConflictException;
import dev.reprise.Options;
import dev.reprise.RepriseClient;
import dev.reprise.RepriseException;
import dev.reprise.RequestRefusedException;
import dev.reprise.UnknownQueueException;
import dev.reprise.Workflow;
import dev.reprise.runtime.postgres.ScratchDatabase;
import dev.reprise.runtime.postgres.TestDatabase;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Executions of another process, over HTTP and over the database. */
@Timeout(120)
class ClientTest {
  private static ScratchDatabase database;
  private static HttpNode node;

  @BeforeAll
  static void start() {
    database = TestDatabase.create();
    node = HttpNode.start(database.config(), Bank.class, Parley.class);
    TestNode.sql(
        database.config(), "create table account (name text primary key, balance bigint not null)");
  }

  @AfterAll
  static void stop() {
    node.close();
    database.close();
  }

  private static RepriseClient client(String way) {
    var config = database.config();
    return way.equals("http")
        ? RepriseClient.http(URI.create("http://127.0.0.1:" + node.port() + "/"), null)
        : RepriseClient.database(config.url(), config.user(), config.password());
  }

  @ParameterizedTest
  @ValueSource(strings = {"http", "database"})
  void anotherProcessStartsFindsAwaitsAndCancelsExecutions(String way) throws Exception {
    try (var client = client(way)) {
      var once = Options.DEFAULT.id("once-" + way).tag("way", way);
      var deposit = client.start("Bank.deposit", List.of(way, 5), Long.class, once);
      assertThat(deposit.result()).isEqualTo(5);
      assertThat(client.start("Bank.deposit", List.of(way, 5), Long.class, once).result())
          .isEqualTo(5);
      assertThatThrownBy(() -> client.start("Bank.deposit", List.of(way, 6), Long.class, once))
          .isInstanceOf(IdempotencyConflictException.class);
      assertThat(client.execution("once-" + way, Long.class).status())
          .isEqualTo(ExecutionStatus.SUCCEEDED);
      assertThat(client.list("Bank.deposit", ExecutionStatus.SUCCEEDED, 10))
          .anySatisfy(found -> assertThat(found.id()).isEqualTo("once-" + way));

      var failed = client.start("Bank.withdraw", List.of(way, 50), Long.class);
      assertThatThrownBy(failed::result)
          .isInstanceOf(FunctionException.class)
          .hasMessage(way + " has not 50");

      var late = client.start(
          "Bank.deposit", List.of(way, 1), Long.class, Options.DEFAULT.delay(Duration.ofDays(1)));
      assertThat(late.status()).isEqualTo(ExecutionStatus.PENDING);
      late.cancel();
      assertThatThrownBy(late::result).isInstanceOf(ExecutionCancelledException.class);
    }
  }

  /** Asks for a name, publishes it, and answers questions until it is told to stop. */
  public static class Parley {
    @Workflow
    public String talk() {
      var name = Durable.receive("name", String.class, Duration.ofDays(1)).orElseThrow();
      Durable.publish("name", name);
      var question =
          Durable.receiveRequest("question", String.class, Duration.ofDays(1)).orElseThrow();
      question.reply(question.message() + " " + name);
      var other =
          Durable.receiveRequest("question", String.class, Duration.ofDays(1)).orElseThrow();
      other.refuse("no more questions");
      return name;
    }
  }

  /** Nobody listens on port 1. */
  @Test
  void whereNoServerListensNothingWasSent() {
    try (var client = RepriseClient.http(URI.create("http://127.0.0.1:1"), null)) {
      assertThatThrownBy(() -> client.start("Bank.deposit", List.of("nobody", 5), Long.class))
          .isInstanceOf(RepriseException.class)
          .hasMessageContaining("no server answers at http://127.0.0.1:1")
          .hasMessageContaining("nothing was sent")
          .hasMessageNotContaining("not known");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"http", "database"})
  void anotherProcessTalksToAnExecution(String way) throws Exception {
    var patience = Duration.ofSeconds(60);
    try (var client = client(way)) {
      var id = "talk-" + way;
      var talk = client.start("Parley.talk", List.of(), String.class, Options.DEFAULT.id(id));
      assertThat(client.event(id, "name", String.class, Duration.ZERO)).isEmpty();
      client.send(id, "name", "ada", "once");
      client.send(id, "name", "ada", "once");
      assertThatThrownBy(() -> client.send(id, "name", "bob", "once"))
          .isInstanceOf(IdempotencyConflictException.class);
      assertThat(client.event(id, "name", String.class, patience)).contains("ada");
      assertThat(client.request(id, "question", "hello", String.class, patience))
          .contains("hello ada");
      assertThatThrownBy(() -> client.request(id, "question", "why", String.class, patience))
          .isInstanceOf(RequestRefusedException.class)
          .hasMessage("no more questions");
      assertThat(talk.result()).isEqualTo("ada");
      assertThatThrownBy(() -> client.send(id, "name", "late"))
          .isInstanceOf(ExecutionEndedException.class);
      assertThat(client.event(id, "other", String.class, patience)).isEmpty();
      assertThatThrownBy(() -> client.send("nobody", "name", "x"))
          .isInstanceOf(ExecutionNotFoundException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"http", "database"})
  void whatIsRefusedSaysWhy(String way) throws Exception {
    try (var client = client(way)) {
      assertThatThrownBy(() -> client.start("Bank.rob", List.of(), Void.class))
          .isInstanceOf(RepriseException.class)
          .hasMessageContaining("no function is named \"Bank.rob\"");
      assertThatThrownBy(() -> client.start(
              "Bank.deposit", List.of("a", 1), Long.class, Options.DEFAULT.queue("nowhere")))
          .isInstanceOf(UnknownQueueException.class);
      assertThatThrownBy(() -> client.execution("nobody", Long.class))
          .isInstanceOf(ExecutionNotFoundException.class)
          .hasMessage("there is no execution nobody");
    }
  }
}
