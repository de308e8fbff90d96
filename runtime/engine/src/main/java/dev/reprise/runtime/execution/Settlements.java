package dev.reprise.runtime.execution;

import dev.reprise.runtime.store.ExecutionRow;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Who waits for which execution to settle. An entry lives as long as somebody waits, so a long sleep costs nothing here.
 * Thread-safe.
 */
public final class Settlements {
  private final Map<UUID, List<CompletableFuture<ExecutionRow>>> waiting =
      new ConcurrentHashMap<>();

  /** A wait of the caller's own; cancelling it gives it up. */
  public CompletableFuture<ExecutionRow> await(UUID execution) {
    var future = new CompletableFuture<ExecutionRow>();
    waiting.merge(execution, List.of(future), Settlements::joined);
    future.whenComplete((row, failure) -> forget(execution, future));
    return future;
  }

  /** The execution has settled: ends all waits for it. */
  public void settled(ExecutionRow row) {
    settled(row.execution(), row);
  }

  /** The same for those who wait for one that it went on from. */
  public void settled(UUID asked, ExecutionRow row) {
    var futures = waiting.remove(asked);
    if (futures != null) {
      futures.forEach(future -> future.complete(row));
    }
  }

  /** The call has no durable trace and will get none: tells all who wait for it. */
  public void failed(UUID execution, RuntimeException cause) {
    var futures = waiting.remove(execution);
    if (futures != null) {
      futures.forEach(future -> future.completeExceptionally(cause));
    }
  }

  /** The call turned out to be another execution's: those who wait go on waiting for that one. */
  void follow(UUID execution, UUID instead) {
    var futures = waiting.remove(execution);
    if (futures != null) {
      waiting.merge(instead, futures, Settlements::joined);
      futures.forEach(future -> future.whenComplete((row, failure) -> forget(instead, future)));
    }
  }

  /** What is waited for. */
  public List<UUID> awaited() {
    return List.copyOf(waiting.keySet());
  }

  private void forget(UUID execution, CompletableFuture<ExecutionRow> future) {
    waiting.computeIfPresent(execution, (id, futures) -> {
      var rest = futures.stream().filter(other -> other != future).toList();
      return rest.isEmpty() ? null : rest;
    });
  }

  private static List<CompletableFuture<ExecutionRow>> joined(
      List<CompletableFuture<ExecutionRow>> a, List<CompletableFuture<ExecutionRow>> b) {
    var all = new java.util.ArrayList<>(a);
    all.addAll(b);
    return List.copyOf(all);
  }
}
