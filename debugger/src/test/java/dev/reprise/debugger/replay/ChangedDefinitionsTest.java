package dev.reprise.debugger.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.RepriseException;
import dev.reprise.debugger.rebuild.Scratch;
import dev.reprise.debugger.retro.Retroaction;
import dev.reprise.debugger.testing.ReplayedTrace;
import dev.reprise.debugger.trace.Manifest;
import dev.reprise.debugger.trace.TraceExport;
import dev.reprise.runtime.cli.RepriseCommand;
import dev.reprise.runtime.config.Environment;
import dev.reprise.runtime.postgres.Binder;
import dev.reprise.runtime.postgres.Database;
import dev.reprise.runtime.postgres.Jdbc;
import dev.reprise.runtime.store.DatabaseClock;
import dev.reprise.runtime.store.ExecutionStore;
import dev.reprise.runtime.store.LogDatabase;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Definitions change while calls run, as by the migrations of a deployment; what was before, beside and after is replayed in one go. */
class ChangedDefinitionsTest {
  private static final ExecutorService THREADS = Executors.newCachedThreadPool();
  private static final List<String> IDS = new ArrayList<>();
  private static RecordedNode node;
  private static String first = "";
  private static String second = "";
  private static String third = "";

  @TempDir
  private static Path directory;

  private static String run(String id, String... script) throws Exception {
    IDS.add(id);
    return String.join(",", node.start(id, script).result());
  }

  /** Gives the id of the transaction that did it. */
  private static String migrate(String statements) throws SQLException {
    try (var connection = DriverManager.getConnection(
            node.config().url(), node.config().user(), node.config().password());
        var statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute(statements);
      var id = Jdbc.query(
              connection,
              "select pg_current_xact_id()::text",
              Binder.NOTHING,
              row -> row.getString(1))
          .get(0);
      connection.commit();
      return id;
    }
  }

  @BeforeAll // tidy: one past, told in its order
  static void record() throws Exception {
    node = new RecordedNode("""
        create table item (name text primary key, stock int not null);
        create table sale (id bigint generated always as identity primary key, item text not null);
        create function twice(n int) returns int language sql as 'select n * 2';
        insert into item select 'i' || n, n from generate_series(1, 6) n;
        """);
    run(
        "before-1",
        "update item set stock = stock + 1 where name = 'i1'",
        "select twice(stock) from item where name = 'i1'");
    run("before-2", "insert into sale (item) values ('i2')", "select count(*) from sale");
    var over = node.start(
        "over",
        "select count(*) from sale",
        "tell:over",
        "wait:first",
        "insert into sale (item) values ('over')",
        "select count(*) from sale");
    IDS.add("over");
    Scripted.await("over");
    first = migrate("""
        create table audit (id int primary key, what text not null, at timestamptz not null default clock_timestamp());
        insert into audit (id, what) values (1, 'seed'), (2, 'other seed');
        alter table item add column price numeric not null default 5;
        update item set price = stock * 3 where stock > 3;
        create view dear as select * from item where price > 10;
        create index on item (price);
        """);
    // old code, before anybody has noticed
    run(
        "beside-1",
        "update item set stock = stock - 1 where name = 'i5'",
        "select stock from item where name = 'i5'");
    run("beside-2", "insert into item (name, stock) values ('i7', 7)");
    Scripted.tell("first");
    over.result();
    node.awaitDefinitions();
    run(
        "new-1",
        "insert into audit (id, what) select 10 + row_number() over (order by name), name from dear",
        "select sum(price) from dear");
    run(
        "new-2",
        "update audit set what = 'changed' where id = 1",
        "update item set price = price + 1 where name = 'i7'");
    var reader = node.start(
        "over-2",
        "select count(*) from sale",
        "tell:over-2",
        "wait:second",
        "insert into sale (item) values ('2')");
    IDS.add("over-2");
    Scripted.await("over-2");
    second = migrate("""
        alter table audit rename column what to note;
        drop view dear;
        create or replace function twice(n int) returns int language sql as 'select n * 20';
        create type mood as enum ('good', 'bad');
        """);
    node.awaitDefinitions();
    run(
        "newer-1",
        "insert into audit (id, note) values (30, 'now ' || 'good'::mood)",
        "select twice(stock) from item where name = 'i1'");
    Scripted.tell("second");
    reader.result();
    run("newer-2", "delete from audit where id = 2", "select count(*) from audit");
    third = migrate("""
        create table extra (id int primary key, of text references item);
        insert into extra values (1, 'i1');
        create view all_extra as select * from extra;
        create index on sale (item);
        """);
    run("beside-3", "insert into sale (item) values ('beside')");
    node.awaitDefinitions();
    run("newest", "insert into extra values (2, 'i2')", "select count(*) from all_extra");
  }

