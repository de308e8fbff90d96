package dev.reprise.samples.shop.crash;

import dev.reprise.runtime.postgres.Backoff;
import dev.reprise.samples.shop.crash.Request.Style;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/** Clients that order one thing after the other until they are stopped. Thread-safe. */
final class OrderLoad implements AutoCloseable {
  private static final Duration LOOK = Duration.ofMillis(50);

  private final ShopClient client;
  private final Consumer<String> complaints;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<Future<?>> clients = new ArrayList<>();
  private final Queue<Placed> placed = new ConcurrentLinkedQueue<>();
  private volatile boolean stopped;

  /** A request with a key and what came of it. */
  record Placed(Request request, Answer answer) {}

  /** Begins. */
  OrderLoad(CrashSettings settings, ShopClient client, Consumer<String> complaints) {
    this.client = client;
    this.complaints = complaints;
    for (int i = 0; i < settings.clients(); i++) {
      long seed = settings.seed() * 1000 + i;
      var mix = new RequestMix("c" + i, seed);
      clients.add(threads.submit(() -> order(mix, new Random(~seed))));
    }
  }

  private Void order(RequestMix mix, Random random) throws Exception {
    while (!stopped) {
      var request = mix.next();
      var answer =
          request.style() == Style.TWICE ? twice(request, random) : client.answer(request, random);
      if (request.isKeyed()) {
        placed.add(new Placed(request, answer));
      }
    }
    return null;
  }

  private Answer twice(Request request, Random random) throws Exception {
    var other = new Random(random.nextLong());
    Callable<Answer> duplicate = () -> client.answer(request, other);
    var second = threads.submit(duplicate);
    var first = client.answer(request, random);
    if (!first.equals(second.get())) {
      complaints.accept(
          request + " was answered with " + first + " and at the same time with " + second.get());
    }
    return first;
  }

  /** How many requests are answered so far. */
  int answered() {
    return placed.size();
  }

  /** Waits until so many requests are answered, or for as long as allowed. */
  void awaitAnswered(int number, Duration atMost) throws InterruptedException {
    long end = System.nanoTime() + atMost.toNanos();
    while (answered() < number && System.nanoTime() < end) {
      Backoff.await(LOOK);
    }
  }

  /** Orders nothing more, waits for what is under way, and gives all that was asked. */
  List<Placed> finish() throws InterruptedException, ExecutionException {
    stopped = true;
    for (var future : clients) {
      future.get();
    }
    return List.copyOf(placed);
  }

  @Override
  public void close() {
    stopped = true;
    threads.shutdownNow();
  }
}
