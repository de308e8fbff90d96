package dev.reprise.debugger.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.jdi.Bootstrap;
import com.sun.jdi.VirtualMachine;
import com.sun.jdi.connect.AttachingConnector;
import com.sun.jdi.event.BreakpointEvent;
import com.sun.jdi.event.ClassPrepareEvent;
import dev.reprise.debugger.replay.RecordedNode;
import dev.reprise.debugger.replay.Scripted;
import dev.reprise.runtime.cli.RepriseCommand;
import dev.reprise.runtime.config.DatabaseConfig;
import dev.reprise.runtime.config.Environment;
import dev.reprise.runtime.json.Json;
import dev.reprise.runtime.postgres.ScratchDatabase;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands of the debugger on a recorded database. */
class DebuggerCommandsTest { // tidy: one recording for all commands
  @TempDir
  private static Path directory;

  private static RecordedNode node;
  private static Path jar;

  @BeforeAll
  static void start() throws Exception {
    node = new RecordedNode("""
        create table item (name text primary key, stock int not null);
        create table sale (id bigserial primary key, item text not null);
        create table parcel (id int primary key, note text) partition by range (id);
        create table parcel_1 partition of parcel for values from (1) to (2);
        create table parcel_2 partition of parcel for values from (2) to (3);
        """);
    node.run("insert into item values ('pen', 5)");
    node.run("insert into parcel values (1, 'first'), (2, 'second')");
    jar = jarOf(Scripted.class);
    node.start("first", "update item set stock = stock - 1", "select stock from item")
        .result();
    node.start(
            "second",
            "update item set stock = stock * 10",
            "insert into sale (item) values ('pen')")
        .result();
    node.start("random", "insert into sale (item) values (random()::text)").result();
    node.run("update item set stock = 0");
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static Path jarOf(Class<?> type) throws IOException {
    var file = directory.resolve("functions.jar");
    var name = type.getName().replace('.', '/') + ".class";
    try (var out = new JarOutputStream(Files.newOutputStream(file));
        var in = type.getClassLoader().getResourceAsStream(name)) {
      out.putNextEntry(new JarEntry(name));
      out.write(in.readAllBytes());
      out.closeEntry();
    }
    return file;
  }

  /** What came of a command. */
  private record Run(int exitCode, String out, String err) {}

  private static Run run(String command, String... more) {
    return at(url(), command, more);
  }

  private static Run at(String database, String command, String... more) {
    var arguments = new ArrayList<>(List.of(command, "--database", database));
    arguments.addAll(List.of(more));
    var out = new StringWriter();
    var err = new StringWriter();
    int exitCode = RepriseCommand.run(
        new Environment(Map.of()),
        new PrintWriter(out),
        new PrintWriter(err),
        arguments.toArray(String[]::new));
    return new Run(exitCode, out.toString(), err.toString());
  }

  private static String url() {
    return url(node.config());
  }

  private static String url(DatabaseConfig config) {
    return config.url() + (config.url().contains("?") ? "&" : "?") + "user=" + config.user()
        + "&password="
        + URLEncoder.encode(String.valueOf(config.password()), StandardCharsets.UTF_8);
  }

  @Test
  void replayTellsWhatIsFaithful() {
    var run = run("replay", "--functions", jar.toString(), "first", "second");
    assertThat(run.exitCode()).as(run.err() + run.out()).isZero();
    assertThat(run.out()).contains("FAITHFUL", "first@1", "second@1", "replayed on");
  }

  @Test
  void replayTellsWhatDiffersForProgramsToo() {
    var run = run("replay", "--format", "json", "--functions", jar.toString(), "random");
    assertThat(run.exitCode()).as(run.err() + run.out()).isEqualTo(1);
    assertThat(Json.parse(run.out()))
        .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.MAP)
        .containsEntry("faithful", false)
        .containsKeys("transactions", "recordedOn", "replayedOn");
    assertThat(run.out()).contains("\"column\":\"item\"");
  }

  @Test
  void theVersionsOfRowsAreAViewToo() throws Exception {
    var run = run("history", "item", "pen");
    assertThat(run.out()
            .lines()
            .skip(1)
            .map(line -> line.replaceAll("^\\S+ +", ""))
            .toList())
        .as(run.err())
        .hasSizeGreaterThanOrEqualTo(4)
        .anyMatch(line -> line.contains("first@1"))
        .anyMatch(line -> line.contains("second@1"))
        .anyMatch(line -> line.contains("(no function)"));
    assertThat(node.text("""
            select string_agg(kind || ' ' || coalesce(execution || '@' || position, '-') || ' ' || (new_row ->> 'stock'),
                              ', ' order by commit_lsn nulls first, ordinal)
              from reprise_history.row_versions where table_name = 'item' and new_row ->> 'name' = 'pen'
            """)).endsWith("UPDATE first@1 4, UPDATE second@1 40, UPDATE - 0");
  }