  @AfterAll
  static void stop() {
    THREADS.shutdownNow();
    node.close();
  }

  private static String contents(Connection connection) {
    try {
      var contents = new StringBuilder();
      for (var table : List.of("item", "sale", "audit", "extra")) {
        contents
            .append(table)
            .append(Jdbc.query(
                connection,
                "select t::text from " + table + " t order by t::text collate \"C\"",
                Binder.NOTHING,
                row -> row.getString(1)));
      }
      return contents.toString();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String contents(Scratch scratch) {
    try (var connection = scratch.open()) {
      return contents(connection);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String production() throws SQLException {
    try (var connection = DriverManager.getConnection(
            node.config().url(), node.config().user(), node.config().password());
        var statement = connection.createStatement()) {
      statement.execute("set timezone = 'UTC'");
      return contents(connection);
    }
  }

  @Test
  void itIsRecordedWhoChangedThem() {
    assertThat(node.text("""
            select string_agg(made_by::text, ' ' order by seen_lsn) from reprise_history.schemas where made_by is not null
            """)).isEqualTo("{%s} {%s} {%s}".formatted(first, second, third));
  }

  @Test
  void aWindowWithSeveralChangesIsReplayedFaithfully() throws Exception {
    var ends = new ArrayList<String>();
    var report = node.replay(
        new Replay.Options(0, Duration.ofSeconds(20)),
        UnaryOperator.identity(),
        scratch -> ends.add(contents(scratch)),
        IDS);
    assertThat(report.isFaithful()).as(report.text()).isTrue();
    assertThat(ends).containsExactly(production());
    assertThat(report.notes())
        .hasSize(3)
        .anySatisfy(
            note -> assertThat(note).contains(first, "table public.audit", "view public.dear"))
        .anySatisfy(note -> assertThat(note).contains(second, "function public.twice"))
        .anySatisfy(note -> assertThat(note).contains(third, "table public.extra"));
  }

  @Test
  void aTraceFileHasThemToo() throws Exception {
    var file = directory.resolve("changed.trace");
    var unused = export(file, IDS, List.of());
    assertThat(export(
                directory.resolve("masked.trace"),
                List.of("newer-2", "newest"),
                List.of("item.name"))
            .masked())
        .as("columns of tables that were made on the way are masked, too")
        .contains("public.extra.of");
    try (var zip = new ZipFile(file.toFile())) {
      var schemas = new String(
          zip.getInputStream(zip.getEntry("schemas.jsonl")).readAllBytes(), StandardCharsets.UTF_8);
      assertThat(schemas).contains("\"made_by\":[\"" + second + "\"]");
    }
    ReplayedTrace.of(file).functions(Scripted.class).assertFaithful();
  }

  private static Manifest export(Path file, List<String> ids, List<String> masks) {
    try (var source = node.readOnly();
        var scratch = Scratch.embedded()) {
      var store = new ExecutionStore(new LogDatabase(source), new DatabaseClock());
      var selection = new TraceExport.Selection(Trace.logs(store, ids), ids, masks, false);
      return new TraceExport(node.history(), source).write(selection, scratch, file);
    }
  }

  private static Replay prepared(
      Database source, Replay.@Nullable Alteration alteration, String... ids) {
    var store = new ExecutionStore(new LogDatabase(source), new DatabaseClock());
    return Replay.prepare(
        Trace.of(store, List.of(ids), row -> node.application()),
        node.history(),
        source,
        Scratch.on(node.config()),
        THREADS,
        Replay.Options.DEFAULT,
        alteration);
  }

  @Test
  void otherCodeHasWhatWasAddedFromTheBeginningAndIsRefusedOtherChanges() throws Exception {
    try (var source = node.readOnly();
        var merged = prepared(source, Replay.Alteration.NONE, "newer-2", "beside-3", "newest")) {
      assertThat(merged.run().text()).contains("faithful: 3");
      assertThat(merged.notes())
          .anySatisfy(
              note -> assertThat(note).contains("from the beginning", "table public.extra"));
      var unused = new Retroaction(merged, source, THREADS, Duration.ofSeconds(20));
      assertThatThrownBy(() ->
              prepared(source, Replay.Alteration.NONE, "before-2", "beside-1").close())
          .isInstanceOf(RepriseException.class)
          .hasMessageContainingAll(first, "table public.item", "before it");
    }
  }

  private static String at(String execution, String sql) {
    var config = node.config();
    var out = new StringWriter();
    var err = new StringWriter();
    int exitCode = RepriseCommand.run(
        new Environment(Map.of("REPRISE_DATABASE_PASSWORD", String.valueOf(config.password()))),
        new PrintWriter(out),
        new PrintWriter(err),
        "at",
        "--database",
        config.url() + (config.url().contains("?") ? "&" : "?") + "user="
            + URLEncoder.encode(String.valueOf(config.user()), StandardCharsets.UTF_8),
        "--format",
        "json",
        "--execution",
        execution,
        sql);
    assertThat(exitCode).as(err.toString()).isZero();
    return out.toString().replaceAll("[^0-9a-z,]", "");
  }

  @Test
  void aStateHasTheDefinitionsOfItsMoment() {
    var sql = "select coalesce(string_agg(attname, '' order by attnum), '') as x from pg_attribute"
        + " where attrelid = to_regclass('audit') and attname in ('what', 'note')";
    assertThat(at("before-2@1", sql)).isEqualTo("x");
    assertThat(at("beside-1@1", sql)).isEqualTo("xwhat");
    assertThat(at("beside-1@1", "select count(*) as n, sum(price) as p from audit, item"))
        .isEqualTo("n12,p" + 2 * (5 * 3 + 4 * 3 + 5 * 3 + 6 * 3));
    assertThat(at("new-2@1", sql)).isEqualTo("xwhat");
    assertThat(at("over-2@1", sql)).isEqualTo("xnote");
    assertThat(at("newer-1@1", sql)).isEqualTo("xnote");
  }

  @Test
  void oneGoesForthAndBackOverThem() throws Exception {
    node.onTimeline(IDS, timeline -> {
      var forth = new ArrayList<String>();
      int of = timeline.steps().size();
      for (int point = 0; point <= of; point++) {
        timeline.goTo(point);
        forth.add(seen(timeline));
      }
      assertThat(forth.get(0)).startsWith("0 ");
      assertThat(forth.get(of)).startsWith("11 ");
      for (int point : new int[] {0, of, 4, of - 2}) {
        timeline.goTo(point);
        assertThat(seen(timeline)).as("point %d", point).isEqualTo(forth.get(point));
      }
    });
  }

  /** What kind of table audit is, and all rows that there are. */
  private static String seen(Timeline timeline) {
    try (var connection = timeline.open()) {
      var audit =
          Jdbc.query(connection, """
          select coalesce(max(case attname when 'what' then '1' when 'note' then '11' end), '0') from pg_attribute
           where attrelid = to_regclass('audit') and attnum > 0 and not attisdropped
          """, Binder.NOTHING, row -> row.getString(1)).get(0);
      var tables = audit.equals("0") ? "item, sale" : "item, sale, audit";
      var rows = new StringBuilder(audit).append(' ');
      for (var table : tables.split(", ", -1)) {
        rows.append(Jdbc.query(
            connection,
            "select t::text from " + table + " t order by t::text collate \"C\"",
            Binder.NOTHING,
            row -> row.getString(1)));
      }
      return rows.toString();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
