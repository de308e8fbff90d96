package dev.reprise.debugger.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.debugger.replay.RecordedCode;
import dev.reprise.debugger.replay.RecordedNode;
import dev.reprise.debugger.replay.Scripted;
import dev.reprise.runtime.cli.RepriseCommand;
import dev.reprise.runtime.config.DatabaseConfig;
import dev.reprise.runtime.config.Environment;
import dev.reprise.runtime.deploy.JarVersions;
import dev.reprise.runtime.function.ApplicationSettings;
import dev.reprise.runtime.postgres.ConnectionHook;
import dev.reprise.runtime.postgres.Database;
import dev.reprise.runtime.postgres.EmbeddedServer;
import dev.reprise.runtime.store.DeploymentStore;
import dev.reprise.runtime.store.LogDatabase;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A trace goes by a file to another server, and the commands work there as they do on the original. */
class ExportCommandTest {
  @TempDir
  private static Path directory;

  private static RecordedNode node;
  /** Younger than the one that is recorded: transaction ids there are lower than those in the file. */
  private static EmbeddedServer elsewhere;

  private static Path file;

  @BeforeAll
  static void start() throws Exception {
    elsewhere = EmbeddedServer.startOrJoin(directory.resolve("elsewhere"));
    node = new RecordedNode("""
        create table item (name text primary key, stock int not null);
        create table sale (id bigserial primary key, item text not null references item);
        """);
    node.run("insert into item values ('blue pen', 5), ('ink', 2)");
    node.start(
            "first",
            "update item set stock = stock - 1 where name = 'blue pen'",
            "select stock from item order by 1")
        .result();
    node.run("update item set stock = 40 where name = 'ink'");
    node.start(
            "second",
            "insert into sale (item) values ('blue pen') returning id",
            "select sum(stock) from item")
        .result();
    node.start("random", "insert into item values ('random', random() * 1000000)")
        .result();
    node.run("delete from sale; delete from item");
    pinToDeployment();
    file = directory.resolve("a.trace");
  }

  /** As if a server had run them. */
  private static void pinToDeployment() throws IOException {
    var jar = directory.resolve("functions.jar");
    var name = Scripted.class.getName().replace('.', '/') + ".class";
    try (var out = new JarOutputStream(Files.newOutputStream(jar));
        var in = Scripted.class.getClassLoader().getResourceAsStream(name)) {
      out.putNextEntry(new JarEntry(name));
      out.write(in.readAllBytes());
      out.closeEntry();
    }
    try (var database = Database.open(node.config(), ConnectionHook.NONE)) {
      var store = new DeploymentStore(new LogDatabase(database));
      try (var versions =
          new JarVersions(store, RecordedCode::application, ApplicationSettings.NONE)) {
        var prepared = versions.prepare(jar);
        store.keep(
            prepared.version(), prepared.name(), prepared.content(), List.of("Scripted.run"));
        node.run("update reprise.executions set version = '" + prepared.version() + "'");
      }
    }
  }

  @AfterAll
  static void stop() {
    node.close();
    elsewhere.close();
  }

  /** What came of a command. */
  private record Run(int exitCode, String out, String err) {}

  private static Run run(String... arguments) {
    var out = new StringWriter();
    var err = new StringWriter();
    int exitCode = RepriseCommand.run(
        new Environment(Map.of()), new PrintWriter(out), new PrintWriter(err), arguments);
    return new Run(exitCode, out.toString(), err.toString());
  }

  private static String url(DatabaseConfig config) {
    return config.url() + (config.url().contains("?") ? "&" : "?") + "user=" + config.user()
        + "&password="
        + URLEncoder.encode(String.valueOf(config.password()), StandardCharsets.UTF_8);
  }

  private static Run export(String... more) {
    var arguments = new java.util.ArrayList<>(
        List.of("export", "--database", url(node.config()), "-o", file.toString()));
    arguments.addAll(List.of(more));
    return run(arguments.toArray(String[]::new));
  }

  @Test
  void aTraceReplaysOnAnotherServerByTheCodeInTheFile() {
    var export = export("--force", "first", "second");
    assertThat(export.exitCode()).as(export.err()).isZero();
    assertThat(export.out())
        .contains("2 executions", "1 versions of their code", "2 rows at the start");
    var there = url(elsewhere.config());

    var replay = run("replay", "--trace", file.toString(), "--scratch", there);
    assertThat(replay.exitCode()).as(replay.err() + replay.out()).isZero();
    assertThat(replay.out()).contains("faithful: 2 transactions");
    var second = run("replay", "--trace", file.toString(), "--scratch", there, "second");
    assertThat(second.exitCode()).as(second.err() + second.out()).isZero();

    var sql = "select stock from item order by name";
    assertThat(run(
                "at",
                "--trace",
                file.toString(),
                "--scratch",
                there,
                "--execution",
                "first",
                "--before",
                sql)
            .out())
        .contains("5", "2");
    assertThat(
            run("at", "--trace", file.toString(), "--scratch", there, "--execution", "second", sql)
                .out())
        .contains("4", "40");
    assertThat(run("history", "--trace", file.toString(), "item", "blue pen").out())
        .contains("first@1 Scripted.run");
  }

  @Test
  void aSpanOfTimeIsExportedAndWhatDiffersIsSaid() {
    var export = export("--force", "--format", "json", "--from", "2000-01-01T00:00:00Z");
    assertThat(export.exitCode()).as(export.err()).isZero();
    assertThat(export.out()).contains("\"executions\":3");

    var replay = run("replay", "--trace", file.toString());
    assertThat(replay.exitCode()).as(replay.err() + replay.out()).isEqualTo(1);
    assertThat(replay.out()).contains("random@1", "stock");
  }

  @Test
  void aMaskedTraceReplaysToo() throws Exception {
    var export = export("--force", "--mask", "item.name", "first", "second");
    assertThat(export.exitCode()).as(export.err()).isZero();
    assertThat(export.out()).contains("masked: public.item.name, public.sale.item");

    var replay = run("replay", "--trace", file.toString());
    assertThat(replay.exitCode()).as(replay.err() + replay.out()).isZero();
  }

  @Test
  void whatCannotBeDoneIsSaid() throws Exception {
    assertThat(export().exitCode()).isEqualTo(2);
    assertThat(export("--force", "unknown").err()).contains("there is no execution unknown");
    assertThat(export("--force", "--mask", "item.nam", "first").err())
        .contains("there is no column item.nam", "item has name, stock");
    assertThat(export("--force", "--mask", "sale.none", "first").exitCode()).isEqualTo(2);
    var existing = Files.writeString(directory.resolve("existing"), "mine");
    var refused =
        run("export", "--database", url(node.config()), "-o", existing.toString(), "first");
    assertThat(refused.exitCode()).isEqualTo(2);
    assertThat(refused.err()).contains("--force");
    var none = run("replay", "--trace", existing.toString());
    assertThat(none.exitCode()).isEqualTo(2);
    assertThat(none.err()).contains(existing.toString(), "is not a trace file");
    assertThat(run("replay").exitCode()).isEqualTo(2);
  }
}
