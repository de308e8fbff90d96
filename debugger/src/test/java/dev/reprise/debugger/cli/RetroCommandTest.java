package dev.reprise.debugger.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.Options;
import dev.reprise.debugger.replay.RecordedNode;
import dev.reprise.runtime.cli.RepriseCommand;
import dev.reprise.runtime.config.Environment;
import dev.reprise.runtime.json.Json;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code reprise retro} on a recorded database. */
class RetroCommandTest {
  private static final String BELOW_ZERO = "select * from shelf where number < 0";
  private static final String MENDED = """
      package dev.reprise.debugger.cli;

      public class Shelf {
        private final javax.sql.DataSource database;

        public Shelf(javax.sql.DataSource database) {
          this.database = database;
        }

        @dev.reprise.Transaction
        public int take(String item) throws java.sql.SQLException {
          try (var connection = database.getConnection();
              var statement = connection.prepareStatement(
                  "update shelf set number = number - 1 where item = ? and number > 0")) {
            statement.setString(1, item);
            return statement.executeUpdate();
          }
        }
      }
      """;

  @TempDir
  private static Path directory;

  private static RecordedNode node;
  private static Path original;
  private static Path mended;

  @BeforeAll
  static void start() throws Exception {
    node = new RecordedNode("""
        create table shelf (item text primary key, number int not null);
        create table guest (name text primary key);
        """, Shelf.class, Guestbook.class);
    node.run("insert into shelf values ('pen', 1)");
    take("take-1");
    take("take-2");
    node.runtime()
        .start(Guestbook.class, book -> book.sign("ann"), Options.DEFAULT.id("sign"))
        .result();
    original = jar("original.jar", classFile(Shelf.class), classFile(Guestbook.class));
    mended = jar("mended.jar", compiled(MENDED), classFile(Guestbook.class));
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static void take(String id) throws Exception {
    node.runtime()
        .start(Shelf.class, shelf -> shelf.take("pen"), Options.DEFAULT.id(id))
        .result();
  }

  private static Path classFile(Class<?> type) throws Exception {
    return Path.of(Objects.requireNonNull(type.getResource(type.getSimpleName() + ".class"))
        .toURI());
  }

  private static Path compiled(String source) throws IOException {
    var file = Files.createTempDirectory(directory, "source").resolve("Shelf.java");
    Files.writeString(file, source);
    var classes = Files.createTempDirectory(directory, "classes");
    int failed = ToolProvider.getSystemJavaCompiler()
        .run(
            null,
            null,
            null,
            "-parameters",
            "-proc:none",
            "--release",
            "17",
            "-cp",
            System.getProperty("java.class.path"),
            "-d",
            classes.toString(),
            file.toString());
    assertThat(failed).isZero();
    return classes.resolve("dev/reprise/debugger/cli/Shelf.class");
  }

  private static Path jar(String name, Path... classes) throws IOException {
    var jar = directory.resolve(name);
    try (var out = new JarOutputStream(Files.newOutputStream(jar))) {
      for (var file : classes) {
        out.putNextEntry(new JarEntry("dev/reprise/debugger/cli/" + file.getFileName()));
        out.write(Files.readAllBytes(file));
        out.closeEntry();
      }
    }
    return jar;
  }

  /** What a command said. */
  private record Said(int exit, String out, String err) {}

  private static Said retro(Path functions, String... arguments) {
    var config = node.config();
    var url = config.url() + (config.url().contains("?") ? "&" : "?") + "user="
        + URLEncoder.encode(String.valueOf(config.user()), StandardCharsets.UTF_8);
    var all = new ArrayList<String>(List.of(
        "retro",
        "--database",
        url,
        "--functions",
        functions.toString(),
        "--original",
        original.toString()));
    all.addAll(List.of(arguments));
    var out = new StringWriter();
    var err = new StringWriter();
    int exit = RepriseCommand.run(
        new Environment(Map.of("REPRISE_DATABASE_PASSWORD", String.valueOf(config.password()))),
        new PrintWriter(out),
        new PrintWriter(err),
        all.toArray(String[]::new));
    return new Said(exit, out.toString(), err.toString());
  }

  @Test
  void mendedCodeKeepsTheCheckAndWhatItCannotReachIsNotRun() {
    var said = retro(mended, "take-1", "take-2", "sign", "--check", BELOW_ZERO);

    assertThat(said.exit()).as(said.err()).isZero();
    assertThat(said.out())
        .contains("2 executions run again, 1 unaffected; outcome of 1 changed; 1 row differs;")
        .contains("checks: 1 broken before, 0 after")
        .contains("number -1 -> 0")
        .containsPattern("sign +Guestbook.sign +unaffected: Its code is the same");
  }

  @Test
  void withFullAllAreRun() {
    var said = retro(mended, "take-1", "take-2", "sign", "--full", "--format", "json");

    assertThat(said.exit()).as(said.err()).isZero();
    assertThat(Json.parse(said.out()))
        .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.MAP)
        .containsEntry("same", false)
        .containsEntry("checksHold", true);
    assertThat(said.out()).doesNotContain("UNAFFECTED");
  }

