package dev.reprise.runtime.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.json.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RepriseCommandTest {
  @TempDir
  Path directory;

  @Test
  void aCommandHasToBeNamed() {
    var nothing = CommandRun.of();

    assertThat(nothing.exitCode()).isEqualTo(2);
    assertThat(nothing.out()).isEmpty();
    assertThat(nothing.err()).contains("Usage: reprise", "serve", "demo", "migrate", "config");
    assertThat(CommandRun.of("executions").exitCode()).isEqualTo(2);
    assertThat(CommandRun.of("nonsense").err()).contains("nonsense");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "serve",
        "demo",
        "migrate",
        "config",
        "call",
        "executions",
        "executions list",
        "executions show",
        "executions cancel",
        "executions resume"
      })
  void everyCommandHasHelpAndVersionAndFormat(String command) {
    var words = List.of(command.split(" "));
    var help = CommandRun.of(with(words, "--help"));

    assertThat(help.exitCode()).isZero();
    assertThat(help.out()).contains("Usage: reprise " + command, "--format", "--version");
    assertThat(CommandRun.of(with(words, "--version")).out()).startsWith("reprise ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"nonsense --help", "--help nonsense", "executions nonsense -h"})
  void thereIsNoHelpForACommandThatThereIsNot(String words) {
    var run = CommandRun.of(words.split(" "));

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).contains("nonsense");
  }

  private static String[] with(List<String> words, String flag) {
    var all = new ArrayList<>(words);
    all.add(flag);
    return all.toArray(String[]::new);
  }

  @Test
  void configShowsValuesAndTheirSources() throws IOException {
    var file = Files.writeString(directory.resolve("r.properties"), "max-wait=5s\n");
    var run = CommandRun.with(
        Map.of("REPRISE_HOST", "localhost", "REPRISE_DATABASE_PASSWORD", "s3cret"),
        "config",
        "--port",
        "0",
        "--no-migrate",
        "--config",
        file.toString());

    assertThat(run.exitCode()).isZero();
    assertThat(run.err()).isEmpty();
    assertThat(run.out())
        .containsPattern("port +0 +--port")
        .containsPattern("host +localhost +REPRISE_HOST")
        .containsPattern("max-wait +5s +\\S*r.properties")
        .containsPattern("migrate +false +--migrate")
        .containsPattern("death-timeout +7s +default")
        .contains("***")
        .doesNotContain("s3cret");
  }

  @Test
  void configSpeaksJson() {
    var run = CommandRun.of("config", "--format", "json");

    assertThat(run.exitCode()).isZero();
    assertThat(Json.parse(run.out()))
        .isInstanceOfSatisfying(
            Map.class,
            config -> assertThat(config.get("settings"))
                .asInstanceOf(InstanceOfAssertFactories.LIST)
                .contains(Map.of("key", "port", "value", "8080", "source", "default")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--port x",
        "--port 70000",
        "--max-wait soon",
        "--death-timeout 0s",
        "--max-running 0",
        "--host 0.0.0.0",
        "--database mysql://x",
        "--config none.properties"
      })
  void aValueThatCannotBeUsedIsRefusedWithoutAStackTrace(String flags) {
    var run = CommandRun.of(("serve " + flags).split(" "));

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err()).startsWith("reprise: ").doesNotContain("\tat ", "a defect");
  }

  @Test
  void aPasswordIsNoFlag() {
    var run = CommandRun.of("serve", "--database-password", "x");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err())
        .startsWith("reprise: Unknown option")
        .contains("reprise: see \"reprise serve --help\"");
    assertThat(run.err().lines()).hasSizeLessThan(5);
  }

  @Test
  void aPortThatIsTakenIsToldBeforeAnythingIsBegun() throws IOException {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var port = Integer.toString(taken.getLocalPort());
      var run = CommandRun.of("serve", "--port", port);

      assertThat(run.exitCode()).isEqualTo(2);
      assertThat(run.err()).contains("cannot listen on 127.0.0.1 port " + port, "--port");
      assertThat(CommandRun.of("demo", "--port", port).exitCode()).isEqualTo(2);
    }
  }

  @Test
  void theSqlOfTheSchemaIsPrintedWithoutADatabase() {
    var run = CommandRun.of("migrate", "--print-sql");

    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).contains("create table reprise.executions", "flyway_schema_history");
  }

  @Test
  void withoutAServerAClientCommandSaysHowToGetOne() {
    var run = CommandRun.with(Map.of("REPRISE_URL", "http://127.0.0.1:1"), "call", "A.b", "[]");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err()).contains("no server answers at http://127.0.0.1:1", "reprise serve");
  }
}
