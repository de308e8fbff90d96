package dev.reprise.runtime.bench;

import dev.reprise.runtime.postgres.Backoff;
import dev.reprise.runtime.postgres.Migrator;
import dev.reprise.runtime.postgres.ScratchDatabase;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * What waiting costs: many sleepers in one database, served by one node with a small heap; how fast they wake and finish, what
 * each takes of the node's memory, what an idle node commits, how long the executions of a killed node take to go on.
 */
final class EngineBench {
  private static final Duration BEAT = Duration.ofMillis(200);

  private final int sleepers;
  private final int orphans;
  private final String heap;

  private EngineBench(int sleepers, int orphans, String heap) {
    this.sleepers = sleepers;
    this.orphans = orphans;
    this.heap = heap;
  }

  /** Arguments: how many sleepers, how many executions of the killed node, the heap of the node as {@code 512m}. */
  public static void main(String[] arguments) throws Exception {
    new EngineBench(Integer.parseInt(arguments[0]), Integer.parseInt(arguments[1]), arguments[2])
        .run();
    System.exit(0);
  }

  private void run() throws Exception {
    try (var database = ScratchDatabase.embedded()) {
      Migrator.reprise(database.config()).migrate();
      execute(database, "create table effect (number int)");
      try (var node = new Server(database, heap)) {
        say(
            "an idle node:              %6.2f commits a second, heap %.1f MB",
            idle(database), node.megabytes());
      }
      long began = System.nanoTime();
      insertSleepers(database);
      say(
          "%,d sleepers inserted in %.1f s, %,d MB in the database",
          sleepers, seconds(began), megabytes(database));
      try (var node = new Server(database, heap)) {
        double before = node.megabytes();
        say(
            "a node beside sleepers:    %6.2f commits a second, heap %.1f MB",
            idle(database), before);
        explain(database);
        wake(database, node);
        double after = node.megabytes();
        say(
            "heap after they are done:  %6.1f MB (%+.1f bytes for each that slept)",
            after, (after - before) * 1e6 / sleepers);
        recover(database);
        cancel(database, node);
      }
    }
  }

  // --- sleepers
  // ---------------------------------------------------------------------------------------------------

  private void insertSleepers(ScratchDatabase database) throws SQLException {
    var id = """
        (lpad(to_hex((extract(epoch from now()) * 1000)::bigint + n / 1000), 12, '0') || '7' || substr(md5(n::text), 1, 3)
          || '8' || substr(md5(n::text), 4, 15))::uuid""";
    execute(database, """
        with sleeper as materialized (
            select %s as execution, n, now() + interval '%d seconds' as wakes from generate_series(1, %d) n),
          logged as (
            insert into reprise.operations (execution, position, kind, function, arguments, output, attempt, started_at,
                   completed_at)
            select execution, '1', 'sleep', 'sleep', %d,
                   '"' || to_char(wakes at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') || '"', 1, now(), now()
              from sleeper)
        insert into reprise.executions (execution, id, created_at, started_at, wake_at, attempts, kind, status, function,
               input)
        select execution, 's' || n, now(), now(), wakes, 1, 'workflow', 'WAITING', 'Sleepers.sleep', '[' || n || ']'
          from sleeper
        """.formatted(
            id, Sleepers.NIGHT.toSeconds(), sleepers, Sleepers.NIGHT.toNanos()));
    execute(database, "vacuum analyze reprise.executions");
    execute(database, "vacuum analyze reprise.operations");
  }

  private void wake(ScratchDatabase database, Server node) throws Exception {
    long commits = commits(database);
    long began = System.nanoTime();
    node.tell("advance " + (Sleepers.NIGHT.toSeconds() + 60));
    double first = 0;
    while (true) {
      long ended =
          number(database, "select count(*) from reprise.executions where status = 'SUCCEEDED'");
      if (ended > 0 && first == 0) {
        first = seconds(began);
      }
      if (ended >= sleepers) {
        break;
      }
      Backoff.await(BEAT.multipliedBy(5));
    }
    double took = seconds(began);
    say(
        "%,d woken at once: first after %.1f s, all after %.1f s: %,.0f a second, %.3f commits each",
        sleepers, first, took, sleepers / took, (commits(database) - commits) / (double) sleepers);
    if (number(database, """
        select count(*) from reprise.executions where output <> substr(input, 2, length(input) - 2)
        """) > 0) {
      throw new IllegalStateException("some gave another result");
    }
  }

  /** The plan of the claim, beside all that sleep. */
  private static void explain(ScratchDatabase database) throws SQLException {
    long began = System.nanoTime();
    long due = number(database, """
        select count(*) from (
          select execution from reprise.executions
           where status in ('PENDING', 'WAITING') and wake_at <= (select clock_timestamp())
           order by wake_at limit 256 for update skip locked) due
        """);
    say(
        "a look for what is due:    %6.2f ms beside them with its connection, %d found",
        seconds(began) * 1000, due);
  }

  // --- a killed node
  // -----------------------------------------------------------------------------------------------

