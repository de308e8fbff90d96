package dev.reprise.debugger.replay;

import dev.reprise.Isolation;
import dev.reprise.debugger.replay.Moves.Split;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Looks for places of bodies at which calls come out as recorded. Transactions that did not see one another ran at the same
 * time; which statement came first is not recorded, and mattered where one looked past its snapshot: at locks, keys or a
 * TRUNCATE. First whole bodies are tried at other places, then a body in parts: what its statements changed at the places
 * where it was tried tells which parts may have been where. For one thread.
 */
final class OrderSearch {
  private final Attempts attempts;
  private final Map<Integer, String> notes = new HashMap<>();
  private int left;
  private int leftForParts;

  /**
   * With a way to try.
   *
   * @param budget how many orders of whole bodies are tried at most, and how many of bodies in parts
   */
  OrderSearch(Attempts attempts, int budget) {
    this.attempts = attempts;
    this.left = budget;
    this.leftForParts = budget;
  }

  /** Replays the trace from its start. */
  @FunctionalInterface
  interface Attempts {
    /** In none of the calls is anything looked for. */
    int NONE = -1;

    /**
     * With some bodies at other places.
     *
     * @param watched the number of the call that it is about, or {@link #NONE}: where that does not come out as recorded, the
     *     replay may end
     * @param known verdicts of calls that end before anything is another than when they were found
     */
    Outcome with(Moves moves, int watched, Map<Integer, Verdict> known)
        throws SQLException, InterruptedException;
  }

  /**
   * What one replay gave.
   *
   * @param verdicts by the numbers of the calls; all of them, where the watched one is as recorded
   * @param course of the watched call; null where it is not known
   * @param recorded what the transaction of the watched call changed, without what defaults gave
   */
  record Outcome(
      Schedule schedule,
      Map<Integer, Verdict> verdicts,
      @Nullable BodyCourse course,
      List<Captured> recorded) {
    Verdict verdict(int number) {
      return Objects.requireNonNull(verdicts.get(number));
    }
  }

  /** The best outcome so far, and how it came about. */
  private record Best(Moves moves, Outcome outcome) {}

  /** The best outcome, with what was found out in the notes of its verdicts. */
  Outcome go() throws SQLException, InterruptedException {
    var best = new Best(Moves.NONE, attempts.with(Moves.NONE, Attempts.NONE, Map.of()));
    int calls = best.outcome().verdicts().size();
    for (int number = 0; number < calls; number++) {
      if (isToBeTried(best.outcome().verdict(number))) {
        best = better(best, number);
      }
    }
    var outcome = best.outcome();
    var verdicts = new HashMap<Integer, Verdict>();
    outcome.verdicts().forEach((number, verdict) -> {
      var note = notes.get(number);
      verdicts.put(number, note == null ? verdict : verdict.with(note));
    });
    return new Outcome(outcome.schedule(), verdicts, null, List.of());
  }

  private static boolean isToBeTried(Verdict verdict) {
    return !verdict.isEqual() && verdict.call().isolation() != Isolation.READ_COMMITTED;
  }

  private Best better(Best best, int number) throws SQLException, InterruptedException {
    var all = alternatives(best.outcome().schedule(), number);
    var known = new TreeMap<Integer, BodyCourse>();
    List<Captured> recorded = null;
    int tried = 0;
    for (var change : all) {
      if (left == 0) {
        break;
      }
      left--;
      tried++;
      var moves = best.moves().with(change);
      var outcome = attempts.with(moves, number, known(best.outcome(), change));
      if (isBetter(outcome, best.outcome(), number)) {
        notes.put(number, describe(outcome, change));
        return new Best(moves, outcome);
      }
      recorded = outcome.recorded();
      var place = change.get(number);
      if (place != null && outcome.course() != null) {
        known.put(place, outcome.course());
      }
    }
    int parts = leftForParts;
    var found = known.isEmpty() ? null : inParts(best, number, known, recorded);
    if (found == null) {
      notes.put(number, unfound(tried, all.size(), parts - leftForParts));
    }
    return found == null ? best : found;
  }

