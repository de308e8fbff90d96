package dev.reprise.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.reprise.runtime.config.NodeConfig;
import dev.reprise.runtime.engine.BadInputPage.Section;
import dev.reprise.runtime.engine.HttpNode.Reply;
import dev.reprise.runtime.postgres.EmbeddedServer;
import dev.reprise.runtime.postgres.ScratchDatabase;
import dev.reprise.runtime.postgres.TestDatabase;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Bad input, of every kind that there is, is answered clearly, quickly and without effect; and the page tells how. */
class BadInputTest {
  private static final Duration QUICKLY = Duration.ofSeconds(30);
  private static final String TABLE =
      "create table reserved (item text not null, quantity int not null check (quantity > 0))";

  /** What no client may see. */
  private static final String[] SECRETS = {
    "reservd",
    "reserved_",
    "insert into",
    "ERROR: ",
    "SQLSTATE",
    "dev.reprise.runtime.postgres",
    "\tat "
  };

  @TempDir
  static Path directory;

  private static final BadInputPage PAGE = new BadInputPage();
  private static ScratchDatabase database;
  private static HttpNode node;

  @BeforeAll
  static void start() {
    database = TestDatabase.create();
    node = HttpNode.start(database.config(), Stock.class);
    TestNode.sql(database.config(), TABLE);
    assertThat(node.call("Stock.reserve", "[\"bolt\", 1]", "Idempotency-Key", "ended")
            .status())
        .isEqualTo(204);
    for (var id : List.of("asleep", "cancelled")) {
      var sleeper =
          node.call("Stock.later", "[\"bolt\"]", "Idempotency-Key", id, "Prefer", "respond-async");
      assertThat(sleeper.status()).isEqualTo(202);
      awaitStatus(id, "WAITING");
    }
    node.post("/v1/executions/cancelled/cancel", "");
    awaitStatus("cancelled", "CANCELLED");
  }

  @AfterAll
  static void stop() {
    node.close();
    database.close();
  }

  private static void awaitStatus(String id, String status) {
    await(status).until(() -> node.get("/v1/executions/" + id).text("status").equals(status));
  }

  @TestFactory
  Stream<DynamicNode> everyBadInputIsAnsweredAsThePageSays() {
    return Stream.of(
        dynamicContainer("refused", BadRequest.all().stream().map(BadInputTest::refused)),
        dynamicContainer("failed", failures()),
        dynamicContainer("ignored", ignored()),
        dynamicTest("overload and shutdown", this::overloadAndShutdown),
        dynamicTest("without the database", this::withoutTheDatabase),
        dynamicContainer(
            "no start", new BadStarts(database, node).all().map(BadInputTest::noStart)),
        dynamicTest("the page", this::thePageTellsIt));
  }

  private static DynamicTest refused(BadRequest request) {
    return dynamicTest(request.sent(), () -> {
      long before = traces();
      var reply = request.send().apply(node);
      PAGE.add(Section.REFUSED, request.sent(), reply);
      assertProblem(reply, request.status(), request.problem());
      assertThat(traces()).as("rows in the log and in the tables").isEqualTo(before);
    });
  }

  private static Stream<DynamicTest> failures() {
    return Stream.of(
        failure(
            "the function throws `new OutOfStock(\"there is no nut left\")`",
            "refuse",
            "[\"nut\"]"),
        failure("its result cannot be written as JSON, as it contains itself", "box", "[\"nut\"]"),
        failure("a statement fails: there is no such table", "misspelt", "[\"nut\"]"),
        failure(
            "the same, within another exception that repeats the message", "wrapped", "[\"nut\"]"),
        failure("a constraint refuses a value: `[\"nut\", 0]`", "reserve", "[\"nut\", 0]"),
        failure(
            "the database has no such character: `[\"\\u0000\", 1]`",
            "reserve",
            "[\"\\u0000\", 1]"),
        failure("the function commits by itself", "commits", "[\"nut\"]"));
  }

  private static DynamicTest failure(String what, String function, String body) {
    return dynamicTest(what, () -> {
      long before = reserved();
      var reply = node.call("Stock." + function, body);
      PAGE.add(Section.FAILED, what, reply);
      assertProblem(reply, 422, "function-failed");
      assertThat(reserved()).isEqualTo(before);
      var id = reply.text("executionId");
      assertThat(reply.header("Reprise-Execution-Id")).hasValue(id);
      await()
          .untilAsserted(
              () -> assertThat(node.get("/v1/executions/" + id).status()).isEqualTo(200));
      var execution = node.get("/v1/executions/" + id);
      assertThat(execution.text("status")).isEqualTo("FAILED");
      assertThat(execution.body()).doesNotContain(SECRETS);
      assertThat(node.get("/v1/executions/" + id + "/operations").body()).doesNotContain(SECRETS);
    });
  }

  private static Stream<DynamicTest> ignored() {
    return Stream.of(
            "Prefer: wait=soon",
            "Prefer: wait=-1",
            "Prefer: ;;",
            "Prefer: handling=strict",
            "traceparent: 00-0-0-0")
        .map(header -> dynamicTest(header, () -> {
          var parts = header.split(": ", 2);
          var reply = node.call("Stock.reserve", "[\"nut\", 1]", parts[0], parts[1]);
          PAGE.add(Section.IGNORED, "`" + header + "`", reply);
          assertThat(reply.status()).isEqualTo(204);
          assertThat(reply.header("Preference-Applied")).isEmpty();
        }));
  }

