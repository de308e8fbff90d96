package dev.reprise.runtime.bench;

import dev.reprise.Options;
import dev.reprise.WorkQueue;
import dev.reprise.runtime.config.NodeConfig;
import dev.reprise.runtime.postgres.Backoff;
import dev.reprise.runtime.postgres.ScratchDatabase;
import dev.reprise.runtime.server.Code;
import dev.reprise.runtime.server.EmbeddedRuntime;
import dev.reprise.runtime.server.Node;
import dev.reprise.runtime.server.TestFront;
import dev.reprise.runtime.store.QueueStore;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What queues, messages, events and wake-ups cost in round trips and in transactions, counted on the wire. What an idle node
 * does in the same time is taken off.
 */
final class CostBench {
  private static final Duration LOOK = Duration.ofMillis(20);
  private static final Duration IDLE = Duration.ofSeconds(20);
  private static final QueueStore.Limits CLOSED = new QueueStore.Limits(0, null, null, null);
  private static final QueueStore.Limits OPEN = new QueueStore.Limits(null, null, null, null);

  private final WireCounter wire;
  private final Connection beside;
  private final EmbeddedRuntime runtime;
  private final int calls;
  private double idleTrips;
  private double idleTransactions;

  private CostBench(WireCounter wire, Connection beside, EmbeddedRuntime runtime, int calls) {
    this.wire = wire;
    this.beside = beside;
    this.runtime = runtime;
    this.calls = calls;
  }

  /** Argument: how many calls of each kind. */
  public static void main(String[] arguments) throws Exception {
    var code = Code.ofClasses(
        List.of(Talkers.class, Sleepers.class),
        Map.of(),
        Map.of(),
        null,
        List.of(WorkQueue.named("work")));
    try (var database = ScratchDatabase.embedded();
        var wire = new WireCounter(database.config());
        var beside =
            DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password());
        var runtime = new EmbeddedRuntime(
            Node.start(NodeConfig.DEFAULT, wire.config(), code), TestFront.none())) {
      new CostBench(wire, beside, runtime, Integer.parseInt(arguments[0])).run();
    }
    System.exit(0);
  }

  private interface Work {
    void run() throws Exception;
  }

  private void run() throws Exception {
    warm();
    idle();
    say("%-44s %14s %14s", "for each, of " + calls, "round trips", "transactions");
    runtime.node().queues().change("work", CLOSED);
    measure("enqueue", () -> {
      for (int i = 0; i < calls; i++) {
        int number = i;
        var unused =
            runtime.start(Talkers.class, t -> t.nothing(number), Options.DEFAULT.queue("work"));
      }
    });
    measure("dequeue a batch, run a workflow, record its end", () -> {
      runtime.node().queues().change("work", OPEN);
      await("queue = 'work' and status = 'SUCCEEDED'", calls);
    });
    messages();
    measure("publish an event", () -> {
      var unused = runtime.get(Talkers.class).publish(calls);
    });
    sleepers();
  }

  private void messages() throws Exception {
    var listener =
        runtime.start(Talkers.class, t -> t.listen(2 * calls + 1), Options.DEFAULT.id("listener"));
    var waits = "id = 'listener' and status = 'WAITING' and not exists"
        + " (select from reprise.messages where consumed_at is null)";
    await(waits, 1);
    measure("message from outside, and its receipt", () -> {
      for (int i = 0; i < calls; i++) {
        runtime.send("listener", "word", i);
      }
      await(waits, 1);
    });
    measure("message from a workflow, and its receipt", () -> {
      var unused = runtime.get(Talkers.class).speak("listener", calls);
      await(waits, 1);
    });
    runtime.send("listener", "word", 0);
    var unused = listener.result();
  }

  private void sleepers() throws Exception {
    measure("accept a workflow, begin it, fall asleep", () -> {
      for (int i = 0; i < calls; i++) {
        int number = i;
        var unused = runtime.start(Sleepers.class, s -> s.sleep(number));
      }
      await("function = 'Sleepers.sleep' and status = 'WAITING'", calls);
    });
    measure("wake up, all at once, and record the end", () -> {
      runtime.node().advance(Sleepers.NIGHT.plusMinutes(1));
      await("function = 'Sleepers.sleep' and status = 'SUCCEEDED'", calls);
    });
  }

  private void warm() throws Exception {
    for (int i = 0; i < 50; i++) {
      var unused = runtime.get(Talkers.class).nothing(i);
    }
  }

  private void idle() throws Exception {
    Backoff.await(Duration.ofSeconds(5)); // the pools are being filled
    var before = wire.count();
    Backoff.await(IDLE);
    var after = wire.count();
    idleTrips = (after.trips() - before.trips()) / (double) IDLE.toSeconds();
    idleTransactions = (after.transactions() - before.transactions()) / (double) IDLE.toSeconds();
    say(
        "an idle node: %.2f round trips and %.2f transactions a second",
        idleTrips, idleTransactions);
  }

  private void measure(String what, Work work) throws Exception {
    var before = wire.count();
    long began = System.nanoTime();
    work.run();
    double seconds = (System.nanoTime() - began) / 1e9;
    var after = wire.count();
    say(
        "%-44s %14.2f %14.2f",
        what,
        Math.max(0, after.trips() - before.trips() - idleTrips * seconds) / calls,
        Math.max(0, after.transactions() - before.transactions() - idleTransactions * seconds)
            / calls);
  }

  /** Looks by a connection of its own, which is not counted. */
  private void await(String which, int count) throws Exception {
    try (var query =
        beside.prepareStatement("select count(*) from reprise.executions where " + which)) {
      while (true) {
        try (var rows = query.executeQuery()) {
          rows.next();
          if (rows.getInt(1) >= count) {
            return;
          }
        }
        Backoff.await(LOOK);
      }
    }
  }

  private static void say(String format, Object... values) {
    System.out.println(String.format(Locale.ROOT, format, values));
  }
}
