package dev.reprise.debugger.explore;

import static dev.reprise.debugger.explore.Event.Kind.TAKE;

import dev.reprise.debugger.retro.Footprint;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * What snapshots are for. The footprint of a snapshot shows only later, when the body runs on it, and how much of it
 * shows depends on what came in between: a write conflict cuts the body short. So that a snapshot depends on the same
 * events whatever comes after it, all footprints count that were ever seen of the same transaction of an actor with the
 * same past. For one thread.
 */
final class Knowledge {
  private final Dependence dependence;
  private final Map<List<Object>, Integer> pasts = new HashMap<>();
  private final Map<List<Object>, Footprint> snapshots = new HashMap<>();

  Knowledge(Dependence dependence) {
    this.dependence = dependence;
  }

  /**
   * Takes in what a trial shows.
   *
   * @return whether it is more than was known of a snapshot that was seen before
   */
  boolean learn(List<Step> steps) {
    boolean more = false;
    var keys = keys(steps);
    for (int i = 0; i < steps.size(); i++) {
      if (steps.get(i).event().kind() == TAKE) {
        var seen = steps.get(i).footprint();
        var known = snapshots.put(keys.get(i), seen);
        if (known != null) {
          var both = known.and(seen);
          snapshots.put(keys.get(i), both);
          more |= !both.equals(known);
        }
      }
    }
    return more;
  }

  /** The footprint of each step, of snapshots all that is known; of a trial that was taken in. */
  List<Footprint> footprints(List<Step> steps) {
    var keys = keys(steps);
    var all = new ArrayList<Footprint>();
    for (int i = 0; i < steps.size(); i++) {
      var own = steps.get(i).footprint();
      all.add(snapshots.getOrDefault(keys.get(i), own));
    }
    return all;
  }

  /**
   * Names each event by what its actor went through before it. That leaves out what merely had to come earlier, such as
   * another's snapshot before a commit: it has no effect on the commit.
   */
  private List<List<Object>> keys(List<Step> steps) {
    var keys = new ArrayList<List<Object>>();
    var numbers = new HashMap<Event, Integer>();
    var lasts = new HashMap<String, Integer>();
    var inOrder = new ArrayList<Integer>();
    for (int i = 0; i < steps.size(); i++) {
      var step = steps.get(i);
      var awaited = new TreeSet<Integer>();
      step.awaited().forEach(event -> awaited.add(numbers.getOrDefault(event, -1)));
      List<Object> key =
          List.of(step.event(), lasts.getOrDefault(step.event().actor(), -1), List.copyOf(awaited));
      keys.add(key);
      var seen = new TreeSet<Integer>();
      for (int j = 0; j < i; j++) {
        var other = steps.get(j);
        if (dependence.reaches(other.event(), other.footprint(), step.footprint())) {
          seen.add(inOrder.get(j));
        }
      }
      int number = pasts.computeIfAbsent(List.of(key, List.copyOf(seen)), it -> pasts.size());
      inOrder.add(number);
      numbers.put(step.event(), number);
      lasts.put(step.event().actor(), number);
    }
    return keys;
  }
}
