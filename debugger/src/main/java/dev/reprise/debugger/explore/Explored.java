package dev.reprise.debugger.explore;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The runs so far, and which are due. For one thread. */
final class Explored {
  private final Orders orders;
  private final Knowledge knowledge;
  private final List<Trial> trials = new ArrayList<>();
  private final Map<Map<Event, Set<Event>>, String> digests = new HashMap<>();
  private final Set<List<Event>> impossible = new HashSet<>();
  private Frontier<Event> frontier = new Frontier<>(impossible);
  private boolean stale;
  private @Nullable String contradiction;

  Explored(Dependence dependence) {
    orders = new Orders(dependence);
    knowledge = new Knowledge(dependence);
  }

  /**
   * A run came to its end.
   *
   * @return the order of its events, by its own footprints
   */
  Order<Event> add(Trial trial) {
    var order = orders.of(trial);
    trials.add(trial);
    var digest = digests.putIfAbsent(order.canonical(), trial.digest());
    if (digest != null && !digest.equals(trial.digest())) {
      contradict(trial.schedule(), "ends in another state");
    }
    stale |= knowledge.learn(trial.steps());
    frontier.add(orders.of(trial.steps(), knowledge.footprints(trial.steps())));
    return order;
  }

  /** A run was repeated in an order that should come out the same. */
  void probe(Trial trial, List<Event> other, Trial repeated) {
    if (!repeated.digest().equals(trial.digest())) {
      contradict(other, "ends in another state");
    } else if (!Set.copyOf(repeated.failures()).equals(Set.copyOf(trial.failures()))) {
      contradict(other, "fails in another way");
    }
  }

  /** What stands against that runs that should come out the same do. */
  void contradict(List<Event> schedule, String how) {
    contradiction =
        "a run that should come out as another did " + how + ": " + Schedules.format(schedule)
            + "; footprints do not tell everything, or code depends on something outside the database";
  }

  /** It turned out that no run can begin so. */
  void addImpossible(List<Event> beginning) {
    impossible.add(beginning);
  }

  /** How the next run is to begin; null where every possible run is like a known one. */
  @Nullable
  List<Event> next() {
    var next = frontier.next();
    if (next == null && stale) {
      // more is known of snapshots now than when the earlier runs were looked at
      stale = false;
      frontier = new Frontier<>(impossible);
      for (var trial : trials) {
        frontier.add(orders.of(trial.steps(), knowledge.footprints(trial.steps())));
      }
      next = frontier.next();
    }
    return next;
  }

  /** How many runs are unlike one another. */
  int inequivalent() {
    return digests.size();
  }

  /** What shows that the runs cannot be told apart by their footprints; null where nothing does. */
  @Nullable
  String contradiction() {
    return contradiction;
  }
}
