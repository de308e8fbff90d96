package dev.reprise.debugger.replay;

import dev.reprise.debugger.history.Snapshot;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The order in which committed transactions became visible. It is the order of their commit records, but for neighbours:
 * a transaction becomes visible a moment after its commit record is written, and two may swap in between. Where a known
 * snapshot says so, the order follows the snapshot, which has the last word on what a transaction saw. Immutable.
 */
public final class CommitOrder {
  private final List<Long> transactions;
  private final Map<Long, Integer> places = new HashMap<>();

  private CommitOrder(List<Long> transactions) {
    this.transactions = List.copyOf(transactions);
    for (int i = 0; i < transactions.size(); i++) {
      places.put(transactions.get(i), i);
    }
  }

  /**
   * Of transactions in the order of their commit records.
   *
   * @param known snapshots of transactions, each of which saw the first so many of them
   * @throws IllegalArgumentException where two snapshots contradict each other, as those of a primary never do
   */
  static CommitOrder of(List<Long> committed, Collection<Snapshot> known) {
    var sizes = new HashMap<Snapshot, Long>();
    for (var snapshot : known) {
      sizes.computeIfAbsent(snapshot, s -> committed.stream().filter(s::sees).count());
    }
    var chain = sizes.keySet().stream().sorted(Comparator.comparing(sizes::get)).toList();
    var firstSeenBy = new HashMap<Long, Integer>();
    for (long transaction : committed) {
      int first = chain.size();
      while (first > 0 && chain.get(first - 1).sees(transaction)) {
        first--;
      }
      firstSeenBy.put(transaction, first);
      for (int i = 0; i < first; i++) {
        requireBlind(chain.get(i), transaction);
      }
    }
    var order = new ArrayList<>(committed);
    order.sort(Comparator.comparing(firstSeenBy::get)); // stable: commit records decide the rest
    return new CommitOrder(order);
  }

  private static void requireBlind(Snapshot snapshot, long transaction) {
    if (snapshot.sees(transaction)) {
      throw new IllegalArgumentException("snapshot " + snapshot + " sees transaction " + transaction
          + ", which a later one does not: they are not of one primary");
    }
  }

  /** All, in the order in which they became visible. */
  public List<Long> transactions() {
    return Collections.unmodifiableList(transactions);
  }

  public int size() {
    return transactions.size();
  }

  /** How many of them the snapshot sees; these are the first so many. */
  int rank(Snapshot snapshot) {
    int rank = 0;
    while (rank < transactions.size() && snapshot.sees(transactions.get(rank))) {
      rank++;
    }
    return rank;
  }

  /** Its place, from 0; -1 where it is none of them. */
  int placeOf(long transaction) {
    return places.getOrDefault(transaction, -1);
  }
}
