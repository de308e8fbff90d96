package dev.reprise.debugger.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.Options;
import dev.reprise.RepriseException;
import dev.reprise.debugger.rebuild.Scratch;
import dev.reprise.debugger.replay.RecordedNode;
import dev.reprise.debugger.replay.Scripted;
import dev.reprise.debugger.replay.Trace;
import dev.reprise.debugger.testing.ReplayedTrace;
import dev.reprise.runtime.store.DatabaseClock;
import dev.reprise.runtime.store.ExecutionStore;
import dev.reprise.runtime.store.LogDatabase;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is recorded on one server replays from a file on another. */
class TraceFileTest {
  @TempDir
  private static Path directory;

  private static RecordedNode node;

  private String x = "";
  private Path file = Path.of("");

  @BeforeAll
  static void start() {
    node = new RecordedNode("""
        create table item (name text primary key, stock int not null);
        create table sale (
          id bigserial primary key, item text not null, at timestamptz not null default now(), note char(4),
          twice text generated always as (item || item) stored);
        create table empty ();
        create table customer (
          email varchar(40) primary key, name text not null, phone bigint unique, born date, told jsonb,
          since timestamptz);
        create table purchase (
          id int generated always as identity primary key, email varchar(40) not null references customer,
          referred_by varchar(40) references customer);
        do $$ begin
          execute format('alter database %I set app.jwt_secret = %L', current_database(), 'hush-hush');
        end $$;
        """);
    node.run("insert into empty default values");
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @BeforeEach
  void prepare() {
    x = UUID.randomUUID().toString().substring(0, 8);
    file = directory.resolve(x + ".trace");
    node.run("truncate item, sale, customer, purchase");
  }

  private Manifest export(List<String> masks, String... names) {
    var ids = List.of(names).stream().map(name -> x + name).toList();
    try (var source = node.readOnly();
        var scratch = Scratch.embedded()) {
      var store = new ExecutionStore(new LogDatabase(source), new DatabaseClock());
      var selection = new TraceExport.Selection(Trace.logs(store, ids), ids, masks, false);
      return new TraceExport(node.history(), source).write(selection, scratch, file);
    }
  }

  private ReplayedTrace replayed() {
    return ReplayedTrace.of(file).functions(Scripted.class);
  }

  private void run(String name, String... script) throws Exception {
    node.start(x + name, script).result();
  }

  private Map<String, String> content() throws IOException {
    var all = new LinkedHashMap<String, String>();
    try (var zip = new ZipFile(file.toFile())) {
      for (var entry : zip.stream().toList()) {
        all.put(
            entry.getName(),
            new String(zip.getInputStream(entry).readAllBytes(), StandardCharsets.UTF_8));
      }
    }
    return all;
  }

  /** Writes the file anew with other content. */
  private void rewrite(BiFunction<String, String, @Nullable String> change) throws IOException {
    var out = new ByteArrayOutputStream();
    var before = content();
    try (var zip = new ZipOutputStream(out)) {
      for (var entry : before.entrySet()) {
        var content = change.apply(entry.getKey(), entry.getValue());
        if (content != null) {
          zip.putNextEntry(new ZipEntry(entry.getKey()));
          zip.write(content.getBytes(StandardCharsets.UTF_8));
        }
      }
    }
    Files.write(file, out.toByteArray());
  }

  @Test
  void whatRanAtTheSameTimeComesOutTheSame() throws Exception {
    node.run("insert into item values ('lamp', 1), ('odd \"\\\t\n\\N', 7)");
    node.run("insert into sale (item, note) values ('before', 'ab')");
    var one = node.start(
        x + "one",
        "select sum(stock) from item",
        "tell:one" + x,
        "wait:two" + x,
        "update item set stock = stock - 1 where name = 'lamp'",
        "insert into sale (item) values ('lamp')");
    var two = node.start(
        x + "two",
        "select sum(stock) from item",
        "tell:two" + x,
        "wait:one" + x,
        "insert into sale (item) select 'saw ' || sum(stock) from item");
    assertThat(one.result()).isEqualTo(two.result()).containsExactly("8");
    node.run("update item set stock = stock + 10; insert into item values ('bulb', 3)");
    run(
        "default",
        "insert into sale (item) values ('pen') returning at",
        "select sum(stock) from item");
    node.runtime()
        .start(Scripted.class, s -> s.parallel("none"), Options.DEFAULT.id(x + "parallel"))
        .result();
    assertThatThrownBy(() -> run("failed", "insert into item values ('lamp', 1)"))
        .hasMessageContaining("duplicate key");
    node.run("delete from item; drop table if exists gone; create table gone (id int primary key)");

    var manifest = export(List.of(), "one", "two", "default", "parallel", "failed");
    assertThat(manifest.rows(Entries.EXECUTIONS)).isEqualTo(5);
    replayed().assertFaithful();
    var report = replayed().replay();
    assertThat(report.calls()).hasSize(7);
    assertThat(content().values())
        .noneMatch(text -> text.contains("jdbc:") || text.contains("hush-hush"));
    assertThat(content().get("schemas.jsonl")).contains("app.jwt_secret");
  }

  @Test
  void aFailureAloneIsReplayed() throws Exception {
    node.run("insert into item values ('lamp', 1)");
    assertThatThrownBy(() -> run("failed", "insert into item values ('lamp', 1)"))
        .hasMessageContaining("duplicate key");
    node.run("delete from item");

    export(List.of(), "failed");
    replayed().assertFaithful();
  }

  @Test
  void otherCodeIsFoundOut() throws Exception {
    run("random", "insert into sale (item) values (random()::text)");

    export(List.of(), "random");
    assertThatThrownBy(() -> replayed().assertFaithful())
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining(x + "random@1")
        .hasMessageContaining("item");
  }

  @Test
  void maskedValuesAreReplacedEverywhereAndReplay() throws Exception {
    node.run("""
        insert into customer values ('ann.smith@example.org', 'Ann Smith', 5551234, '1970-02-03',
          '{"likes": "Tea", "age": 5}', '2020-01-02 03:04:05.678+00')
        """);
    run(
        "new",
        "insert into customer values ('bob@example.org', 'Bob Jones', 5559876, '1980-02-03')",
        "insert into purchase (email, referred_by) values ('bob@example.org', 'ann.smith@example.org') returning email",
        "select phone from customer where name = 'Ann Smith'",
        "select since from customer where since is not null",
        "insert into sale (item) select left('it', length(name)) from customer");
    assertThatThrownBy(() -> run("twice", "insert into customer values ('bob@example.org', 'B')"))
        .hasMessageContaining("(bob@example.org)");
    assertThatThrownBy(() -> run("own", "fail:no ann.smith@example.org any more"))
        .hasMessageContaining("ann.smith");
    run(
        "moved",
        "update customer set email = 'carl@example.org' where email = 'ann.smith@example.org' and false",
        "update customer set name = 'Ann Miller' where name = 'Ann Smith' returning name");

    var manifest = export(
        List.of(
            "customer.email",
            "public.customer.name",
            "customer.phone",
            "customer.born",
            "customer.told",
            "customer.since"),
        "new",
        "twice",
        "own",
        "moved");
    assertThat(manifest.masked()).contains("public.purchase.email", "public.purchase.referred_by");
    assertThat(manifest.comparesArguments()).isFalse();
    for (var entry : content().entrySet()) {
      assertThat(entry.getValue())
          .as(entry.getKey())
          .doesNotContainIgnoringCase(
              "ann.smith",
              "Ann Smith",
              "Ann Miller",
              "bob@",
              "5551234",
              "5559876",
              "1970-02-03",
              "Tea",
              "2020-01-02");
    }
    assertThat(content().get("operations.jsonl")).contains("duplicate key");
    replayed().assertFaithful();
  }

  @Test
  void aMaskedWorkflowCallsWithOtherArgumentsThanTheLogHas() throws Exception {
    node.run("insert into item values ('lamp', 3)");
    node.runtime()
        .start(Scripted.class, s -> s.parallel("lamp"), Options.DEFAULT.id(x + "parallel"))
        .result();

    export(List.of("item.name"), "parallel");
    assertThat(content().values()).noneMatch(text -> text.contains("lamp"));
    replayed().assertFaithful();
  }

  @Test
  void whatCannotBeMaskedIsSaid() throws Exception {
    run("a", "insert into item values ('a', 1)");

    assertThatThrownBy(() -> export(List.of("customer.mail"), "a"))
        .isInstanceOf(RepriseException.class)
        .hasMessageContaining("customer.mail")
        .hasMessageContaining("email, name, phone");
    assertThatThrownBy(() -> export(List.of("client.mail"), "a"))
        .hasMessageContaining("public.customer, ");
    assertThat(directory.toFile().list()).noneMatch(name -> name.contains(x));
  }

  @Test
  void aFileIsNotReplacedUnasked() throws Exception {
    run("a", "insert into item values ('a', 1)");
    Files.writeString(file, "mine");
    assertThatThrownBy(() -> export(List.of(), "a")).hasMessageContaining("--force");
    assertThat(file).hasContent("mine");
  }

  @Test
  void damageIsNamed() throws Exception {
    run("a", "insert into item values ('a', 1)");
    export(List.of(), "a");
    var whole = Files.readAllBytes(file);

    Files.write(file, java.util.Arrays.copyOf(whole, whole.length * 2 / 3));
    assertDamage("its end is missing");
    Files.writeString(file, "no zip");
    assertDamage("is not a trace file");
    Files.write(file, whole);
    rewrite((entry, text) -> entry.equals("changes.jsonl") ? text.replace("\"a\"", "\"b\"") : text);
    assertDamage("changes.jsonl");
    Files.write(file, whole);
    rewrite((entry, text) -> entry.equals("executions.jsonl") ? text + "{}\n" : text);
    assertDamage("executions.jsonl");
    Files.write(file, whole);
    rewrite((entry, text) -> entry.equals("operations.jsonl") ? null : text);
    assertDamage("operations.jsonl: it is missing");
    Files.write(file, whole);
    rewrite((entry, text) -> entry.equals("manifest.json") ? null : text);
    assertDamage("it has no manifest");
    Files.write(file, whole);
    rewrite((entry, text) -> text.replace("\"formatVersion\" : 1", "\"formatVersion\" : 2"));
    assertDamage("format version 2, written by a newer Reprise");
    Files.delete(file);
    assertDamage("there is no file");
  }

  private void assertDamage(String what) {
    assertThatThrownBy(() -> ImportedTrace.open(file, Scratch.embedded()))
        .isInstanceOf(RepriseException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining(what);
  }
}
