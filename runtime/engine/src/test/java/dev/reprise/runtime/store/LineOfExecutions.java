package dev.reprise.runtime.store;

import dev.reprise.WorkQueue;
import dev.reprise.runtime.config.DatabaseConfig;
import dev.reprise.runtime.postgres.Database;
import dev.reprise.runtime.postgres.Jdbc;
import dev.reprise.runtime.postgres.Migrator;
import dev.reprise.runtime.postgres.ScratchDatabase;
import dev.reprise.runtime.postgres.TestDatabase;
import dev.reprise.runtime.store.Sweep.Capabilities;
import java.time.Duration;
import java.util.List;
import java.util.UUID;

/** The schema without nodes: executions are put into lines by SQL, and taken as nodes take them. */
final class LineOfExecutions implements AutoCloseable {
  static final Capabilities ABLE = new Capabilities(List.of("F.f"), null, false);
  private static final Duration HORIZON = Duration.ofSeconds(1);

  private final ScratchDatabase scratch = TestDatabase.create();
  private final Database database;
  final LogDatabase log;
  final DatabaseClock clock = new DatabaseClock();
  final QueueStore queues;
  final Sweep sweep;

  LineOfExecutions() {
    Migrator.reprise(scratch.config()).migrate();
    var config = scratch.config();
    database = Database.open(
        new DatabaseConfig(config.url(), config.user(), config.password(), 1, 8, 8),
        connection -> {});
    log = new LogDatabase(database);
    queues = new QueueStore(log);
    sweep = new Sweep(log, clock, queues);
  }

  void declare(WorkQueue... declared) {
    queues.declare(List.of(declared));
  }

  /** A node that lives for a day. */
  UUID node() {
    var node = UUID.randomUUID();
    sql(
        "insert into reprise.nodes (node, name, host, pid, process_started_at, started_at, heartbeat_at, death_timeout,"
            + " state, functions) values ('" + node
            + "', 'n', 'h', 1, now(), now(), now() + interval '1 day', '3 s',"
            + " 'LIVE', '{F.f}')");
    return node;
  }

  /**
   * Puts executions into the line, in the order of {@code n}, which goes from 1 to {@code count}.
   *
   * @param partition an SQL expression
   * @param priority an SQL expression
   */
  void put(String queue, int count, String partition, String priority) {
    sql(
        "insert into reprise.executions (execution, id, created_at, queued_at, attempts, kind, status, function, input,"
            + " queue, partition, priority)"
            + " select gen_random_uuid(), '" + queue
            + "-' || nextval('reprise.numbers'), t, t, 0, 'workflow', 'PENDING',"
            + " 'F.f', '[]', '" + queue + "', " + partition + ", " + priority
            + " from generate_series(1, " + count + ") n,"
            + " lateral (select now() + n * interval '1 microsecond' as t) times");
  }

  /** Takes as many as there are places for. */
  List<ExecutionRow> take(UUID node, int places) {
    return sweep.claim(node, ABLE, places, HORIZON).claimed();
  }

  /** The same for a node that has this function only. */
  List<ExecutionRow> take(UUID node, int places, String function) {
    var able = new Capabilities(List.of(function), null, false);
    return sweep.claim(node, able, places, HORIZON).claimed();
  }

  Sweep.Beat claim(UUID node, int places) {
    return sweep.claim(node, ABLE, places, HORIZON);
  }

  void end(ExecutionRow row) {
    sql(
        "update reprise.executions set status = 'SUCCEEDED', owner = null, completed_at = clock_timestamp()"
            + " where execution = '" + row.execution() + "'");
  }

  int sql(String statement) {
    return log.log(connection -> Jdbc.update(connection, statement, unbound -> {}));
  }

  List<String> texts(String query) {
    return log.log(
        connection -> Jdbc.query(connection, query, unbound -> {}, row -> row.getString(1)));
  }

  long number(String query) {
    return Long.parseLong(texts(query).get(0));
  }

  /** An empty line again. */
  void clear() {
    sql("create sequence if not exists reprise.numbers");
    sql("truncate reprise.executions, reprise.queues, reprise.queue_starts, reprise.nodes");
  }

  @Override
  public void close() {
    database.close();
    scratch.close();
  }
}
