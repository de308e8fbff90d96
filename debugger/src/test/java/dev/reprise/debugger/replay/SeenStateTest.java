package dev.reprise.debugger.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.Execution;
import dev.reprise.Options;
import dev.reprise.runtime.cli.RepriseCommand;
import dev.reprise.runtime.config.Environment;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Transactions give a hash of all rows that they see, while others have written and not committed, and commit meanwhile. The
 * state that {@code reprise at} makes for each has the same hash. {@code -Dreprise.seed} repeats what is written, {@code
 * -Dreprise.rounds} says how long.
 */
class SeenStateTest {
  private static final long SEED = Long.getLong("reprise.seed", new Random().nextLong());
  private static final int ROUNDS = Integer.getInteger("reprise.rounds", 9);
  private static final String ROWS = "select '%1$s' || t::text as line from %1$s t";
  private static final String HASH =
      "select md5(string_agg(line, '|' order by line collate \"C\")) from (%s union all %s union all %s) as lines"
          .formatted(ROWS.formatted("keyed"), ROWS.formatted("keyless"), ROWS.formatted("journal"));

  private static RecordedNode node;

  private final Random random = new Random(SEED);
  /** Hashes by the executions that gave them. */
  private final Map<String, String> seen = new LinkedHashMap<>();

  @BeforeAll
  static void start() {
    node = new RecordedNode("""
        create table keyed (id int primary key, body text, price numeric, share float8,
          at timestamptz not null default clock_timestamp(), code uuid not null default gen_random_uuid());
        create table keyless (a int, b jsonb, span interval);
        alter table keyless replica identity full;
        create table journal (id bigint generated always as identity primary key, what text);
        insert into keyed (id, body, price, share) select i, repeat('b', i * 90), i / 7.0, i / 3.0 from generate_series(0, 59) i;
        insert into keyless select i % 5, '{"x": 1.0}', i * interval '1 hour' from generate_series(1, 20) i;
        """);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  /** Each writer has rows of its own, so that nobody waits for a lock. */
  private String write(int writer) {
    int id = random.nextInt(10) * 6 + writer;
    return switch (random.nextInt(6)) {
      case 0 -> "update keyed set price = price + 1.10, at = clock_timestamp() where id = " + id;
      case 1 ->
        "delete from keyed where id = %d; insert into keyed (id, body) values (%d, null)"
            .formatted(id, id);
      case 2 -> "insert into keyless values (%d, '{\"x\": %d}', null)".formatted(100 + writer, id);
      case 3 -> "update keyless set b = null where a = " + (100 + writer);
      case 4 -> "insert into journal (what) values ('writer %d')".formatted(writer);
      default -> "update keyed set share = share / 7 where id %% 6 = %d".formatted(writer);
    };
  }

  private Connection foreign(int writer) throws SQLException {
    var connection = DriverManager.getConnection(
        node.config().url(), node.config().user(), node.config().password());
    connection.setAutoCommit(false);
    try (var statement = connection.createStatement()) {
      statement.execute("set lock_timeout = '10s'");
      statement.execute(write(writer));
      statement.execute(write(writer));
      statement.execute("insert into journal (what) values ('foreign %d')".formatted(writer));
    }
    return connection;
  }

  private static void commit(Connection foreign) throws SQLException {
    foreign.commit();
    foreign.close();
  }

  private static Execution<List<String>> serializable(String id, String... script) {
    return node.runtime()
        .start(Scripted.class, s -> s.serializable(List.of(script)), Options.DEFAULT.id(id));
  }

  private static Execution<List<String>> readOnly(String id, String... script) {
    return node.runtime()
        .start(Scripted.class, s -> s.read(List.of(script)), Options.DEFAULT.id(id));
  }

  /** Looks before the writers of the round commit, and takes the hash afterwards. */
  private static String[] lookAcross(String id, String round, String... more) {
    var script = new ArrayList<>(List.of(
        "select count(*) from keyed", "tell:looked " + id, "wait:committed " + round, HASH));
    script.addAll(List.of(more));
    return script.toArray(String[]::new);
  }

  private void round(int number, ArrayDeque<Connection> longOnes) throws Exception {
    var round = "r" + number;
    longOnes.add(foreign(2 + number % 3)); // open until the next but one
    var foreign = foreign(1);
    var writer = serializable(
        round + "-w", write(0), write(0), "tell:wrote " + round, "wait:go " + round, write(0));
    Scripted.await("wrote " + round);

    var looking = new LinkedHashMap<String, Execution<List<String>>>();
    var ids = List.of(round + "-ser", round + "-rep", round + "-ro");
    looking.put(ids.get(0), serializable(ids.get(0), lookAcross(ids.get(0), round)));
    looking.put(
        ids.get(1),
        node.start(
            ids.get(1), lookAcross(ids.get(1), round, "insert into journal (what) values ('r')")));
    looking.put(ids.get(2), readOnly(ids.get(2), lookAcross(ids.get(2), round)));
    ids.forEach(id -> Scripted.await("looked " + id));

    Scripted.tell("go " + round);
    writer.result();
    commit(foreign);
    var after = round + "-after";
    var hash =
        serializable(after, HASH, "insert into journal (what) values ('after')").result();
    seen.put(after, hash.get(0));
    if (longOnes.size() > 2) {
      commit(longOnes.remove());
    }
    Scripted.tell("committed " + round);
    for (var one : looking.entrySet()) {
      seen.put(one.getKey(), one.getValue().result().get(1));
    }
  }

  private static String before(String execution, String sql) {
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
        execution + "@1",
        "--before",
        sql);
    assertThat(exitCode).as(err.toString()).isZero();
    return out.toString().strip();
  }

  @Test
  @Timeout(120)
  void theStateOfASnapshotHasTheHashThatItsTransactionTook() throws Exception {
    System.out.println("seed " + SEED);
    var longOnes = new ArrayDeque<Connection>();
    for (int i = 0; i < ROUNDS; i++) {
      round(i, longOnes);
    }
    for (var open : longOnes) {
      commit(open);
    }
    var wrong = new ArrayList<String>();
    for (var one : seen.entrySet()) {
      var rebuilt = before(one.getKey(), HASH);
      if (!rebuilt.equals("[{\"md5\":\"" + one.getValue() + "\"}]")) {
        wrong.add(one.getKey() + " saw " + one.getValue() + ", rebuilt " + rebuilt);
      }
    }
    assertThat(wrong).as("seed %d", SEED).isEmpty();
    assertThat(seen).hasSize(4 * ROUNDS).hasSizeGreaterThan(30);
    assertThat(seen.values().stream().distinct().count()).isGreaterThanOrEqualTo(2L * ROUNDS);
    assertThat(node.text("""
            select count(*) from reprise.operations
             where function like 'Scripted.%' and snapshot::text ~ ':[0-9,]+$'
            """))
        .as("snapshots taken while others were in progress")
        .satisfies(count -> assertThat(Integer.parseInt(count)).isGreaterThanOrEqualTo(4 * ROUNDS));
  }

  @Test
  @Timeout(120)
  void whatAReadCommittedTransactionWroteIsNotThereBeforeIt() throws Exception {
    var execution = node.runtime()
        .start(
            Scripted.class,
            s -> s.readCommitted(
                List.of("insert into journal (what) values ('own')", "tell:own", "wait:younger")),
            Options.DEFAULT.id("committed"));
    Scripted.await("own");
    node.run("insert into journal (what) values ('younger')");
    Scripted.tell("younger");
    execution.result();
    assertThat(before("committed", "select what from journal where what in ('own', 'younger')"))
        .isEqualTo("[{\"what\":\"younger\"}]");
  }
}
