package dev.reprise.runtime.execution;

import dev.reprise.runtime.store.EventStore.Progress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Who waits for what executions tell the outside: events, replies and their end. An entry lives as long as somebody
 * waits. Thread-safe.
 */
public final class Watches {
  private final Map<String, List<Watch>> waiting = new ConcurrentHashMap<>();

  private record Watch(int told, CompletableFuture<Progress> future) {
    boolean isOver(Progress progress) {
      return progress.ended() || progress.told() > told;
    }
  }

  /** Completes when the execution has told more than that, or has ended; cancelling it gives it up. */
  CompletableFuture<Progress> beyond(String id, int told) {
    var watch = new Watch(told, new CompletableFuture<>());
    waiting.merge(id, List.of(watch), Watches::joined);
    watch.future.whenComplete((progress, failure) -> forget(id, watch));
    return watch.future;
  }

  /** So far is an execution: ends the waits that are over. */
  public void progressed(Progress progress) {
    for (Watch watch : waiting.getOrDefault(progress.id(), List.of())) {
      if (watch.isOver(progress)) {
        watch.future.complete(progress);
      }
    }
  }

  /** The ids of the executions that are watched. */
  public Set<String> watched() {
    return Set.copyOf(waiting.keySet());
  }

  private void forget(String id, Watch watch) {
    waiting.computeIfPresent(id, (key, watches) -> {
      var rest = watches.stream().filter(other -> !other.equals(watch)).toList();
      return rest.isEmpty() ? null : rest;
    });
  }

  private static List<Watch> joined(List<Watch> a, List<Watch> b) {
    var all = new ArrayList<>(a);
    all.addAll(b);
    return List.copyOf(all);
  }
}
