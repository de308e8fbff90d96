package dev.reprise.debugger.replay;

import dev.reprise.Isolation;
import dev.reprise.Options;
import dev.reprise.runtime.config.DatabaseConfig;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Transactions at random by several clients at once, and strangers beside them whose transactions no log has. The seed
 * decides what is called; the machine, how the calls meet.
 */
final class GeneratedWorkload {
  private final RecordedNode node;
  private final Isolation isolation;
  private final Random random;
  private final String name;
  private final List<String> ids = new ArrayList<>();
  private boolean onKeys;

  /**
   * On a node whose functions are {@link Deeds}.
   *
   * @param name begins the ids of the executions
   */
  GeneratedWorkload(RecordedNode node, Isolation isolation, long seed, String name) {
    this.node = node;
    this.isolation = isolation;
    this.random = new Random(seed);
    this.name = name;
  }

  /** One whose transactions often come out otherwise where their bodies run at another time. */
  GeneratedWorkload onKeys() {
    onKeys = true;
    return this;
  }

  /** Runs it; gives the ids of its executions, the last of which came after everything else. */
  List<String> run(int clients, int strangers, int callsOfEach) throws Exception {
    var threads = Executors.newCachedThreadPool();
    var goOn = new AtomicBoolean(true);
    Pace.open(true);
    try {
      var ends = new ArrayList<Future<?>>();
      for (int client = 0; client < clients; client++) {
        ends.add(threads.submit(client(name + "-" + client, callsOfEach, random.nextLong())));
      }
      var others = new ArrayList<Future<?>>();
      for (int stranger = 0; stranger < strangers; stranger++) {
        others.add(threads.submit(stranger(goOn, random.nextLong())));
      }
      waitFor(ends);
      goOn.set(false);
      waitFor(others);
    } finally {
      goOn.set(false);
      Pace.open(false);
      threads.shutdownNow();
    }
    call(name + "-last", List.of(Deed.of(Deed.Kind.JOURNAL, 0, 0, 0)));
    return List.copyOf(ids);
  }

  private static void waitFor(List<Future<?>> ends)
      throws InterruptedException, ExecutionException {
    for (var end : ends) {
      end.get();
    }
  }

  private Callable<Boolean> client(String prefix, int calls, long seed) {
    var own = new Random(seed);
    var generator = new DeedGenerator(own, onKeys);
    return () -> {
      for (int i = 0; i < calls; i++) {
        var id = prefix + "-" + i;
        synchronized (ids) {
          ids.add(id);
        }
        switch (own.nextInt(8)) {
          case 0 -> look(id, generator.reads());
          case 1 -> {
            var parts = List.of(generator.transaction(), generator.transaction());
            end(
                node.runtime()
                        .start(Deeds.class, d -> d.chain(isolation, parts), Options.DEFAULT.id(id))
                    ::result);
          }
          case 2 -> {
            var parts = List.of(generator.transaction(), generator.transaction());
            end(
                node.runtime()
                        .start(
                            Deeds.class, d -> d.parallel(isolation, parts), Options.DEFAULT.id(id))
                    ::result);
          }
          default -> run(id, generator.transaction());
        }
      }
      return true;
    };
  }

  private void call(String id, List<Deed> deeds) {
    ids.add(id);
    run(id, deeds);
  }

  private void look(String id, List<Deed> deeds) {
    end(node.runtime()
        .start(
            Deeds.class,
            isolation == Isolation.SERIALIZABLE ? d -> d.look(deeds) : d -> d.lookRepeatable(deeds),
            Options.DEFAULT.id(id))::result);
  }

  private void run(String id, List<Deed> deeds) {
    end(node.runtime()
        .start(
            Deeds.class,
            switch (isolation) {
              case SERIALIZABLE -> d -> d.serializable(deeds);
              case REPEATABLE_READ -> d -> d.repeatable(deeds);
              case READ_COMMITTED -> d -> d.committed(deeds);
            },
            Options.DEFAULT.id(id))::result);
  }

  /** Many calls fail, as they should. */
  private static void end(Callable<?> call) {
    try {
      var unused = call.call();
    } catch (Exception e) {
      // it is in the log
    }
  }

  private Callable<Boolean> stranger(AtomicBoolean goOn, long seed) {
    var own = new Random(seed);
    var generator = new DeedGenerator(own);
    DatabaseConfig config = node.config();
    return () -> {
      try (var connection =
          DriverManager.getConnection(config.url(), config.user(), config.password())) {
        connection.setAutoCommit(false);
        while (goOn.get()) {
          try {
            for (int i = own.nextInt(3); i >= 0; i--) {
              new DeedScript(connection).perform(List.of(generator.ofStrangers()));
              Pace.linger(own.nextInt(3));
            }
            connection.commit();
          } catch (SQLException e) {
            connection.rollback();
          }
          Pace.gotOn();
          Pace.linger(1);
        }
      }
      return true;
    };
  }
}
