package dev.reprise.samples.shop.crash;

import dev.reprise.samples.shop.crash.OrderLoad.Placed;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;

/** Asks again what was asked before: each server gives the answer of then. */
final class Duplicates {
  private final List<ServerProcess> servers;
  private final CrashSettings settings;
  private final Consumer<String> complaints;

  Duplicates(List<ServerProcess> servers, CrashSettings settings, Consumer<String> complaints) {
    this.servers = servers;
    this.settings = settings;
    this.complaints = complaints;
  }

  /** Asks both servers for all. */
  void check(List<Placed> placed) throws InterruptedException, ExecutionException {
    var threads = Executors.newFixedThreadPool(settings.clients());
    try {
      var asked = new ArrayList<Future<?>>();
      for (var server : servers) {
        var client = new ShopClient(List.of(server), settings.patience(), complaints);
        for (var order : placed) {
          Callable<Void> ask = () -> ask(server, client, order);
          asked.add(threads.submit(ask));
        }
      }
      for (var future : asked) {
        future.get();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private Void ask(ServerProcess server, ShopClient client, Placed order)
      throws InterruptedException {
    var again = client.answer(order.request().patient(), new Random(0));
    if (!again.equals(order.answer())) {
      complaints.accept(order + " is answered by " + server + " with " + again);
    }
    return null;
  }
}
