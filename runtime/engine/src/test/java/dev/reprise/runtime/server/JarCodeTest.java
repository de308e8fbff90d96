package dev.reprise.runtime.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.reprise.ExecutionStatus;
import dev.reprise.RepriseException;
import dev.reprise.Settings;
import dev.reprise.runtime.config.DatabaseConfig;
import dev.reprise.runtime.config.NodeConfig;
import dev.reprise.runtime.deploy.JarBuilder;
import dev.reprise.runtime.execution.CallRequest;
import dev.reprise.runtime.function.ApplicationSettings;
import dev.reprise.runtime.function.FunctionDefinition;
import dev.reprise.runtime.postgres.Jdbc;
import dev.reprise.runtime.postgres.ScratchDatabase;
import dev.reprise.runtime.postgres.TestDatabase;
import dev.reprise.runtime.store.ExecutionRow;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JarCodeTest {
  private static final NodeConfig CONFIG =
      new NodeConfig(Duration.ofSeconds(3), Duration.ofMillis(200), 16, Duration.ofMillis(100));

  @TempDir
  Path directory;

  private ScratchDatabase database = TestDatabase.create();

  @BeforeEach
  void freshDatabase() {
    database.close();
    database = TestDatabase.create();
  }

  @AfterEach
  void dropDatabase() {
    database.close();
  }

  private Path napper(String file, String answer) throws IOException {
    return write(file, new JarBuilder().source("nap.Napper", """
                package nap;
                import dev.reprise.*;
                import java.time.Duration;
                public class Napper {
                  @Workflow public String nap(int seconds) {
                    Durable.sleep(Duration.ofSeconds(seconds));
                    return "%s";
                  }
                }
                """.formatted(answer)));
  }

  private Path write(String file, JarBuilder jar) throws IOException {
    return Files.write(directory.resolve(file), jar.build(directory));
  }

  private static JarBuilder function(String type) {
    return new JarBuilder()
        .source(
            "some." + type,
            "package some; public class " + type
                + " { @dev.reprise.Transaction public String name() { return \"" + type
                + "\"; } }");
  }

  private Node start(Path... jars) {
    return start(ApplicationSettings.NONE, jars);
  }

  private Node start(Settings settings, Path... jars) {
    return Node.start(CONFIG, database.config(), Code.ofJars(List.of(jars), true, settings));
  }

  private static ExecutionRow call(Node node, String function, @Nullable Object... arguments)
      throws Exception {
    var submission = node.engine().submit(request(node, function, false, arguments));
    return submission.settled().get(60, TimeUnit.SECONDS);
  }

  private static String begin(Node node, String function, @Nullable Object... arguments) {
    return node.engine().submit(request(node, function, true, arguments)).id();
  }

  private static CallRequest request(
      Node node, String function, boolean asynchronous, @Nullable Object... arguments) {
    FunctionDefinition definition = node.engine().function(function).orElseThrow();
    return new CallRequest(definition, List.of(arguments), null, "", Map.of(), asynchronous, null);
  }

  private static void awaitStatus(Node node, String id, ExecutionStatus status) {
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> node.engine().find(id).map(ExecutionRow::status).orElse(null) == status);
  }

  private List<String> ask(String sql) throws SQLException {
    var config = database.config();
    try (var connection =
        DriverManager.getConnection(config.url(), config.user(), config.password())) {
      return Jdbc.query(connection, sql, statement -> {}, row -> row.getString(1));
    }
  }

  @Test
  void anExecutionStaysOnItsVersionAndNewCallsGoToTheNewOne() throws Exception {
    String id;
    try (var node = start(napper("app.jar", "old"))) {
      id = begin(node, "Napper.nap", 3600);
      awaitStatus(node, id, ExecutionStatus.WAITING);
    }
    try (var node = start(napper("app.jar", "new"))) {
      assertThat(call(node, "Napper.nap", 0).output()).isEqualTo("\"new\"");
      node.advance(Duration.ofHours(2));
      awaitStatus(node, id, ExecutionStatus.SUCCEEDED);
      assertThat(node.engine().find(id).orElseThrow().output()).isEqualTo("\"old\"");
    }
  }

  @Test
  void aNodeWithoutJarsServesWhatIsActive() throws Exception {
    start(napper("app.jar", "kept")).close();
    try (var node = start()) {
      assertThat(call(node, "Napper.nap", 0).output()).isEqualTo("\"kept\"");
    }
  }

  @Test
  void aRunningNodeFollowsWhatAnotherActivates() throws Exception {
    try (var first = start(napper("app.jar", "old"))) {
      try (var second = start(napper("app.jar", "new"))) {
        await()
            .atMost(Duration.ofSeconds(60))
            .until(() -> "\"new\"".equals(call(first, "Napper.nap", 0).output()));
        assertThat(call(second, "Napper.nap", 0).output()).isEqualTo("\"new\"");
      }
    }
  }

  @Test
  void jarsWithoutACommonFunctionAreServedSideBySide() throws Exception {
    start(write("one.jar", function("One"))).close();
    try (var node = start(write("two.jar", function("Two")))) {
      assertThat(call(node, "One.name").status()).isEqualTo(ExecutionStatus.SUCCEEDED);
      assertThat(call(node, "Two.name").status()).isEqualTo(ExecutionStatus.SUCCEEDED);
    }
  }

  @Test
  void twoJarsWithOneFunctionAreRefusedAndNothingIsKept() throws Exception {
    var one = napper("one.jar", "1");
    var two = napper("two.jar", "2");

    assertThatThrownBy(() -> start(one, two))
        .isInstanceOf(RepriseException.class)
        .hasMessageContaining("Napper.nap is in two jars, one.jar and two.jar");
    assertThat(ask("select version from reprise.deployments")).isEmpty();
    assertThat(ask("select state from reprise.nodes")).doesNotContain("LIVE");
  }

  @Test
  void aMissingJarAndOneThatIsNoneAreRefusedByName() throws Exception {
    var text = Files.writeString(directory.resolve("text.jar"), "no zip");

    assertThatThrownBy(() -> start(directory.resolve("absent.jar")))
        .isInstanceOf(RepriseException.class)
        .hasMessageContaining("absent.jar cannot be read: there is no such file");
    assertThatThrownBy(() -> start(text))
        .isInstanceOf(RepriseException.class)
        .hasMessageContaining("text.jar is no readable jar");
  }

  @Test
  void migrationsRunBeforeTheJarIsServedAndNotAgain() throws Exception {
    var jar =
        function("Shelf").resource("db/migration/V1__shelf.sql", "create table shelf (item text);");
    var other =
        function("Rack").resource("db/migration/V1__rack.sql", "create table rack (item text);");
    var changed = function("Shelf")
        .resource("db/migration/V1__shelf.sql", "create table shelf (item text);")
        .resource("db/migration/V2__more.sql", "alter table shelf add column more text;");

    start(write("shelf.jar", jar)).close();
    start(write("rack.jar", other)).close();
    start(write("renamed.jar", changed)).close();

    assertThat(ask("select table_schema || '.' || table_name from information_schema.tables"
            + " where table_name in ('shelf', 'rack') order by 1"))
        .containsExactly("public.rack", "public.shelf");
    assertThat(ask("select column_name from information_schema.columns where table_name = 'shelf'"))
        .containsExactlyInAnyOrder("item", "more");
  }

  @Test
  void tablesOfApplicationsStayOutOfTheOwnSchemaOfAUserCalledReprise() throws Exception {
    var jar = new JarBuilder()
        .source("some.Where", """
            package some;
            public class Where {
              private final javax.sql.DataSource database;
              public Where(javax.sql.DataSource database) { this.database = database; }
              @dev.reprise.Workflow public String am() throws Exception { return schema(); }
              @dev.reprise.Transaction public String schema() throws Exception {
                try (var connection = database.getConnection();
                    var rows = connection.createStatement().executeQuery("select current_schema()")) {
                  rows.next();
                  return rows.getString(1);
                }
              }
            }
            """)
        .resource("db/migration/V1__place.sql", "create table place (item text);");
    var config = database.config();
    // as the search path "$user", public is for that user
    var asReprise = DatabaseConfig.of(
        config.url() + (config.url().contains("?") ? "&" : "?")
            + "options=-c%20search_path=reprise,public",
        config.user(),
        config.password());
    var code = Code.ofJars(List.of(write("where.jar", jar)), true, ApplicationSettings.NONE);

    try (var node = Node.start(CONFIG, asReprise, code)) {
      assertThat(call(node, "Where.am").output()).isEqualTo("\"public\"");
    }
    assertThat(ask("select table_schema from information_schema.tables where table_name = 'place'"))
        .containsExactly("public");
  }

  @Test
  void migrationsAreLeftToOthersWhereThatIsWanted() throws Exception {
    var jar = write(
        "shelf.jar",
        function("Shelf")
            .resource("db/migration/V1__shelf.sql", "create table shelf (item text);"));
    var code = Code.ofJars(List.of(jar), false, ApplicationSettings.NONE);

    Node.start(CONFIG, database.config(), code).close();

    assertThat(ask("select to_regclass('shelf')")).containsOnlyNulls();
  }

  @Test
  void aFailedMigrationLeavesTheOldVersionActive() throws Exception {
    start(napper("app.jar", "old")).close();
    var broken = write(
        "app.jar",
        new JarBuilder()
            .source(
                "nap.Napper",
                "package nap; public class Napper {"
                    + " @dev.reprise.Workflow public String nap(int seconds) { return \"new\"; } }")
            .resource("db/migration/V1__broken.sql", "create tabel x;"));

    assertThatThrownBy(() -> start(broken))
        .isInstanceOf(RepriseException.class)
        .hasMessageContaining("cannot migrate the application's tables");
    try (var node = start()) {
      assertThat(call(node, "Napper.nap", 0).output()).isEqualTo("\"old\"");
    }
  }

  @Test
  void theModuleReadsItsSettings() throws Exception {
    var jar = new JarBuilder()
        .source(
            "set.Teller",
            "package set; public class Teller { private final Word word;"
                + " public Teller(Word word) { this.word = word; }"
                + " @dev.reprise.Transaction public String tell() { return word.text(); } }")
        .source("set.Word", "package set; public record Word(String text) {}")
        .source(
            "set.Setup",
            "package set; import dev.reprise.*; public class Setup implements FunctionModule {"
                + " public void configure(Bindings b, Settings s) {"
                + " b.bind(Word.class, new Word(s.require(\"WORD\"))); } }")
        .resource("META-INF/services/dev.reprise.FunctionModule", "set.Setup\n");
    var file = write("teller.jar", jar);

    assertThatThrownBy(() -> start(file))
        .isInstanceOf(RepriseException.class)
        .hasMessageContaining("teller.jar is refused")
        .hasMessageContaining("set REPRISE_APP_WORD");
    Settings settings = name -> name.equals("WORD") ? Optional.of("hello") : Optional.empty();
    try (var node = start(settings, file)) {
      assertThat(call(node, "Teller.tell").status()).isEqualTo(ExecutionStatus.SUCCEEDED);
    }
  }

  @Test
  void aKeptVersionThatDoesNotLoadStrandsItsExecutionsVisibly() throws Exception {
    String id;
    try (var node = start(napper("app.jar", "old"))) {
      id = begin(node, "Napper.nap", 3600);
      awaitStatus(node, id, ExecutionStatus.WAITING);
    }
    var version = ask("select version from reprise.executions").get(0);
    ask("update reprise.deployments set jar = 'damaged', activated_at = null returning version");
    try (var node = start()) {
      node.advance(Duration.ofHours(2));
      awaitStatus(node, id, ExecutionStatus.STRANDED);
      assertThat(node.engine().find(id).orElseThrow().error()).contains("version " + version);
    }
  }
}