  private void overloadAndShutdown() throws Exception {
    var one =
        new NodeConfig(Duration.ofSeconds(3), Duration.ofMillis(500), 1, Duration.ofSeconds(5));
    Stock.entered = new CountDownLatch(1);
    Stock.gate = new CountDownLatch(1);
    try (var busy = HttpNode.start(one, database.config(), Stock.class)) {
      var running = busy.callLater("Stock.blocked", "[\"slow\"]");
      assertThat(Stock.entered.await(60, TimeUnit.SECONDS)).isTrue();
      long before = traces();
      refusedForNow(busy, "a call beyond the executions that a server runs at once", "overloaded");
      Stock.gate.countDown();
      assertThat(running.join().status()).isEqualTo(204);
      assertThat(traces()).as("the one that ran, and nothing of the other").isEqualTo(before + 3);
      busy.refuseNewWork();
      refusedForNow(busy, "a call while the server ends", "shutting-down");
      assertThat(busy.get("/health/ready").status()).isEqualTo(503);
      assertThat(busy.get("/health/live").status()).isEqualTo(200);
      assertThat(traces()).isEqualTo(before + 3);
    } finally {
      Stock.gate.countDown();
    }
  }

  private void withoutTheDatabase() {
    var server = EmbeddedServer.startOrJoin(directory);
    TestNode.sql(server.config(), TABLE);
    try (var alone = HttpNode.start(server.config(), Stock.class)) {
      assertThat(alone.call("Stock.reserve", "[\"nut\", 1]").status()).isEqualTo(204);
      server.stop(EmbeddedServer.StopMode.IMMEDIATE);
      var unavailable = "database-unavailable";
      refusedForNow(
          alone,
          "a call with an `Idempotency-Key` without the database",
          unavailable,
          "Idempotency-Key",
          "k");
      refusedForNow(alone, "a call without a key without the database", unavailable);
      refusedForNow(
          alone,
          "an asynchronous call without the database",
          unavailable,
          "Prefer",
          "respond-async");
      for (var path : List.of("/v1/executions", "/v1/executions/k")) {
        var reply = quickly(() -> alone.get(path));
        PAGE.add(Section.NOT_NOW, "`GET " + path + "` without the database", reply);
        assertProblem(reply, 503, unavailable);
        assertThat(reply.header("Retry-After")).isPresent();
      }
      await()
          .untilAsserted(() -> assertThat(alone.get("/health/ready").status()).isEqualTo(503));
      assertThat(alone.get("/health/live").status()).isEqualTo(200);

      var again = EmbeddedServer.startOrJoin(directory);
      try {
        await()
            .atMost(Duration.ofSeconds(60))
            .untilAsserted(
                () -> assertThat(alone.call("Stock.reserve", "[\"nail\", 1]").status())
                    .isEqualTo(204));
        assertThat(
                TestNode.longOf(again.config(), "select count(*) from reserved where item = 'nut'"))
            .as("nothing of what was refused has happened, also later")
            .isEqualTo(1);
      } finally {
        again.stop(EmbeddedServer.StopMode.FAST);
      }
    }
  }

  private static void refusedForNow(HttpNode at, String what, String problem, String... headers) {
    var reply = quickly(() -> at.call("Stock.reserve", "[\"nut\", 1]", headers));
    PAGE.add(Section.NOT_NOW, what, reply);
    assertProblem(reply, 503, problem);
    assertThat(reply.header("Retry-After").orElse("")).as(what).matches("[0-9]+");
  }

  private static Reply quickly(java.util.function.Supplier<Reply> request) {
    long begin = System.nanoTime();
    var reply = request.get();
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(QUICKLY);
    return reply;
  }

  private static DynamicTest noStart(BadStarts.BadStart wrong) {
    return dynamicTest(wrong.what(), () -> {
      var message = wrong.message();
      PAGE.addStart(wrong.what(), message);
      assertThat(message).doesNotContain("secret", "\tat ").isNotBlank();
    });
  }

  private void thePageTellsIt() throws IOException {
    if (Boolean.getBoolean(BadInputPage.WRITE)) {
      PAGE.write();
    }
    assertThat(BadInputPage.documented())
        .as(
            "docs/bad-input.md; to write it anew: mvn -pl runtime/api,runtime/engine test -Dtest=BadInputTest"
                + " -Dsurefire.failIfNoSpecifiedTests=false -D" + BadInputPage.WRITE + "=true")
        .isEqualTo(PAGE.text());
  }

  private static void assertProblem(Reply reply, int status, String problem) {
    assertThat(reply.status()).as(reply.body()).isEqualTo(status);
    assertThat(reply.header("Content-Type")).hasValue("application/problem+json");
    assertThat(reply.text("type")).isEqualTo("urn:reprise:problem:" + problem);
    assertThat(reply.text("status")).isEqualTo(String.valueOf(status));
    assertThat(reply.text("detail")).isNotBlank();
    assertThat(reply.body()).doesNotContain(SECRETS);
  }

  private static long reserved() {
    return TestNode.longOf(database.config(), "select count(*) from reserved");
  }

  /** All rows that a call may leave behind. */
  private static long traces() {
    var tables = new ArrayList<>(List.of("reserved", "reprise.executions", "reprise.operations"));
    return tables.stream()
        .mapToLong(table -> TestNode.longOf(database.config(), "select count(*) from " + table))
        .sum();
  }
}
