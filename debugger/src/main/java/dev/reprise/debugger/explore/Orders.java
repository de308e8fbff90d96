package dev.reprise.debugger.explore;

import dev.reprise.debugger.retro.Footprint;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Finds out what had to come before what in a trial. Stateless but for the dependence. */
final class Orders {
  private final Dependence dependence;

  Orders(Dependence dependence) {
    this.dependence = dependence;
  }

  /** The order of events, by the footprints of the trial itself. */
  Order<Event> of(Trial trial) {
    return of(trial.steps(), trial.steps().stream().map(Step::footprint).toList());
  }

  /**
   * The order of events.
   *
   * @param footprints one for each step
   * @throws IllegalStateException if the steps are not what a subject may give
   */
  Order<Event> of(List<Step> steps, List<Footprint> footprints) {
    var direct = new ArrayList<BitSet>();
    var own = new ArrayList<BitSet>();
    var awaited = new ArrayList<BitSet>();
    var places = new HashMap<Event, Integer>();
    for (int i = 0; i < steps.size(); i++) {
      var event = steps.get(i).event();
      var dependsOn = new BitSet();
      var ofActor = new BitSet();
      for (int j = 0; j < i; j++) {
        var other = steps.get(j).event();
        if (other.actor().equals(event.actor())) {
          ofActor.set(j);
        } else if (dependence.between(other, footprints.get(j), event, footprints.get(i))) {
          dependsOn.set(j);
        }
      }
      direct.add(dependsOn);
      own.add(ofActor);
      awaited.add(awaited(steps, i, places));
      if (places.put(event, i) != null) {
        throw new IllegalStateException("The subject let " + event + " happen twice");
      }
    }
    return Order.of(steps.stream().map(Step::event).toList(), direct, own, awaited);
  }

  /** Those the subject names, and the event after which this one was possible first. */
  private static BitSet awaited(List<Step> steps, int place, Map<Event, Integer> places) {
    var step = steps.get(place);
    var awaited = new BitSet();
    for (var event : step.awaited()) {
      var at = places.get(event);
      if (at == null) {
        throw new IllegalStateException("The subject says that " + step.event() + " waited for "
            + event + ", which did not happen before it");
      }
      awaited.set(at);
    }
    int since = place;
    while (since > 0 && steps.get(since - 1).enabled().contains(step.event())) {
      since--;
    }
    if (!step.enabled().contains(step.event())
        || steps.subList(0, since).stream().anyMatch(it -> it.enabled().contains(step.event()))) {
      throw new IllegalStateException(
          "The subject let " + step.event() + " be impossible after it had been possible");
    }
    if (since > 0 && !steps.get(since - 1).event().actor().equals(step.event().actor())) {
      awaited.set(since - 1);
    }
    return awaited;
  }

  /** The requests in the order in which they ran; null if they did not run one after another. */
  static @Nullable List<String> oneAfterAnother(
      List<Event> events, UnaryOperator<String> requestOf) {
    var requests = new LinkedHashSet<String>();
    String last = null;
    for (var event : events) {
      var request = requestOf.apply(event.actor());
      if (!requests.add(request) && !request.equals(last)) {
        return null;
      }
      last = request;
    }
    return List.copyOf(requests);
  }

  /** The order of requests that ran one after another, by the order of their events. */
  static Order<String> ofRequests(
      List<String> requests, Order<Event> order, UnaryOperator<String> requestOf) {
    var all = Set.copyOf(requests);
    var direct = between(requests, order.items(), order.direct(), requestOf);
    var awaited = between(requests, order.items(), order.needed(), requestOf);
    var none = all.stream().map(it -> new BitSet()).toList();
    return Order.of(requests, direct, none, awaited);
  }

  private static List<BitSet> between(
      List<String> requests,
      List<Event> events,
      List<BitSet> earlier,
      UnaryOperator<String> requestOf) {
    var between = new ArrayList<BitSet>();
    requests.forEach(it -> between.add(new BitSet()));
    for (int i = 0; i < events.size(); i++) {
      int request = requests.indexOf(requestOf.apply(events.get(i).actor()));
      earlier.get(i).stream()
          .map(place -> requests.indexOf(requestOf.apply(events.get(place).actor())))
          .filter(other -> other != request)
          .forEach(between.get(request)::set);
    }
    return between;
  }

  /** Whether the trial comes out as one in which the requests run one after another. */
  static boolean isSerial(Order<Event> order, UnaryOperator<String> requestOf) {
    var events = order.items();
    var requests = List.copyOf(new LinkedHashSet<>(
        events.stream().map(event -> requestOf.apply(event.actor())).toList()));
    var before = between(requests, events, order.before(), requestOf);
    var left = new BitSet();
    left.set(0, requests.size());
    boolean found = true;
    while (found) {
      found = false;
      for (int i = left.nextSetBit(0); i >= 0; i = left.nextSetBit(i + 1)) {
        if (!before.get(i).intersects(left)) {
          left.clear(i);
          found = true;
        }
      }
    }
    return left.isEmpty();
  }

  /** Whether within a request something could come in more than one order. */
  static boolean hasChoiceWithin(Order<Event> order, UnaryOperator<String> requestOf) {
    var led = new ArrayList<BitSet>();
    var lasts = new HashMap<String, Integer>();
    for (int i = 0; i < order.items().size(); i++) {
      var all = (BitSet) order.needed().get(i).clone();
      order.needed().get(i).stream().forEach(place -> all.or(led.get(place)));
      led.add(all);
      var last = lasts.put(requestOf.apply(order.items().get(i).actor()), i);
      if (last != null && !all.get(last)) {
        return true;
      }
    }
    return false;
  }
}