  /** Tries the body in parts; null where nothing helps. */
  private @Nullable Best inParts(
      Best best,
      int number,
      SortedMap<Integer, BodyCourse> known,
      @Nullable List<Captured> recorded)
      throws SQLException, InterruptedException {
    var schedule = best.outcome().schedule();
    int usual = schedule.placed().get(number).place();
    var again = Map.of(number, usual);
    var whole = attempts.with(best.moves().with(again), number, known(best.outcome(), again));
    if (whole.course() != null) {
      known.put(usual, whole.course());
    }
    boolean failed = best.outcome().verdict(number).call().operation().error() != null;
    var splits = new Splits(failed ? null : recorded, known);
    for (var split = splits.next(); split != null && leftForParts > 0; split = splits.next()) {
      leftForParts--;
      var moves = best.moves().with(number, split);
      var begun = Map.of(number, split.place());
      var outcome = attempts.with(moves, number, known(best.outcome(), begun));
      if (isBetter(outcome, best.outcome(), number)) {
        notes.put(number, describe(outcome, number, split));
        return new Best(moves, outcome);
      }
      splits.learned(split, outcome.course());
    }
    return null;
  }

  /** The verdicts of those that end before any of the bodies that are moved, at its old place or its new one. */
  private static Map<Integer, Verdict> known(Outcome outcome, Map<Integer, Integer> change) {
    var schedule = outcome.schedule();
    int from = schedule.order().size();
    for (var entry : change.entrySet()) {
      var one = schedule.placed().get(entry.getKey());
      int place = entry.getValue() == Schedule.UP_TO_USUAL ? one.earliest() : entry.getValue();
      from = Math.min(from, Math.min(one.place(), place));
    }
    var known = new HashMap<>(outcome.verdicts());
    int first = from;
    known.keySet().removeIf(number -> schedule.endOf(number) >= first);
    return known;
  }

  /** Whether the call comes out as recorded, and none that did before does not any more. */
  private static boolean isBetter(Outcome tried, Outcome best, int number) {
    return tried.verdict(number).isEqual()
        && best.verdicts().entrySet().stream()
            .filter(known -> known.getValue().isEqual())
            .allMatch(known -> tried.verdict(known.getKey()).isEqual());
  }

  private String unfound(int tried, int all, int parts) {
    if (tried < all) {
      return "none of " + tried + " other orders of the transactions gave the recorded outcome; "
          + (all - tried) + " more were not tried: the limit is reached";
    }
    if (all == 0) {
      return "nothing ran at the same time whose order could matter";
    }
    return "none of " + all + " other orders of the transactions"
        + (parts == 0 ? "" : ", and none of " + parts + " orders of its statements,")
        + " gave the recorded outcome: the order within them, which is not recorded, or something outside"
        + " the database mattered"
        + (parts > 0 && leftForParts == 0 ? "; more were not tried: the limit is reached" : "");
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
      var label = outcome.verdict(number).call().label();
      parts.add(
          place == Schedule.UP_TO_USUAL
              ? label + " failed before the place that clocks tell"
              : "the body of " + label + " ran " + where(outcome, place));
    });
    return "order found by trying: " + String.join(", ", parts);
  }

  private static String describe(Outcome outcome, int number, Split split) {
    var text = new StringBuilder("order found by trying: the body of "
        + outcome.verdict(number).call().label() + " began " + where(outcome, split.place()));
    for (var cut : split.cuts()) {
      text.append(", and went on with statement ")
          .append(cut.statement() + 1)
          .append(' ')
          .append(where(outcome, cut.place()));
    }
    return text.toString();
  }

  private static String where(Outcome outcome, int place) {
    var order = outcome.schedule().order().transactions();
    return place < order.size()
        ? "before transaction " + order.get(place) + " committed"
        : "after all commits";
  }
}
