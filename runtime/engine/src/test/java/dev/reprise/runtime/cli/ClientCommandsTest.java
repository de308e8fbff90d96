package dev.reprise.runtime.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.reprise.Durable;
import dev.reprise.Transaction;
import dev.reprise.WorkQueue;
import dev.reprise.Workflow;
import dev.reprise.runtime.config.HttpConfig;
import dev.reprise.runtime.config.NodeConfig;
import dev.reprise.runtime.json.Json;
import dev.reprise.runtime.postgres.ScratchDatabase;
import dev.reprise.runtime.postgres.TestDatabase;
import dev.reprise.runtime.server.Code;
import dev.reprise.runtime.server.EmbeddedRuntime;
import dev.reprise.runtime.server.HttpFront;
import dev.reprise.runtime.server.Node;
import dev.reprise.runtime.telemetry.Metrics;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClientCommandsTest {
  public static class Talk {
    @Transaction
    public String greet(String name) {
      if (name.isEmpty()) {
        throw new IllegalArgumentException("who?");
      }
      return "hello " + name;
    }

    @Transaction
    public void nothing() {}

    @Workflow
    public String dawdle() {
      Durable.sleep(Duration.ofSeconds(2));
      return "at last";
    }

    @Workflow
    public String converse() {
      Durable.publish("mood", "curious");
      var request =
          Durable.receiveRequest("ask", String.class, Duration.ofHours(1)).orElseThrow();
      request.reply(request.message() + "!");
      return "over";
    }

    @Workflow
    public void nap() {
      Durable.sleep(Duration.ofHours(1));
    }
  }

  private final ScratchDatabase database = TestDatabase.create();
  private final EmbeddedRuntime runtime = start();

  private EmbeddedRuntime start() {
    var node = Node.start(
        NodeConfig.DEFAULT.withShutdownGrace(Duration.ZERO),
        database.config(),
        Code.ofClasses(
            List.of(Talk.class),
            Map.of(),
            Map.of(),
            null,
            List.of(WorkQueue.named("emails").concurrency(10).rate(5, Duration.ofSeconds(1)))));
    // a short wait, so that the command has to ask again
    var http = HttpConfig.DEFAULT.withMaxWait(Duration.ofSeconds(1));
    return new EmbeddedRuntime(node, new HttpFront(node, http, Metrics.OFF, () -> {}));
  }

  @AfterAll
  void stop() {
    runtime.close();
    database.close();
  }

  private String url() {
    return "http://127.0.0.1:" + runtime.port().orElseThrow();
  }

  private CommandRun run(String... arguments) {
    return CommandRun.with(Map.of("REPRISE_URL", url()), arguments);
  }

  private String napping() {
    var run = run("call", "Talk.nap", "--async");
    assertThat(run.exitCode()).isZero();
    var id = run.out().strip();
    await().until(() -> run("executions", "show", id).out().contains("WAITING"));
    return id;
  }

  @Test
  void theResultGoesToStandardOutput() {
    assertThat(run("call", "Talk.greet", "[\"ada\"]"))
        .isEqualTo(new CommandRun(0, "\"hello ada\"\n", ""));
    assertThat(run("call", "Talk.greet", "{\"name\": \"ada\"}").out()).isEqualTo("\"hello ada\"\n");
    assertThat(run("call", "Talk.nothing")).isEqualTo(new CommandRun(0, "", ""));
    assertThat(run("call", "Talk.nothing", "--format", "json").out()).isEqualTo("null\n");
  }

  @Test
  void aCallIsWaitedForLongerThanTheServerHoldsIt() {
    assertThat(run("call", "Talk.dawdle").out()).isEqualTo("\"at last\"\n");
  }

  @Test
  void argumentsMayComeFromAFile(@TempDir Path directory) throws IOException {
    var file = Files.writeString(directory.resolve("arguments.json"), "[\"file\"]");

    assertThat(run("call", "Talk.greet", "@" + file).out()).isEqualTo("\"hello file\"\n");
    assertThat(run("call", "Talk.greet", "@" + directory.resolve("none")).exitCode())
        .isEqualTo(2);
  }

  @Test
  void queuesAreListedAndTheirLimitsSet() {
    assertThat(run("queues", "list").out()).contains("emails").contains("5/PT1S");
    var set = run("queues", "set", "emails", "--concurrency", "3", "--rate", "none");
    assertThat(set.out()).contains("emails*").doesNotContain("PT1S");
    assertThat(run("queues", "list", "--format", "json").out())
        .contains("\"concurrency\":3,\"perNode\":null,\"rate\":null,\"changed\":true");
    assertThat(run("queues", "set", "emails", "--concurrency", "-3").err())
        .contains("\"concurrency\" is a whole number of at least 0");
    assertThat(run("queues", "set", "emials", "--concurrency", "3").err())
        .contains("no queue is named \"emials\"");
    assertThat(run("queues", "set", "emails").err()).contains("nothing to set");
  }

  @Test
  void aFunctionThatThrowsIsANegativeAnswer() {
    var run = run("call", "Talk.greet", "[\"\"]");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains("IllegalArgumentException: who?");
    assertThat(run("call", "Talk.greet", "[\"\"]", "--format", "json").out())
        .contains("\"type\":\"urn:reprise:problem:function-failed\"");
  }

  @Test
  void whatCannotBeCalledIsNoNegativeAnswer() {
    assertThat(run("call", "Talk.absent", "[]").exitCode()).isEqualTo(2);
    assertThat(run("call", "Talk.greet", "[1]").err()).contains("invalid-argument");
    assertThat(run("call", "Talk.greet", "[").exitCode()).isEqualTo(2);
    assertThat(run("executions", "show", "absent").exitCode()).isEqualTo(2);
  }

  @Test
  void theSameKeyIsTheSameExecution() {
    var first = run("call", "Talk.greet", "[\"eve\"]", "--key", "key-1");
    var second = run("call", "Talk.greet", "[\"eve\"]", "--key", "key-1");

    assertThat(second).isEqualTo(first);
    assertThat(run("call", "Talk.greet", "[\"bob\"]", "--key", "key-1").exitCode())
        .isEqualTo(2);
    assertThat(run("executions", "show", "key-1").out())
        .contains("SUCCEEDED", "Talk.greet", "transaction", "\"hello eve\"");
    assertThat(run("executions", "show", "key-1", "--format", "json").out())
        .contains("\"operations\":[{");
  }

  @Test
  void messagesAreSentAndEventsRead() {
    run("call", "Talk.converse", "--key", "talk-1", "--async");

    assertThat(run("event", "talk-1", "mood", "--wait", "60"))
        .isEqualTo(new CommandRun(0, "\"curious\"\n", ""));
    var none = run("event", "talk-1", "none");
    assertThat(none.exitCode()).isEqualTo(1);
    assertThat(none.err()).startsWith("reprise: execution talk-1 is ");
    for (var command : List.of("event talk-1 mood", "send talk-1 ask 1")) {
      var refused = run((command + " --wait -1").split(" "));
      assertThat(refused.exitCode()).isEqualTo(2);
      assertThat(refused.err()).startsWith("reprise: --wait is a number of seconds");
    }
    assertThat(run("executions", "show", "talk-1").out())
        .containsPattern("EVENT +LATEST VALUE\\Rmood +\"curious\"");
    assertThat(run("executions", "show", "talk-1", "--format", "json").out())
        .contains("\"events\":{\"mood\":\"curious\"}");
    assertThat(run("event", "nobody", "mood").exitCode()).isEqualTo(2);
    assertThat(run("send", "talk-1", "aside", "{\"a\": 1}", "--key", "k", "--delay", "1h"))
        .isEqualTo(new CommandRun(0, "sent to talk-1\n", ""));
    // the server of this test holds a request for a second only: the command asks again
    assertThat(run("send", "talk-1", "ask", "\"why\"", "--wait", "60"))
        .isEqualTo(new CommandRun(0, "\"why!\"\n", ""));
    assertThat(run("call", "Talk.converse", "--key", "talk-1").out()).isEqualTo("\"over\"\n");
    assertThat(run("send", "talk-1", "ask", "\"more\"").exitCode()).isEqualTo(1);
  }

  @Test
  void aCallMayWaitInAQueueAndBeTagged() {
    var flags =
        "--key queued-1 --queue emails --priority 3 --partition p --deduplicate d --tag a=b --tag c=d";
    var call = "call Talk.greet [\"ada\"] " + flags;
    assertThat(run(call.split(" "))).isEqualTo(new CommandRun(0, "\"hello ada\"\n", ""));
    assertThat(run("executions", "show", "queued-1", "--format", "json").out())
        .contains("\"a\":\"b\"", "\"c\":\"d\"", "\"queue\":\"emails\"");
    assertThat(run("call", "Talk.nothing", "--delay", "1d", "--async", "--key", "late-1")
            .out())
        .isEqualTo("late-1\n");
    assertThat(run("executions", "show", "late-1").out()).contains("PENDING");
    assertThat(run("executions", "cancel", "late-1").exitCode()).isZero();
    assertThat(run("call", "Talk.nothing", "--priority", "3").err())
        .contains("a priority needs a queue");
  }

  @Test
  void aBadRateIsToldByItsPart() throws Exception {
    for (var one : Map.of(
            "{\"rate\": 5}", "\"rate\" is an object like",
            "{\"rate\": {\"starts\": 5}}", "the rate has no \"period\"",
            "{\"rate\": {\"period\": \"1s\"}}", "the rate has no \"starts\"",
            "{\"rate\": {\"starts\": 5, \"per\": \"1s\"}}", "\"per\" is no part of a rate",
            "{\"rate\": {\"starts\": 0, \"period\": \"1s\"}}",
                "\"starts\" is a whole number of at least 1, not 0",
            "{\"rate\": {\"starts\": 1, \"period\": 5}}", "\"period\" is a text like \"1s\"",
            "{\"rate\": {\"starts\": 1, \"period\": \"soon\"}}", "\"soon\" is no duration",
            "{\"rate\": {\"starts\": 1, \"period\": \"400d\"}}", "366 days, not \"400d\"")
        .entrySet()) {
      var request = HttpRequest.newBuilder(URI.create(url() + "/v1/queues/emails"))
          .header("Content-Type", "application/json")
          .PUT(BodyPublishers.ofString(one.getKey()))
          .build();
      var reply = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
      assertThat(reply.statusCode()).as(one.getKey()).isEqualTo(400);
      var problem = (Map<?, ?>) Objects.requireNonNull(Json.parse(reply.body()));
      assertThat(String.valueOf(problem.get("detail"))).contains(one.getValue());
    }
    assertThat(run("queues", "set", "emails", "--rate", "none/1s").err())
        .contains("--rate is written as 100/1s");
  }

  @Test
  void executionsAreListedPageByPage() {
    for (int i = 0; i < 3; i++) {
      run("call", "Talk.nothing");
    }
    var list = run("executions", "list", "--function", "Talk.nothing", "--limit", "2");

    assertThat(list.exitCode()).isZero();
    assertThat(list.out().lines()).hasSize(3).first().asString().startsWith("ID ");
    assertThat(
            run("executions", "list", "--status", "PARKED", "--format", "json").out())
        .isEqualTo("{\"items\":[]}\n");
    assertThat(run("executions", "list", "--status", "ODD").exitCode()).isEqualTo(2);
  }

  @Test
  void oneExecutionIsCancelledByItsId() {
    var id = napping();

    assertThat(run("executions", "cancel", id, "--dry-run").out()).contains(id);
    assertThat(run("executions", "cancel", id).exitCode()).isZero();
    await().until(() -> run("executions", "show", id).out().contains("CANCELLED"));
    assertThat(run("executions", "resume", id).exitCode()).isEqualTo(1);
  }

  @Test
  void severalExecutionsAreCancelledOnlyWithYes() {
    var ids = new ArrayList<>(List.of(napping(), napping()));
    var flags = new ArrayList<>(List.of("executions", "cancel"));
    flags.addAll(ids);

    var refused = run(flags.toArray(String[]::new));
    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.err()).contains("would cancel 2 executions", "--yes", "--dry-run");

    assertThat(
            run("executions", "cancel", "--function", "Talk.nap", "--dry-run").out())
        .contains(ids);
    assertThat(run("executions", "cancel", "--function", "Talk.nap", "--yes").exitCode())
        .isZero();
    await()
        .until(() ->
            ids.stream().allMatch(id -> run("executions", "show", id).out().contains("CANCELLED")));
    assertThat(run("executions", "cancel", "--yes").err()).contains("say which executions");
  }

  @Test
  void anExecutionIsForkedAndShownAsAFork() {
    var id = napping();
    var fork = run("executions", "fork", id, "--from", "1");
    assertThat(fork.exitCode()).isZero();
    var forked = fork.out().strip();
    assertThat(run("executions", "show", forked, "--format", "json").out())
        .contains("\"forkedFrom\":\"" + id + "\"", "\"forkedAt\":\"1\"");
    var refused = run("executions", "fork", id, "--from", "7");
    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.err()).contains("the server answered 400", "the last valid one is 2");
    assertThat(run("executions", "fork", id, "--run-version", "none").err())
        .contains("version none cannot be used");

    // by several states at once; the states that cannot be cancelled are not asked for
    assertThat(run("executions", "list", "--status", "WAITING,PENDING,RUNNING").out())
        .contains(id, forked);
    assertThat(run("executions", "cancel", "--function", "Talk.nap", "--yes").exitCode())
        .isZero();
    await().until(() -> run("executions", "show", forked).out().contains("CANCELLED"));
  }
}
