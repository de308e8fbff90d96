package dev.reprise.debugger.explore;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Looks for a schedule that shows the same with fewer changes from one actor to another: by other orders of the same,
 * which need no run, and by moving what an actor does next to what it did before. Stateless.
 */
final class Simplifier {
  private final Orders orders;

  Simplifier(Orders orders) {
    this.orders = orders;
  }

  /** Runs about a schedule. */
  @FunctionalInterface
  interface Runs<X extends Exception, Y extends Exception> {
    /** The run, if it shows the same; null if it does not, and where no more may be run. */
    @Nullable
    Trial about(List<Event> schedule) throws X, Y;
  }

  /** The schedule with the fewest changes that was found. */
  <X extends Exception, Y extends Exception> List<Event> simplest(Trial trial, Runs<X, Y> runs)
      throws X, Y {
    var best = together(orders.of(trial));
    boolean better = true;
    while (better) {
      better = false;
      for (var tried : simpler(best)) {
        var shown = runs.about(tried);
        var found = shown == null ? best : together(orders.of(shown));
        if (changes(found) < changes(best)) {
          best = found;
          better = true;
          break;
        }
      }
    }
    return best;
  }

  /** How often another actor moves. */
  static int changes(List<Event> schedule) {
    int changes = 0;
    for (int i = 1; i < schedule.size(); i++) {
      if (!schedule.get(i).actor().equals(schedule.get(i - 1).actor())) {
        changes++;
      }
    }
    return changes;
  }

  /** An order that comes out the same, with few changes. */
  static List<Event> together(Order<Event> order) {
    var best = order.items();
    for (int first = 0; first < order.items().size(); first++) {
      if (order.before().get(first).isEmpty()) {
        var tried = together(order, order.items().get(first).actor());
        if (changes(tried) < changes(best)) {
          best = tried;
        }
      }
    }
    return best;
  }

  private static List<Event> together(Order<Event> order, String first) {
    var done = new BitSet();
    var all = new ArrayList<Event>();
    var actor = first;
    while (all.size() < order.items().size()) {
      for (int place : run(order, done, actor)) {
        all.add(order.items().get(place));
        done.set(place);
      }
      int longest = 0;
      for (int i = done.nextClearBit(0); i < order.items().size(); i = done.nextClearBit(i + 1)) {
        int length = run(order, done, order.items().get(i).actor()).size();
        if (length > longest) {
          longest = length;
          actor = order.items().get(i).actor();
        }
      }
    }
    return all;
  }

  /** What an actor can do now without the others. */
  private static List<Integer> run(Order<Event> order, BitSet done, String actor) {
    var now = (BitSet) done.clone();
    var run = new ArrayList<Integer>();
    for (int i = 0; i < order.items().size(); i++) {
      if (!now.get(i) && order.items().get(i).actor().equals(actor)) {
        var missing = (BitSet) order.before().get(i).clone();
        missing.andNot(now);
        if (!missing.isEmpty()) {
          return run;
        }
        now.set(i);
        run.add(i);
      }
    }
    return run;
  }

  /** With what an actor does moved to what it did before, or the other way round. */
  private static List<List<Event>> simpler(List<Event> schedule) {
    var blocks = new ArrayList<List<Event>>();
    for (var event : schedule) {
      if (blocks.isEmpty() || !blocks.get(blocks.size() - 1).get(0).actor().equals(event.actor())) {
        blocks.add(new ArrayList<>());
      }
      blocks.get(blocks.size() - 1).add(event);
    }
    var all = new ArrayList<List<Event>>();
    for (int later = 1; later < blocks.size(); later++) {
      for (int earlier = later - 2; earlier >= 0; earlier--) {
        if (blocks.get(earlier).get(0).actor().equals(blocks.get(later).get(0).actor())) {
          all.add(joined(blocks, later, earlier + 1));
          all.add(joined(blocks, earlier, later - 1));
          break;
        }
      }
    }
    return all;
  }

  private static List<Event> joined(List<List<Event>> blocks, int from, int to) {
    var moved = new ArrayList<>(blocks);
    moved.add(to, moved.remove(from));
    return moved.stream().flatMap(List::stream).toList();
  }
}
