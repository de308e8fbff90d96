package dev.reprise.runtime.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.config.DatabaseConfig;
import dev.reprise.runtime.config.Limits;
import dev.reprise.runtime.postgres.Migrator;
import dev.reprise.runtime.postgres.ScratchDatabase;
import dev.reprise.runtime.postgres.TestDatabase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A database with gates, and the nodes, proxies and gates of the running test. After each test it waits until every
 * execution has ended and checks what must hold whatever happened.
 */
final class CrashSite implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {
  private final Deque<AutoCloseable> opened = new ArrayDeque<>();
  private final ScratchDatabase database = TestDatabase.create();
  private final TestSql sql = new TestSql(database.config());

  @Override
  public void beforeAll(ExtensionContext context) throws IOException {
    prepare(database.config());
  }

  /** Makes a database one to crash in. */
  static void prepare(DatabaseConfig config) throws IOException {
    Migrator.reprise(config).migrate();
    try (var script = Objects.requireNonNull(CrashSite.class.getResourceAsStream("gates.sql"))) {
      new TestSql(config).run(new String(script.readAllBytes(), StandardCharsets.UTF_8));
    }
    stepsReach(config);
  }

  private static void stepsReach(DatabaseConfig config) {
    Outside.is(config.url(), String.valueOf(config.user()), String.valueOf(config.password()));
  }

  /** After a test that prepared a database of its own. */
  void stepsReachItAgain() {
    stepsReach(database.config());
  }

  TestSql sql() {
    return sql;
  }

  Gate closedGate(String name) {
    return opened(new Gate(sql, name));
  }

  FaultProxy proxy() {
    return opened(new FaultProxy(database.config()));
  }

  /** A node of this process. */
  LocalNode node() {
    return opened(new LocalNode(database.config()));
  }

  /** The same with other limits. */
  LocalNode node(Limits limits) {
    return opened(new LocalNode(database.config(), LocalNode.CONFIG.withLimits(limits)));
  }

  LocalNode nodeBehind(FaultProxy proxy) {
    return opened(new LocalNode(proxy.config()));
  }

  /** A node to be killed or stopped. */
  NodeProcess victim(String... properties) {
    return opened(new NodeProcess(database.config(), database.config(), properties));
  }

  NodeProcess victimBehind(FaultProxy proxy) {
    return opened(new NodeProcess(proxy.config(), database.config()));
  }

  private synchronized <T extends AutoCloseable> T opened(T resource) {
    opened.push(resource);
    return resource;
  }

  int effects(String label) {
    return sql.count("select count(*) from effect where label = ?", label);
  }

  /** The recorded result of an operation. */
  String recorded(String id, String position) {
    return sql.text("""
        select o.output from reprise.operations o join reprise.executions using (execution)
         where id = ? and position = ?
        """, id, position);
  }

  String status(String id) {
    return sql.text("select status from reprise.executions where id = ?", id);
  }

  /** Waits until these backends have ended. */
  void awaitGone(Set<String> backends) {
    Await.until(
        "backends " + backends + " are gone",
        () -> sql.texts("select pid from pg_stat_activity").stream().noneMatch(backends::contains));
  }

  /** Waits until a backend waits for a transaction of one of these to end. */
  void awaitWaitingFor(Set<String> backends) {
    Await.until(
        "somebody waits for " + backends,
        () -> sql.texts("""
            select unnest(pg_blocking_pids(pid)) from pg_stat_activity where wait_event_type = 'Lock'
              and wait_event <> 'advisory'
            """).stream().anyMatch(backends::contains));
  }

  @Override
  public void afterEach(ExtensionContext context) throws Exception {
    try {
      if (context.getExecutionException().isEmpty()) {
        Await.until(
            "every execution has ended",
            () -> sql.count("select count(*) from reprise.executions where completed_at is null")
                == 0);
        requireInvariants(sql);
      }
    } finally {
      closeAll();
      sql.run(
          "truncate reprise.executions, reprise.operations, reprise.messages, effect, account, outside");
    }
  }

  private void closeAll() throws Exception {
    // gates and stopped processes before nodes, which else would wait for them
    for (var resource : List.copyOf(opened)) {
      if (resource instanceof Gate || resource instanceof NodeProcess) {
        resource.close();
      }
    }
    while (!opened.isEmpty()) {
      opened.pop().close();
    }
  }

  /** What holds of every history. */
  static void requireInvariants(TestSql sql) {
    assertThat(sql.texts("""
            select label from effect
             where (select count(*) from reprise.operations o where o.transaction_id = effect.transaction_id) <> 1
            """)).as("effects without exactly one record").isEmpty();
    assertThat(sql.texts("""
            select id || ' ' || position from reprise.operations o join reprise.executions using (execution)
             where transaction_id is not null
               and not exists (select from effect where effect.transaction_id = o.transaction_id)
            """))
        .as("records of transactions without their effect")
        .isEmpty();
    assertThat(sql.texts("""
            select execution::text from reprise.operations
             where execution not in (select execution from reprise.executions)
            """)).as("operations without an execution").isEmpty();
    assertThat(sql.texts("""
            -- a branch has no row at the position where it begins, only below it
            select execution::text
              from (select execution, split_part(position, '.', 1)::int as place from reprise.operations) o
             group by execution having count(distinct place) <> max(place)
            """)).as("executions with a gap in their log").isEmpty();
    assertThat(sql.texts("select id from reprise.executions where owner is not null"))
        .as("ended executions with an owner")
        .isEmpty();
  }

  @Override
  public void afterAll(ExtensionContext context) {
    database.close();
  }
}
