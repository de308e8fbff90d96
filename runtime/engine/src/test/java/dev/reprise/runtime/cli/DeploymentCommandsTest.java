package dev.reprise.runtime.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.reprise.runtime.config.HttpConfig;
import dev.reprise.runtime.config.NodeConfig;
import dev.reprise.runtime.deploy.JarBuilder;
import dev.reprise.runtime.function.ApplicationSettings;
import dev.reprise.runtime.json.Json;
import dev.reprise.runtime.postgres.Jdbc;
import dev.reprise.runtime.postgres.ScratchDatabase;
import dev.reprise.runtime.postgres.TestDatabase;
import dev.reprise.runtime.server.Code;
import dev.reprise.runtime.server.EmbeddedRuntime;
import dev.reprise.runtime.server.HttpFront;
import dev.reprise.runtime.server.Node;
import dev.reprise.runtime.telemetry.Metrics;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jars that are deployed on running nodes which were started without any. */
class DeploymentCommandsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int MOST_BYTES = 16 << 10;
  private static final NodeConfig CONFIG =
      new NodeConfig(Duration.ofSeconds(3), Duration.ofMillis(200), 16, Duration.ofMillis(100));

  @TempDir
  Path directory;

  private final ScratchDatabase database = TestDatabase.create();
  private final EmbeddedRuntime runtime = start();

  private EmbeddedRuntime start() {
    var node = node();
    return new EmbeddedRuntime(
        node,
        new HttpFront(node, HttpConfig.DEFAULT.withMaxJar(MOST_BYTES), Metrics.OFF, () -> {}));
  }

  private Node node() {
    return Node.start(
        CONFIG, database.config(), Code.ofJars(List.of(), true, ApplicationSettings.NONE));
  }

  @AfterEach
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

  private static String napper(String answer) {
    return """
        package nap;
        import dev.reprise.*;
        import java.time.Duration;
        public class Napper {
          @Workflow public String nap(int seconds) {
            Durable.sleep(Duration.ofSeconds(seconds));
            return tell();
          }
          @Workflow public String tell() { return "%s"; }
          @Workflow @Scheduled(cron = "@hourly") public String hourly(java.time.Instant time) { return "%s"; }
        }
        """.formatted(answer, answer);
  }

  private static JarBuilder jar(String answer) {
    return new JarBuilder().source("nap.Napper", napper(answer));
  }

  private String write(String file, JarBuilder jar) throws IOException {
    return Files.write(directory.resolve(file), jar.build(directory)).toString();
  }

  private Map<?, ?> deploy(String file, JarBuilder jar, String... more) throws IOException {
    var arguments =
        new java.util.ArrayList<>(List.of("deploy", write(file, jar), "--format", "json"));
    arguments.addAll(List.of(more));
    var run = run(arguments.toArray(String[]::new));
    assertThat(run.exitCode()).as(run.err()).isZero();
    return (Map<?, ?>) Objects.requireNonNull(Json.parse(run.out()));
  }

  private List<String> ask(String sql) throws SQLException {
    var config = database.config();
    try (var connection =
        DriverManager.getConnection(config.url(), config.user(), config.password())) {
      return Jdbc.query(connection, sql, statement -> {}, row -> row.getString(1));
    }
  }

  private String begunNap() {
    var id = run("call", "Napper.nap", "[3600]", "--async").out().strip();
    await().atMost(PATIENCE).until(() -> run("executions", "show", id).out().contains("WAITING"));
    return id;
  }

  private void awaitEnd(String id) {
    runtime.node().advance(Duration.ofHours(2));
    await().atMost(PATIENCE).until(() -> run("executions", "show", id).out().contains("SUCCEEDED"));
  }

  @Test
  void anExecutionSleepsThroughADeployOnItsVersionWhichIsThenDrainedRolledBackAndRemoved()
      throws Exception {
    var first = deploy(
        "old.jar",
        jar("old").resource("db/migration/V1__bed.sql", "create table bed (item text);"));
    var old = String.valueOf(first.get("version"));
    assertThat(first.get("active")).isEqualTo(true);
    assertThat(first.get("migrations")).isEqualTo(1);
    assertThat(first.get("functions"))
        .isEqualTo(List.of("Napper.hourly", "Napper.nap", "Napper.tell"));
    assertThat(run("deploy", directory.resolve("old.jar").toString()).out())
        .contains("version " + old + " of old.jar is active; the server had the jar already");
    var id = begunNap();

    try (var other = node()) {
      var second = deploy(
          "new.jar",
          jar("new")
              .resource("db/migration/V1__bed.sql", "create table bed (item text);")
              .resource("db/migration/V2__more.sql", "alter table bed add more text;"));
      assertThat(String.valueOf(second.get("replaced"))).contains(old);
      assertThat(run("call", "Napper.tell").out()).isEqualTo("\"new\"\n");
      await()
          .atMost(PATIENCE)
          .until(() -> Objects.equals(
              second.get("version"),
              other.engine().function("Napper.tell").orElseThrow().version()));
    }
    assertThat(run("deployments", "list").out()).contains("old.jar", "new.jar");
    assertThat(run("deployments", "drain", old).exitCode()).isEqualTo(1);
    assertThat(run("deployments", "remove", old, "--yes").err())
        .contains("1 executions of version " + old + " have not ended");

    awaitEnd(id);
    assertThat(ask("select output || ' ' || version from reprise.executions where id = '" + id
            + "' or parent is not null"))
        .containsExactly("\"old\" " + old, "\"old\" " + old);
    assertThat(run("deployments", "drain", old, "--wait").exitCode()).isZero();

    var back = run("deployments", "rollback");
    assertThat(back.out()).contains("active again: " + old, "not undone: V2__more.sql");
    assertThat(run("call", "Napper.tell").out()).isEqualTo("\"old\"\n");
    assertThat(run("deployments", "rollback").err()).contains("nothing was active before");
    assertThat(run("deployments", "remove", old, "--yes").err()).contains("is active");

    assertThat(run("deployments", "activate", "none").exitCode()).isEqualTo(2);
    var newer = ask("select version from reprise.deployments where activated_at is null")
        .get(0);
    assertThat(run("deployments", "activate", newer).out()).contains("instead of version " + old);
    var forgotten = new WeakReference<>(runtime.node().catalog().version(old).loader());
    assertThat(run("deployments", "remove", old).err()).contains("add --yes");
    assertThat(run("deployments", "remove", old, "--yes").exitCode()).isZero();
    assertThat(ask("select version from reprise.deployments")).containsExactly(newer);
    assertThat(run("deployments", "rollback").exitCode()).isEqualTo(1);

    awaitUnloaded(forgotten);
  }

  private void awaitUnloaded(WeakReference<ClassLoader> forgotten) {
    runtime.node().catalog().closeUnused(version -> false, Duration.ZERO);
    runtime.node().catalog().closeUnused(version -> false, Duration.ZERO);
    assertThat(run("call", "Napper.tell").out()).isEqualTo("\"new\"\n");
    await().atMost(PATIENCE).untilAsserted(() -> {
      System.gc();
      assertThat(forgotten.get()).isNull();
    });
  }

  @Test
  void whatIsNotFitIsRefusedAndWhatIsKeptWaitsForItsActivation() throws Exception {
    var broken = run("deploy", write("broken.jar", jar("x").source("nap.Bad", """
        package nap;
        public final class Bad { @dev.reprise.Workflow private void no() {} }
        """)));
    assertThat(broken.exitCode()).isEqualTo(2);
    assertThat(broken.err())
        .contains(
            "422",
            "broken.jar is refused",
            "2 mistakes:\n- nap.Bad is final",
            "\n- nap.Bad.no is private");
    assertThat(ask("select version from reprise.deployments")).isEmpty();

    var migrating = run(
        "deploy",
        write(
            "sql.jar",
            jar("sql")
                .resource("db/migration/V1__x.sql", "create table y (i int);\ncreate tabel x;")));
    assertThat(migrating.err())
        .contains("nothing was activated", "is kept, but not active")
        .contains("V1__x.sql, line 2: ERROR: syntax error at or near \"tabel\"")
        .doesNotContain("Flyway", "SQL State", "Error Code");
    assertThat(ask("select version from reprise.deployments where activated_at is not null"))
        .isEmpty();

    var kept = deploy("kept.jar", jar("kept"), "--no-activate");
    assertThat(kept.get("active")).isEqualTo(false);
    assertThat(run("call", "Napper.tell").err()).contains("unknown-function");
    run("deployments", "activate", String.valueOf(kept.get("version")));
    assertThat(run("call", "Napper.tell").out()).isEqualTo("\"kept\"\n");

    assertThat(post("text/plain", "no jar").statusCode()).isEqualTo(415);
    assertThat(post("application/java-archive", "no jar").statusCode()).isEqualTo(422);
    assertThat(post("application/java-archive", "").statusCode()).isEqualTo(400);
    var tooLarge = post("application/java-archive", "x".repeat(MOST_BYTES + 1));
    assertThat(tooLarge.statusCode()).isEqualTo(413);
    assertThat(tooLarge.body()).contains("longer than " + MOST_BYTES + " bytes", "max-jar");
    assertThat(run("deploy", directory.resolve("absent.jar").toString()).exitCode())
        .isEqualTo(2);
  }

  private HttpResponse<String> get(String path) throws Exception {
    var request = HttpRequest.newBuilder(URI.create(url() + path)).build();
    return HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
  }

  private HttpResponse<String> post(String type, String body) throws Exception {
    var request = HttpRequest.newBuilder(URI.create(url() + "/v1/deployments"))
        .header("Content-Type", type)
        .POST(BodyPublishers.ofString(body));
    return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
  }

  @Test
  void anExecutionWhoseVersionWasDeletedIsStrandedWithTheVersionItNeeds() throws Exception {
    var version = String.valueOf(deploy("old.jar", jar("old")).get("version"));
    var id = begunNap();
    deploy("new.jar", jar("new"));
    ask("delete from reprise.deployments where version = '" + version + "' returning version");
    runtime.node().advance(Duration.ofHours(2));
    await().atMost(PATIENCE).until(() -> run("executions", "show", id).out().contains("STRANDED"));
    assertThat(run("executions", "show", id).out()).contains("version " + version);

    deploy("again.jar", jar("old"), "--no-activate");
    await().atMost(PATIENCE).until(() -> run("executions", "show", id).out().contains("SUCCEEDED"));
  }

  @Test
  void schedulesBelongToTheActiveVersion() throws Exception {
    deploy("old.jar", jar("old"));
    assertThat(run("schedules", "list").out()).contains("Napper.hourly", "ACTIVE", "@hourly");
    var triggered = run("schedules", "trigger", "Napper.hourly").out().strip();
    assertThat(triggered).startsWith("Napper.hourly@").endsWith("-triggered");
    await()
        .atMost(PATIENCE)
        .until(() -> run("executions", "show", triggered).out().contains("SUCCEEDED"));

    assertThat(run("schedules", "pause", "Napper.hourly").out()).contains("is paused since");
    deploy("new.jar", jar("new"));
    assertThat(run("schedules", "list").out()).contains("PAUSED");
    runtime.node().advance(Duration.ofHours(1));
    assertThat(run("schedules", "resume", "Napper.hourly").out()).contains("runs next at");
    await()
        .atMost(PATIENCE)
        .until(() ->
            ask("select output from reprise.executions where id like 'Napper.hourly@%:00:00Z'")
                .contains("\"new\""));

    deploy("without.jar", new JarBuilder().source("nap.Napper", """
            package nap;
            public class Napper { @dev.reprise.Transaction public String hourly() { return ""; } }
            """));
    assertThat(run("schedules", "list").out()).contains("NOT_DEPLOYED");
    assertThat(run("schedules", "trigger", "Napper.hourly").err()).contains("is not deployed");
    assertThat(run("schedules", "pause", "none").err()).contains("there is no schedule none");

    var shown = get("/v1/schedules/Napper.hourly");
    assertThat(shown.statusCode()).isEqualTo(200);
    assertThat(shown.body()).contains("\"name\":\"Napper.hourly\"", "\"state\":\"NOT_DEPLOYED\"");
    assertThat(get("/v1/schedules/none").body()).contains("unknown-schedule");
  }
}