  @Test
  void expectSameIsAnsweredByTheExit() {
    assertThat(retro(original, "take-1", "take-2", "--expect", "same").exit()).isZero();
    assertThat(retro(mended, "take-1", "take-2", "--expect", "same").exit()).isEqualTo(1);
    assertThat(retro(original, "take-1", "take-2", "--check", BELOW_ZERO).exit())
        .isEqualTo(1);
  }

  @Test
  void writesAPageAndACorrectionAndAppliesNothing() throws IOException {
    var page = directory.resolve("report.html");
    var correction = directory.resolve("correction.sql");

    var said = retro(
        mended,
        "take-1",
        "take-2",
        "--html",
        page.toString(),
        "--emit-correction",
        correction.toString());

    assertThat(said.err()).contains("correction: 1 rows; 0 changed since");
    assertThat(page).content().contains("<svg").contains("take-2");
    assertThat(correction).content().contains("set number = 0").contains("is not distinct from -1");
    assertThat(node.text("select number from shelf")).isEqualTo("-1");
  }

  @Test
  void anExecutionThatIsLeftOutHasNoEffect() {
    var said = retro(original, "take-1", "take-2", "--skip", "take-1", "--check", BELOW_ZERO);

    assertThat(said.exit()).as(said.out()).isZero();
    assertThat(said.out()).contains("1 left out").contains("number -1 -> 0");
  }

  @Test
  void searchesInterleavingsAndRunsOneOfThem() {
    var said = retro(mended, "take-1", "take-2", "--check", BELOW_ZERO, "--explore", "50");
    assertThat(said.exit()).as(said.err()).isZero();
    assertThat(said.out()).contains("All 2 inequivalent interleavings checked");

    var one = retro(original, "take-1", "take-2", "--schedule", "take-2:whole take-1:whole");
    assertThat(one.exit()).as(one.err()).isZero();
    assertThat(one.out()).contains("schedule: take-2:whole take-1:whole");

    var broken = retro(original, "take-1", "take-2", "--check", BELOW_ZERO, "--explore", "50");
    assertThat(broken.exit()).isEqualTo(1);
    assertThat(broken.out())
        .contains("CHECK")
        .contains("    item=pen, number=-1")
        .contains("--schedule \"");
  }

  @Test
  void stepsThroughAnInterleavingForthAndBack() {
    var stdin = System.in;
    try {
      System.setIn(new ByteArrayInputStream(
          "n\nselect number from shelf\nl\nb\nselect number from shelf\ng 9\nq\n"
              .getBytes(StandardCharsets.UTF_8)));
      var said = retro(
          mended, "take-1", "take-2", "--schedule", "take-2:whole take-1:whole", "--interactive");

      assertThat(said.exit()).as(said.err()).isZero();
      assertThat(said.out())
          .containsSubsequence(
              "before 1  take-2@1 Shelf.take SERIALIZABLE 1",
              "UPDATE public.shelf",
              "before 2  take-1@1 Shelf.take SERIALIZABLE 0",
              "0",
              "> 2  take-1@1",
              "before 1  take-2@1",
              "1",
              "after all transactions");
    } finally {
      System.setIn(stdin);
    }
  }

  private static Path withMigration(String name, String sql) throws IOException {
    var jar = directory.resolve(name);
    try (var out = new JarOutputStream(Files.newOutputStream(jar))) {
      for (var file : List.of(compiled(MENDED))) {
        out.putNextEntry(new JarEntry("dev/reprise/debugger/cli/" + file.getFileName()));
        out.write(Files.readAllBytes(file));
        out.closeEntry();
      }
      out.putNextEntry(new JarEntry("db/migration/V2__new.sql"));
      out.write(sql.getBytes(StandardCharsets.UTF_8));
      out.closeEntry();
    }
    return jar;
  }

