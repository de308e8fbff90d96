package dev.reprise.debugger.explore;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Runs every interleaving there is. */
final class Naive {
  final Map<Map<Event, Set<Event>>, String> forms = new HashMap<>();
  final Set<String> states = new TreeSet<>();
  int interleavings;
  boolean consistent = true;

  static Naive of(Model model) {
    return of(model, new Dependence());
  }

  /** Also whether those that count as equal end in the same state, with the same failures. */
  static Naive of(Model model, Dependence dependence) {
    var naive = new Naive();
    var choices = new ArrayList<int[]>();
    do {
      var trial = model.run(new Odometer(choices));
      naive.interleavings++;
      var end = trial.digest() + trial.complete() + Set.copyOf(trial.failures());
      var known = naive.forms.put(new Orders(dependence).of(trial).canonical(), end);
      naive.consistent &= known == null || known.equals(end);
      naive.states.add(trial.digest());
    } while (next(choices));
    return naive;
  }

  private static boolean next(List<int[]> choices) {
    for (int i = choices.size() - 1; i >= 0; i--) {
      if (++choices.get(i)[0] < choices.get(i)[1]) {
        return true;
      }
      choices.remove(i);
    }
    return false;
  }

  private static final class Odometer implements Chooser {
    private final List<int[]> choices;
    private int at;

    Odometer(List<int[]> choices) {
      this.choices = choices;
    }

    @Override
    public Event choose(List<Event> enabled) {
      if (at == choices.size()) {
        choices.add(new int[] {0, enabled.size()});
      }
      return enabled.get(choices.get(at++)[0]);
    }
  }
}