  @Test
  void aSpanOfTimeIsReplayed() {
    var run = run("replay", "--functions", jar.toString(), "--from", "2000-01-01T00:00:00Z");
    assertThat(run.exitCode()).as(run.err() + run.out()).isEqualTo(1);
    assertThat(run.out()).contains("first@1", "second@1", "random@1");
  }

  @Test
  void whatCannotBeReplayedIsSaid() {
    assertThat(run("replay", "--functions", jar.toString(), "unknown"))
        .isEqualTo(
            new Run(2, "", "reprise: there is no execution unknown" + System.lineSeparator()));
    assertThat(run("replay", "first").err()).contains("--functions");
    assertThat(run("replay").exitCode()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "at --time yesterday select",
        "at --time 2026-01-31T08:00:00Z --before select",
        "at --execution x --scratch mysql://x select",
        "at --execution x --trace none.trace select",
        "history item --trace none.trace k",
        "replay --from yesterday",
        "replay --from 2026-01-31T08:00:00Z --to 2026-01-31T08:00:00Z",
        "replay --functions none.jar x",
        "replay --trace none.trace",
        "replay --orders -1 x",
        "replay --debug-port 70000 x",
        "replay --scratch mysql://x x",
        "export x -o none.trace --mask customer",
        "export -o none.trace --to tomorrow"
      })
  void argumentsAreCheckedBeforeTheDatabaseIsAsked(String words) {
    var all = words.split(" ", -1);
    var nowhere = "jdbc:postgresql://127.0.0.1:1/nowhere";
    var run = at(nowhere, all[0], Arrays.copyOfRange(all, 1, all.length));
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err())
        .startsWith("reprise: ")
        .doesNotContain("127.0.0.1", "defect", "refused")
        .hasLineCount(1);
  }

  @Test
  void withoutADatabaseNoneIsMade() {
    var out = new StringWriter();
    var err = new StringWriter();
    int exitCode = RepriseCommand.run(
        new Environment(Map.of()), new PrintWriter(out), new PrintWriter(err), "history", "t", "k");
    assertThat(exitCode).isEqualTo(2);
    assertThat(out.toString()).isEmpty();
    assertThat(err.toString()).contains("--database").hasLineCount(1);
    assertThat(Path.of(".reprise")).doesNotExist();
  }

  @Test
  void oneStepsThroughTheTransactions() {
    var before = System.in;
    System.setIn(new ByteArrayInputStream("""
        select stock from item
        n
        select stock from item
        d
        n
        select stock from item
        b
        b
        select 'was ' || stock from item
        update item set stock = 77
        select 'is ' || stock from item
        update item set stock = 78; commit
        select 'still ' || stock from item
        rollback; update item set stock = 79
        select 'still ' || stock from item
        g nowhere
        l
        select nonsense
        help
        quit
        n
        """.getBytes(StandardCharsets.UTF_8)));
    try {
      var run = run("replay", "--functions", jar.toString(), "--interactive", "first", "second");
      assertThat(run.exitCode()).as(run.err()).isZero();
      assertThat(run.out())
          .containsSubsequence(
              "before 1",
              "5",
              "UPDATE public.item {name=pen, stock=5 -> 4}",
              "before 2",
              "4",
              "INSERT public.sale",
              "after all transactions",
              "40",
              "before 2",
              "before 1",
              "was 5",
              "1 row changed, and rolled back",
              "is 5",
              "still 5",
              "still 5",
              "> 1");
      assertThat(run.err())
          .contains("nonsense", "leave COMMIT and ROLLBACK out", "g takes a number")
          .doesNotContain("at or near \"help\"");
    } finally {
      System.setIn(before);
    }
  }

  @Test
  void theDatabaseIsSeenAsACallSawOrLeftIt() {
    var sql = "select stock from item";
    assertThat(run("at", "--execution", "second", "--before", sql).out())
        .contains("4")
        .doesNotContain("40");
    assertThat(run("at", "--execution", "second", sql).out()).contains("40");
    assertThat(run("at", "--execution", "first@1", sql).out()).contains("4").doesNotContain("40");
    assertThat(
            run("at", "--format", "json", "--time", "2999-01-01T00:00:00Z", sql).out())
        .isEqualToIgnoringNewLines("[{\"stock\":\"0\"}]");
    var early = run("at", "--time", "2000-01-01T00:00:00Z", sql);
    assertThat(early.exitCode()).isEqualTo(2);
    assertThat(early.err()).contains("the history begins at", "the recording began then");
  }

  @Test
  void theHistoryOfARowNamesTheCallsThatMadeIt() {
    var run = run("history", "item", "pen");
    assertThat(run.exitCode()).as(run.err()).isZero();
    assertThat(run.out())
        .containsSubsequence(
            "UPDATE", "first@1 Scripted.run", "second@1 Scripted.run", "(no function)");
    assertThat(run("history", "--format", "json", "public.item", "name=pen").out())
        .contains("\"execution\":\"first\"", "\"position\":\"1\"");
    assertThat(run("history", "nothing", "1").err()).contains("no table nothing is recorded");
    assertThat(run("history", "public.\"item\"", "pen").out()).contains("first@1");
    assertThat(run("history", "parcel", "2").out()).contains("id=2, note=second");
    assertThat(run("history", "item", "pencil").out()).contains("there was no such row");
  }

  @Test
  void whoHasEarlierRunsIsTold() throws Exception {
    node.run("update reprise.executions set continued = 2 where id = 'first'");
    var run = run("replay", "--functions", jar.toString(), "first");
    node.run("update reprise.executions set continued = 0 where id = 'first'");
    assertThat(run.exitCode()).as(run.err() + run.out()).isZero();
    assertThat(run.out()).contains("note: first went on", "first~1 to first~2");
    assertThat(run.err()).contains("first~1 to first~2");
  }

  @Test
  void whoIsParkedEndsAsRecordedWhereTheReplayIsParkedByTheSame() throws Exception {
    node.start("parked", "select 1").result();
    node.run("""
        update reprise.operations o set arguments = arguments + 1
          from reprise.executions e where e.execution = o.execution and e.id = 'parked'
        """);
    var ended = run("replay", "--functions", jar.toString(), "parked");
    assertThat(ended.exitCode()).as(ended.err() + ended.out()).isEqualTo(1);
    assertThat(ended.out()).contains("and the ends of 1 of 1 executions differ");
    var cause = ended.out().replaceFirst("(?s).*DIVERGED +parked: ([^\n]*)\n.*", "$1");
    node.run("""
        update reprise.executions set status = 'PARKED', completed_at = null, output = null, error =
               json_build_object('type', 'dev.reprise.NonDeterminismException', 'message', $$%s$$, 'causes', '[]'::json)::text
         where id = 'parked'
        """.formatted(cause));
    var parked = run("replay", "--functions", jar.toString(), "parked");
    assertThat(parked.out())
        .contains("note: parked: parked, as it was: " + cause)
        .doesNotContain("DIVERGED      parked:");
    node.run(
        "update reprise.executions set status='CANCELLED', completed_at=now() where id='parked'");
  }

  @Test
  void aDatabaseWithoutALogIsNamed() {
    try (var empty = ScratchDatabase.forTests()) {
      var run = at(url(empty.config()), "history", "item", "pen");
      assertThat(run.exitCode()).isEqualTo(2);
      assertThat(run.err()).contains("it has no schema \"reprise\"");
    }
  }

  @Test
  @Timeout(120)
  void aDebuggerStopsInTheFunctionThatIsReplayed() throws Exception {
    int port;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    var command = CompletableFuture.supplyAsync(() -> run(
        "replay",
        "--functions",
        jar.toString(),
        "--suspend",
        "--debug-port",
        Integer.toString(port),
        "first"));
    var machine = Awaitility.await()
        .atMost(60, TimeUnit.SECONDS)
        .ignoreExceptions()
        .until(() -> attach(port), found -> found != null);
    var requests = machine.eventRequestManager();
    var prepared = requests.createClassPrepareRequest();
    prepared.addClassFilter(Scripted.class.getName());
    prepared.enable();
    machine.resume();
    boolean stopped = false;
    while (!stopped) {
      var events = machine.eventQueue().remove(60_000);
      assertThat(events).isNotNull();
      for (var event : events) {
        if (event instanceof ClassPrepareEvent loaded) {
          var run = loaded.referenceType().methodsByName("run").get(0);
          requests.createBreakpointRequest(run.location()).enable();
        }
        stopped |= event instanceof BreakpointEvent;
      }
      if (!stopped) {
        events.resume();
      }
    }
    machine.dispose();
    assertThat(command.get(60, TimeUnit.SECONDS).exitCode()).isZero();
  }

  private static VirtualMachine attach(int port) throws Exception {
    for (AttachingConnector connector : Bootstrap.virtualMachineManager().attachingConnectors()) {
      if (connector.name().equals("com.sun.jdi.SocketAttach")) {
        var arguments = connector.defaultArguments();
        java.util.Objects.requireNonNull(arguments.get("hostname")).setValue("127.0.0.1");
        java.util.Objects.requireNonNull(arguments.get("port")).setValue(Integer.toString(port));
        return connector.attach(arguments);
      }
    }
    throw new IllegalStateException("no connector");
  }
}
