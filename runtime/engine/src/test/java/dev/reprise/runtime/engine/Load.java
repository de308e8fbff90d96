package dev.reprise.runtime.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Calls from several threads, half of them on each of two nodes. The seed is logged, and can be given to repeat a run. */
final class Load {
  static final int THREADS = 8;
  private static final Logger LOG = LoggerFactory.getLogger(Load.class);

  private Load() {}

  /** What one thread does. */
  interface Work<T> {
    T run(TestNode node, int thread, RandomGenerator random) throws Exception;
  }

  /** {@code -Dreprise.seed=..}, else another one every time. */
  static long seed() {
    long seed = Long.getLong("reprise.seed", System.nanoTime());
    LOG.info("-Dreprise.seed={}", seed);
    return seed;
  }

  /** Runs it on every thread and gives what came of it. */
  static <T> List<T> on(List<TestNode> nodes, long seed, Work<T> work)
      throws InterruptedException, ExecutionException {
    var threads = Executors.newFixedThreadPool(THREADS);
    try {
      var jobs = new ArrayList<Callable<T>>();
      for (int i = 0; i < THREADS; i++) {
        int thread = i;
        var random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed + thread);
        jobs.add(() -> work.run(nodes.get(thread % nodes.size()), thread, random));
      }
      var results = new ArrayList<T>();
      for (var job : threads.invokeAll(jobs)) {
        results.add(job.get());
      }
      return results;
    } finally {
      threads.shutdownNow();
    }
  }
}
