package dev.reprise.debugger.explore;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is still to be tried, given what was run. Where an item of a run depends on an earlier one, a run is due that
 * begins with all but the earlier one and what it led to, and then has the later one; unless a run is known that comes
 * out as one with this beginning. So every run that is asked for is unlike all that are known. And when nothing is due,
 * every possible run is like one that is known: let a known run share the longest beginning with it, up to an item. In
 * the known run that item comes after others on which it depends there. Turned before the first of these that touches
 * something that it also touches in the possible run, it depends on fewer of them, and the beginning is kept; in the end
 * on none, which makes the beginning longer. For one thread.
 */
final class Frontier<T> {
  private final Map<T, Integer> numbers = new HashMap<>();
  /** By item and the items that must come before it, the runs in which that is so. */
  private final List<Map<BitSet, BitSet>> index = new ArrayList<>();

  private final ArrayDeque<Turn<T>> due = new ArrayDeque<>();
  private final Set<List<T>> asked = new HashSet<>();
  private final Set<List<T>> impossible;
  private int runs;

  /**
   * With nothing known.
   *
   * @param impossible beginnings that turned out not to be possible; looked at again and again
   */
  Frontier(Set<List<T>> impossible) {
    this.impossible = impossible;
  }

  private record Turn<T>(Order<T> order, int earlier, int later) {}

  /** A run became known. */
  void add(Order<T> order) {
    int run = runs++;
    for (int i = 0; i < order.items().size(); i++) {
      var past = new BitSet();
      order.past().get(i).stream()
          .forEach(place -> past.set(number(order.items().get(place))));
      index
          .get(number(order.items().get(i)))
          .computeIfAbsent(past, key -> new BitSet())
          .set(run);
      for (int e = order.direct().get(i).nextSetBit(0);
          e >= 0;
          e = order.direct().get(i).nextSetBit(e + 1)) {
        if (order.canTurn(e, i)) {
          due.add(new Turn<>(order, e, i));
        }
      }
    }
  }

  /** How the next run is to begin; null where nothing is due. */
  @Nullable
  List<T> next() {
    while (true) {
      var turn = due.poll();
      if (turn == null) {
        return null;
      }
      var beginning = turn.order().turned(turn.earlier(), turn.later());
      if (asked.add(beginning) && !impossible.contains(beginning) && !isKnown(beginning)) {
        return beginning;
      }
    }
  }

  /** Whether a known run comes out as one that begins so. */
  boolean isKnown(List<T> beginning) {
    var like = new BitSet();
    like.set(0, runs);
    var passed = new BitSet();
    for (var item : beginning) {
      int number = number(item);
      var fitting = new BitSet();
      index.get(number).forEach((past, those) -> {
        if (contains(passed, past)) {
          fitting.or(those);
        }
      });
      like.and(fitting);
      if (like.isEmpty()) {
        return false;
      }
      passed.set(number);
    }
    return true;
  }

  private int number(T item) {
    return numbers.computeIfAbsent(item, key -> {
      index.add(new HashMap<>());
      return index.size() - 1;
    });
  }

  private static boolean contains(BitSet all, BitSet some) {
    for (int i = some.nextSetBit(0); i >= 0; i = some.nextSetBit(i + 1)) {
      if (!all.get(i)) {
        return false;
      }
    }
    return true;
  }
}
