package dev.reprise.runtime.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What transactions over append-only lists did and saw, and how they therefore depend on each other (Kingsbury and
 * Alvaro, Elle, VLDB 2020). Every number is appended once, so a list tells in which order its writers came, and every
 * prefix of it which of them a reader saw.
 *
 * @param committed the transactions that succeeded
 * @param last the lists as they are in the end, by key
 */
record History(List<Txn> committed, Map<Integer, List<Integer>> last) {
  /** One thing that a transaction did: an append of a number, or a read with the list that it saw. */
  record Did(int key, @Nullable Integer appended, List<Integer> seen) {
    static Did append(int key, int number) {
      return new Did(key, number, List.of());
    }

    static Did read(int key, Integer... seen) {
      return new Did(key, null, List.of(seen));
    }

    boolean isRead() {
      return appended == null;
    }
  }

  /** A transaction in the order of its own statements. */
  record Txn(String name, List<Did> did) {
    static Txn of(String name, Did... did) {
      return new Txn(name, List.of(did));
    }
  }

  /** A read that no order of the transactions explains; the message says which. */
  static final class ImpossibleReadException extends IllegalStateException {
    ImpossibleReadException(String message) {
      super(message);
    }
  }

  /**
   * The dependencies between the transactions.
   *
   * @throws ImpossibleReadException for a list that is no prefix of the last one, has a number that nobody committed (G1a),
   *     ends within another transaction (G1b), or lacks what the reader itself had appended
   */
  DependencyGraph dependencies() {
    var writers = writers();
    var graph = new DependencyGraph(committed.stream().map(Txn::name).toList());
    last.forEach((key, list) -> {
      for (int i = 1; i < list.size(); i++) {
        graph.add(
            writer(writers, list.get(i - 1)),
            DependencyGraph.Kind.WW,
            writer(writers, list.get(i)));
      }
    });
    for (var txn : committed) {
      requireOwnAppendsSeen(txn);
      for (var did : txn.did()) {
        if (did.isRead()) {
          addRead(graph, writers, txn.name(), did);
        }
      }
    }
    return graph;
  }

  private static void requireOwnAppendsSeen(Txn txn) {
    var own = new HashMap<Integer, List<Integer>>();
    for (var did : txn.did()) {
      var appended = own.computeIfAbsent(did.key(), key -> new ArrayList<>());
      if (did.appended() != null) {
        appended.add(did.appended());
      } else if (!did.seen().containsAll(appended)) {
        throw new ImpossibleReadException(
            txn.name() + " saw " + did.seen() + " after it had appended " + appended);
      }
    }
  }

  private void addRead(
      DependencyGraph graph, Map<Integer, String> writers, String reader, Did read) {
    var list = list(read.key());
    var seen = read.seen();
    if (seen.size() > list.size() || !list.subList(0, seen.size()).equals(seen)) {
      throw new ImpossibleReadException(
          reader + " saw " + seen + " under " + read.key() + ", which became " + list);
    }
    int before = seen.size();
    while (before > 0 && writer(writers, seen.get(before - 1)).equals(reader)) {
      before--; // its own
    }
    if (before > 0) {
      var source = writer(writers, seen.get(before - 1));
      boolean within = before < list.size() && writer(writers, list.get(before)).equals(source);
      if (within) {
        throw new ImpossibleReadException(
            reader + " saw " + seen + " under " + read.key() + ", in the middle of " + source);
      }
      graph.add(source, DependencyGraph.Kind.WR, reader);
    }
    if (seen.size() < list.size()) {
      graph.add(reader, DependencyGraph.Kind.RW, writer(writers, list.get(seen.size())));
    }
  }

  private List<Integer> list(int key) {
    return Objects.requireNonNull(last.getOrDefault(key, List.of()));
  }

  private Map<Integer, String> writers() {
    var writers = new HashMap<Integer, String>();
    var appended = new HashMap<Integer, List<Integer>>();
    for (var txn : committed) {
      for (var did : txn.did()) {
        if (did.appended() != null) {
          writers.put(did.appended(), txn.name());
          appended.computeIfAbsent(did.key(), key -> new ArrayList<>()).add(did.appended());
        }
      }
    }
    appended.forEach((key, numbers) -> {
      var kept = list(key);
      if (kept.size() != numbers.size() || !kept.containsAll(numbers)) {
        throw new ImpossibleReadException(
            "under " + key + " there is " + kept + ", committed were " + numbers);
      }
    });
    return writers;
  }

  private static String writer(Map<Integer, String> writers, int number) {
    var writer = writers.get(number);
    if (writer == null) {
      throw new ImpossibleReadException("nobody who committed has appended " + number);
    }
    return writer;
  }
}
