package dev.reprise.debugger.explore;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What must come before what in a run that has taken place: any order that keeps to it comes out the same. Items are
 * events, or requests that ran one after another. Not changed after it was made.
 *
 * @param items in the order in which they came, each once
 * @param direct of each item the earlier ones that it depends on and could come before, by their places
 * @param past of each item all that must come before it for what they read and write
 * @param needed of each item the earlier ones without which it could not have come: those of its actor, those it awaited
 * @param before of each item everything that leads to it, by needs or dependence
 */
record Order<T>(
    List<T> items,
    List<BitSet> direct,
    List<BitSet> past,
    List<BitSet> needed,
    List<BitSet> before) {

  /**
   * With the closures made of what is direct.
   *
   * @param own of each item those of the earlier ones that are of the same actor
   * @param awaited of each item others without which it could not have come
   */
  static <T> Order<T> of(
      List<T> items, List<BitSet> direct, List<BitSet> own, List<BitSet> awaited) {
    var past = new ArrayList<BitSet>();
    var before = new ArrayList<BitSet>();
    var needed = new ArrayList<BitSet>();
    for (int i = 0; i < items.size(); i++) {
      var needs = union(own.get(i), awaited.get(i));
      needed.add(needs);
      past.add(closure(union(direct.get(i), own.get(i)), past));
      before.add(closure(union(direct.get(i), needs), before));
    }
    return new Order<>(List.copyOf(items), List.copyOf(direct), past, needed, before);
  }

  private static BitSet union(BitSet one, BitSet other) {
    var both = (BitSet) one.clone();
    both.or(other);
    return both;
  }

  private static BitSet closure(BitSet direct, List<BitSet> earlier) {
    var all = (BitSet) direct.clone();
    direct.stream().forEach(i -> all.or(earlier.get(i)));
    return all;
  }

  /** Whether {@code later} can be tried without {@code earlier} before it, on which it depends. */
  boolean canTurn(int earlier, int later) {
    return needed.get(later).stream()
        .noneMatch(need -> need == earlier || before.get(need).get(earlier));
  }

  /**
   * How a run begins in which {@code later} comes without {@code earlier}. Everything that {@code earlier} did not lead
   * to is kept, also what came after {@code later}: it may be what makes a difference then.
   */
  List<T> turned(int earlier, int later) {
    var kept = new ArrayList<T>();
    for (int i = 0; i < items.size(); i++) {
      if (i != earlier && !before.get(i).get(earlier)) {
        kept.add(items.get(i));
      }
    }
    kept.add(items.get(later));
    return kept;
  }

  /** An order that comes out the same, the last as early as can be. */
  List<T> latestFirst() {
    var done = new BitSet();
    var all = new ArrayList<T>();
    while (all.size() < items.size()) {
      int next = items.size() - 1;
      while (done.get(next) || !isIn(done, before.get(next))) {
        next--;
      }
      done.set(next);
      all.add(items.get(next));
    }
    return all;
  }

  private static boolean isIn(BitSet all, BitSet some) {
    var missing = (BitSet) some.clone();
    missing.andNot(all);
    return missing.isEmpty();
  }

  /** The same for two runs exactly where one comes from the other by swapping neighbours that do not depend on one another. */
  Map<T, Set<T>> canonical() {
    var form = new HashMap<T, Set<T>>();
    for (int i = 0; i < items.size(); i++) {
      var pasts = new HashSet<T>();
      past.get(i).stream().forEach(place -> pasts.add(items.get(place)));
      form.put(items.get(i), pasts);
    }
    return form;
  }
}
