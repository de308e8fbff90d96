package dev.reprise.debugger.replay;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which bodies do not run as a whole, or not at their usual places. Immutable.
 *
 * @param bodies the places where bodies begin, by the numbers of their calls
 * @param cuts where bodies go on, by the numbers of their calls; each body's in the order of its statements
 */
record Moves(Map<Integer, Integer> bodies, Map<Integer, List<Cut>> cuts) {
  /** Everything as usual. */
  static final Moves NONE = new Moves(Map.of(), Map.of());

  Moves {
    bodies = Map.copyOf(bodies);
    cuts = Map.copyOf(cuts);
  }

  /**
   * A body stops, and goes on later.
   *
   * @param statement the first one, from 0, that is not run before
   * @param place where it goes on
   */
  record Cut(int statement, int place) {}

  /** A body in parts: where it begins, and where it goes on. */
  record Split(int place, List<Cut> cuts) {
    Split {
      cuts = List.copyOf(cuts);
    }

    Split with(Cut further) {
      var all = new ArrayList<>(cuts);
      all.add(further);
      return new Split(place, all);
    }

    Cut lastCut() {
      return cuts.get(cuts.size() - 1);
    }
  }

  /** With these bodies whole. */
  static Moves of(Map<Integer, Integer> bodies) {
    return new Moves(bodies, Map.of());
  }

  /** With further bodies at other places, whole. */
  Moves with(Map<Integer, Integer> further) {
    var all = new LinkedHashMap<>(bodies);
    all.putAll(further);
    var left = new HashMap<>(cuts);
    left.keySet().removeAll(further.keySet());
    return new Moves(all, left);
  }

  /** With a body in parts. */
  Moves with(int number, Split split) {
    var all = new LinkedHashMap<>(bodies);
    all.put(number, split.place());
    var more = new HashMap<>(cuts);
    more.put(number, split.cuts());
    return new Moves(all, more);
  }
}
