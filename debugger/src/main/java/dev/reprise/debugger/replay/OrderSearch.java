package dev.reprise.debugger.replay;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Looks for places of bodies at which calls come out as recorded. Transactions that did not see one another ran at the same
 * time; which statement came first is not recorded, and mattered where one looked past its snapshot: at locks, keys or a
 * TRUNCATE. For one thread.
 */
final class OrderSearch {
  private final Attempts attempts;
  private int left;

  /**
   * With a way to try.
   *
   * @param budget how many orders are tried at most
   */
  OrderSearch(Attempts attempts, int budget) {
    this.attempts = attempts;
    this.left = budget;
  }

  /** Replays the trace from its start. */
  @FunctionalInterface
  interface Attempts {
    /** With some bodies at other places, by the numbers of their calls. */
    Outcome with(Map<Integer, Integer> moved) throws SQLException, InterruptedException;
  }

  /** What one replay gave. */
  record Outcome(Schedule schedule, List<Verdict> verdicts) {}

  /** The best outcome, with what was found out in the notes of its verdicts. */
  Outcome go() throws SQLException, InterruptedException {
    var moved = new LinkedHashMap<Integer, Integer>();
    var best = attempts.with(moved);
    var notes = new HashMap<Integer, String>();
    for (int i = 0; i < best.verdicts().size(); i++) {
      if (isToBeTried(best.verdicts().get(i))) {
        int before = left;
        var all = alternatives(best.schedule(), i);
        for (var change : all) {
          if (left == 0) {
            break;
          }
          left--;
          var tried = new LinkedHashMap<>(moved);
          tried.putAll(change);
          var outcome = attempts.with(tried);
          if (outcome.verdicts().get(i).isEqual() && isNoWorse(outcome, best)) {
            best = outcome;
            moved = tried;
            notes.put(i, describe(best, change));
            break;
          }
        }
        if (!notes.containsKey(i)) {
          notes.put(i, unfound(before - left, all.size()));
        }
      }
    }
    return new Outcome(best.schedule(), withNotes(best.verdicts(), notes));
  }

  private static String unfound(int tried, int all) {
    if (tried < all) {
      return "none of " + tried + " other orders of the transactions gave the recorded outcome; "
          + (all - tried) + " more were not tried: the limit is reached";
    }
    return all == 0
        ? "nothing ran at the same time whose order could matter"
        : "none of " + all
            + " other orders of the transactions gave the recorded outcome: the order within them,"
            + " which is not recorded, or something outside the database mattered";
  }

  private static boolean isToBeTried(Verdict verdict) {
    return !verdict.isEqual() && verdict.call().isolation() != dev.reprise.Isolation.READ_COMMITTED;
  }

  private static boolean isNoWorse(Outcome tried, Outcome best) {
    for (int i = 0; i < best.verdicts().size(); i++) {
      if (best.verdicts().get(i).isEqual() && !tried.verdicts().get(i).isEqual()) {
        return false;
      }
    }
    return true;
  }

  /** The body at its other places, nearest first; then concurrent ones that committed later before it. */
  static List<Map<Integer, Integer>> alternatives(Schedule schedule, int number) {
    var all = new ArrayList<Map<Integer, Integer>>();
    var it = schedule.placed().get(number);
    if (it.call().snapshot() == null) {
      return failuresPlaces(it);
    }
    int farthest = Math.max(it.latest() - it.place(), it.place() - it.earliest());
    // the snapshot's own place first: it is the most likely one for a transaction that was quick to
    // act and slow to commit
    if (it.earliest() < it.place()) {
      all.add(Map.of(number, it.earliest()));
    }
    for (int distance = 1; distance <= farthest; distance++) {
      if (it.place() - distance > it.earliest()) {
        all.add(Map.of(number, it.place() - distance));
      }
      if (it.place() + distance <= it.latest()) {
        all.add(Map.of(number, it.place() + distance));
      }
    }
    for (var other : schedule.placed()) {
      if (other.call().number() != number
          && other.commit() > it.place()
          && other.earliest() <= it.place()
          && other.place() > it.place()) {
        all.add(Map.of(other.call().number(), it.place()));
      }
    }
    return all;
  }

  /** It failed before it had ended, as clocks tell; but clocks differ. */
  private static List<Map<Integer, Integer>> failuresPlaces(Schedule.Placed it) {
    var all = new ArrayList<Map<Integer, Integer>>();
    if (it.earliest() < it.place()) {
      all.add(Map.of(it.call().number(), Schedule.UP_TO_USUAL));
    }
    for (int place = it.place() + 1; place <= it.latest(); place++) {
      all.add(Map.of(it.call().number(), place));
    }
    return all;
  }

  private static String describe(Outcome outcome, Map<Integer, Integer> change) {
    var parts = new ArrayList<String>();
    change.forEach((number, place) -> {
      var call = outcome.verdicts().get(number).call();
      var order = outcome.schedule().order().transactions();
      if (place == Schedule.UP_TO_USUAL) {
        parts.add(call.label() + " failed before the place that clocks tell");
        return;
      }
      parts.add("the body of " + call.label() + " ran "
          + (place < order.size()
              ? "before transaction " + order.get(place) + " committed"
              : "after all commits"));
    });
    return "order found by trying: " + String.join(", ", parts);
  }

  private static List<Verdict> withNotes(List<Verdict> verdicts, Map<Integer, String> notes) {
    var all = new ArrayList<Verdict>();
    for (int i = 0; i < verdicts.size(); i++) {
      var verdict = verdicts.get(i);
      var note = notes.get(i);
      all.add(note == null ? verdict : verdict.with(note));
    }
    return all;
  }
}