  /** Executions of a node that is silent for long: how long from here to the end of the last of them. */
  private void recover(ScratchDatabase database) throws Exception {
    long began = System.nanoTime();
    execute(database, """
        with dead as (
          insert into reprise.nodes (node, name, host, pid, process_started_at, started_at, heartbeat_at, death_timeout, state)
          values (gen_random_uuid(), 'killed', 'elsewhere', 1, now(), now(), now() - interval '1 hour', '7 seconds', 'LIVE')
          returning node)
        insert into reprise.executions (execution, id, created_at, started_at, attempts, kind, status, function, input, owner)
        select gen_random_uuid(), 'o' || n, now(), now(), 1, 'workflow', 'RUNNING', 'Sleepers.interrupted',
               '[' || n || ']', dead.node
          from generate_series(1, %d) n, dead
        """.formatted(orphans));
    while (number(database, """
        select count(*) from reprise.executions where status = 'SUCCEEDED' and id like 'o%'
        """) < orphans) {
      Backoff.await(BEAT);
    }
    say(
        "%,d executions of a killed node: all ended in %.1f s (a beat included), %,d effects",
        orphans, seconds(began), number(database, "select count(*) from effect"));
  }

  /** A parent with as many children, all asleep. */
  private void cancel(ScratchDatabase database, Server node) throws Exception {
    long began = System.nanoTime();
    node.tell("family family " + orphans);
    while (children(database, "WAITING") < orphans) {
      Backoff.await(BEAT);
    }
    double begun = seconds(began);
    began = System.nanoTime();
    node.tell("cancel family");
    while (number(database, """
        select count(*) from reprise.executions where id = 'family' and status = 'CANCELLED'
        """) == 0) {
      Backoff.await(BEAT);
    }
    say(
        "%,d children: asleep in %.1f s, all cancelled and then their parent in %.1f s, in %d runs of it",
        orphans,
        begun,
        seconds(began),
        number(database, "select attempts from reprise.executions where id = 'family'"));
    if (children(database, "CANCELLED") < orphans) {
      throw new IllegalStateException("some children were not cancelled before their parent");
    }
  }

  private static long children(ScratchDatabase database, String status) throws SQLException {
    return number(database, """
        select count(*) from reprise.executions
         where parent = (select execution from reprise.executions where id = 'family') and status = '%s'
        """.formatted(status));
  }

  // --- figures
  // ------------------------------------------------------------------------------------------------------

  private static double idle(ScratchDatabase database) throws Exception {
    Backoff.await(Duration.ofSeconds(20)); // until the pools are filled
    long before = commits(database);
    long began = System.nanoTime();
    Backoff.await(Duration.ofSeconds(20));
    return Math.max(0, commits(database) - before - 1) / seconds(began);
  }

  private static long commits(ScratchDatabase database) throws SQLException {
    return number(
        database, "select xact_commit from pg_stat_database where datname = current_database()");
  }

  private static long megabytes(ScratchDatabase database) throws SQLException {
    return number(database, "select pg_database_size(current_database()) / 1000000");
  }

  private static double seconds(long began) {
    return (System.nanoTime() - began) / 1e9;
  }

  private static void say(String format, Object... values) {
    System.out.println(String.format(Locale.ROOT, format, values));
  }

  private static long number(ScratchDatabase database, String query) throws SQLException {
    try (var connection =
            DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password());
        var statement = connection.createStatement();
        var rows = statement.executeQuery(query)) {
      rows.next();
      return rows.getLong(1);
    }
  }

  private static void execute(ScratchDatabase database, String sql) throws SQLException {
    try (var connection =
            DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password());
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** The node, in a process of its own. */
  private static final class Server implements AutoCloseable {
    private final Process process;
    private final BufferedReader answers;
    private final PrintStream commands;

    Server(ScratchDatabase database, String heap) throws IOException {
      process = new ProcessBuilder(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-Xmx" + heap,
              "-cp",
              System.getProperty("java.class.path"),
              BenchNode.class.getName(),
              database.jdbcUrl(),
              String.valueOf(database.user()),
              String.valueOf(database.password()))
          .redirectError(ProcessBuilder.Redirect.INHERIT)
          .start();
      answers = new BufferedReader(
          new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
      commands = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
      answer("ready");
    }

    private String answer(String expected) throws IOException {
      for (var line = answers.readLine(); line != null; line = answers.readLine()) {
        if (line.matches(expected)) {
          return line;
        }
      }
      throw new IllegalStateException("the node has ended");
    }

    void tell(String command) throws IOException {
      commands.println(command);
      answer("done");
    }

    double megabytes() throws IOException {
      commands.println("heap");
      return Long.parseLong(answer("[0-9]+")) / 1e6;
    }

    @Override
    public void close() {
      commands.println("end");
      try {
        if (!process.waitFor(40, TimeUnit.SECONDS)) {
          process.destroyForcibly();
        }
      } catch (InterruptedException e) {
        process.destroyForcibly();
        Thread.currentThread().interrupt();
      }
    }
  }
}
