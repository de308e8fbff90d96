package dev.reprise.runtime.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.reprise.runtime.deploy.JarBuilder;
import dev.reprise.runtime.postgres.ScratchDatabase;
import dev.reprise.runtime.postgres.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServeProcessTest {
  @TempDir
  Path directory;

  private final ScratchDatabase database = TestDatabase.create();

  @AfterEach
  void dropDatabase() {
    database.close();
  }

  /** Writes app.jar, in place of an older one: notes a mark, sleeps, tells which version it is. */
  private String app(String version) throws IOException {
    var jar = new JarBuilder()
        .source("app.Notes", """
            package app;
            import dev.reprise.*;
            import javax.sql.DataSource;
            public class Notes {
              private final DataSource database;
              public Notes(DataSource database) { this.database = database; }
              @Transaction public void note(String text) throws Exception {
                try (var connection = database.getConnection();
                    var insert = connection.prepareStatement("insert into note values (?)")) {
                  insert.setString(1, text);
                  insert.executeUpdate();
                }
              }
              @Transaction(readOnly = true) public String all() throws Exception {
                try (var connection = database.getConnection();
                    var query = connection.prepareStatement(
                        "select string_agg(text, ' ' order by text) from note");
                    var rows = query.executeQuery()) {
                  rows.next();
                  return rows.getString(1);
                }
              }
            }
            """)
        .source("app.Napper", """
            package app;
            import dev.reprise.*;
            import java.time.Duration;
            public class Napper {
              private final Notes notes;
              public Napper(Notes notes) { this.notes = notes; }
              @Workflow public String nap(String name, int seconds) throws Exception {
                notes.note(name + "-begun-by-%1$s");
                Durable.sleep(Duration.ofSeconds(seconds));
                notes.note(name + "-ended-by-%1$s");
                return "%1$s";
              }
            }
            """.formatted(version))
        .resource("db/migration/V1__note.sql", "create table note (text text primary key);");
    return Files.write(directory.resolve("app.jar"), jar.build(directory)).toString();
  }

  private ServeProcess serve(String... flags) throws IOException {
    return ServeProcess.start(database.config(), directory.resolve("log"), flags);
  }

  private static void awaitWaiting(ServeProcess server, String id) {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> server.get("/v1/executions/" + id).body().contains("\"WAITING\""));
  }

  @Test
  void anExecutionSurvivesARestartWithAChangedJarOnItsOldCode() throws Exception {
    try (var server = serve("--functions", app("v1"))) {
      var accepted = server.post(
          "Napper.nap", "[\"a\", 8]", "Prefer", "respond-async", "Idempotency-Key", "nap-1");
      assertThat(accepted.statusCode()).isEqualTo(202);
      awaitWaiting(server, "nap-1");
      assertThat(server.terminate()).isIn(0, 143);
    }
    try (var server = serve("--functions", app("v2"))) {
      assertThat(server.post("Napper.nap", "[\"b\", 0]").body()).isEqualTo("\"v2\"");
      assertThat(server.get("/v1/executions/nap-1/result?wait=30").body()).isEqualTo("\"v1\"");
      assertThat(server.post("Notes.all", "[]").body())
          .isEqualTo("\"a-begun-by-v1 a-ended-by-v1 b-begun-by-v2 b-ended-by-v2\"");
      assertThat(server.get("/metrics").body()).contains("reprise_runs_capacity 256");
    }
    assertThat(Files.readString(directory.resolve("log"))).contains("serving versions");
  }

  @Test
  void anExecutionSurvivesAKilledServer() throws Exception {
    try (var server = serve("--functions", app("v1"))) {
      server.post(
          "Napper.nap", "[\"a\", 3]", "Prefer", "respond-async", "Idempotency-Key", "nap-1");
      awaitWaiting(server, "nap-1");
      server.kill();
    }
    try (var server = serve()) {
      assertThat(server.get("/v1/executions/nap-1/result?wait=30").body()).isEqualTo("\"v1\"");
      assertThat(server.post("Notes.all", "[]").body())
          .isEqualTo("\"a-begun-by-v1 a-ended-by-v1\"");
    }
  }

  @Test
  void aRunningCallIsAnsweredBeforeTheServerEnds() throws Exception {
    var slow = new JarBuilder().source("app.Slow", """
            package app;
            public class Slow {
              @dev.reprise.Step public String step() throws Exception {
                new java.util.concurrent.CountDownLatch(1)
                    .await(2, java.util.concurrent.TimeUnit.SECONDS);
                return "done";
              }
            }
            """);
    var jar = Files.write(directory.resolve("slow.jar"), slow.build(directory));
    try (var server = serve("--functions", jar.toString())) {
      var answer = server.begin("Slow.step", "[]");
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> server.get("/metrics").body().contains("reprise_runs_active 1.0"));
      assertThat(server.terminate()).isIn(0, 143);
      assertThat(answer.get(60, TimeUnit.SECONDS).body()).isEqualTo("\"done\"");
    }
  }
}