  @Test
  void aMigrationThatFailsOnThePastIsNamed() throws Exception {
    var jar = withMigration("failing.jar", "select 1;\nalter table shelve add note text;\n");

    var said = retro(jar, "take-1");

    assertThat(said.exit()).isEqualTo(2);
    assertThat(said.err())
        .contains(
            "the migration V2__new.sql of failing.jar, which the recorded jar does not have, cannot be run on the past: ERROR: relation \"shelve\" does not exist (line 2 of it)")
        .doesNotContain("SQL State")
        .doesNotContain("/tmp");
  }

  @Test
  void aTableThatThereWasNotIsNotTheSame() throws Exception {
    var jar = withMigration("table.jar", "create table box (id int primary key);");

    assertThat(retro(jar, "take-1").exit()).isZero();
    var said = retro(jar, "take-1", "--expect", "same");
    assertThat(said.exit()).as(said.out()).isEqualTo(1);
    assertThat(said.out()).contains("no row differs, 1 table on one side only");
  }

  @ParameterizedTest
  @CsvSource({
    "--steps,maybe,--steps is recorded or live",
    "--expect,nothing,--expect is same or checks",
    "--explore,0,--explore is 1 or more",
    "--skip,nobody,--skip: nobody is none of the executions",
    "--schedule,take-1:half,take-1:half",
    "--schedule,take-9:whole,does not fit",
    "--check,select nonsense,'column \"nonsense\" does not exist, at character 8 of the check'",
    "--check,select * form shelf,'at character 10 of the check, \"form shelf\"'",
    "--check,select (1,at the end of the check",
    "--check,delete from shelf,A check is one query",
    "--interactive,,--interactive steps through one interleaving",
    "--stub,Nobody=Shelf,--stub Nobody: there is no class",
    "--stub,Shelf=Nothing,there is no class Nothing",
    "--scratch,nowhere,--scratch"
  })
  void saysWhatIsWrong(String option, @Nullable String value, String told) {
    var said = value == null
        ? retro(mended, "take-1", "take-2", option)
        : retro(mended, "take-1", "take-2", option, value);

    assertThat(said.exit()).as(said.out()).isEqualTo(2);
    assertThat(said.err()).contains(told).doesNotContain("\tat ");
  }

  @Test
  void codeWithoutTheFunctionIsRefused() throws Exception {
    var said = retro(jar("guests.jar", classFile(Guestbook.class)), "take-1");

    assertThat(said.exit()).isEqualTo(2);
    assertThat(said.err())
        .contains("guests.jar has no function Shelf.take, which execution take-1 ran");
  }

  /** What did not run has mended nothing. */
  @Test
  void whatDoesNotComeToItsEndIsNoSuccessAndCorrectsNothing() throws Exception {
    var other = jar(
        "other.jar",
        compiled(
            MENDED.replace("take(String item)", "take(int item)").replace("setString", "setInt")),
        classFile(Guestbook.class));
    var correction = directory.resolve("nothing.sql");

    var said = retro(
        other,
        "take-1",
        "take-2",
        "--check",
        BELOW_ZERO,
        "--emit-correction",
        correction.toString());

    assertThat(said.exit()).isEqualTo(1);
    assertThat(said.out())
        .contains("2 of them DID NOT COME TO THE END")
        .contains("the recorded arguments do not fit the function as it is now");
    assertThat(said.err()).contains("no correction is written");
    assertThat(correction).doesNotExist();
  }

  /** Stands for {@link Guestbook}. */
  public static class FullGuestbook {
    public FullGuestbook() {}

    public int sign(String guest) {
      return guest.length();
    }
  }

  @Test
  void aStubStandsForAClassOfFunctions() throws Exception {
    var stub = FullGuestbook.class.getName();
    var file = Path.of(Objects.requireNonNull(
            FullGuestbook.class.getResource("RetroCommandTest$FullGuestbook.class"))
        .toURI());
    var stubbed = jar("stubbed.jar", classFile(Shelf.class), classFile(Guestbook.class), file);

    var said = retro(stubbed, "sign", "--stub", "Guestbook=" + stub);

    assertThat(said.exit()).as(said.err()).isZero();
    assertThat(said.out()).contains("-> SUCCEEDED 3").contains("1 execution run again");
  }

  @Test
  void whatIsNotAJarIsRefused() {
    var said = retro(directory.resolve("none.jar"), "take-1");

    assertThat(said.exit()).isEqualTo(2);
    assertThat(said.err()).contains("--functions: there is no file");
  }
}
