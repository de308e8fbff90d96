package dev.reprise.runtime.engine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which transaction has to come before which, and why; a cycle is an anomaly (Adya, Weak Consistency, MIT 1999). What a
 * cycle is called depends on its edges:
 *
 * <ul>
 *   <li>G0: writes only. No isolation level allows it.
 *   <li>G1c: writes and reads of writes. Read committed excludes it.
 *   <li>G-single: one read of what was overwritten later. Lost updates and read skew; a snapshot excludes it.
 *   <li>G-nonadjacent: several of those, but no two in a row. A snapshot excludes it too (Cerone and Gotsman, JACM 2018:
 *       snapshot isolation is the absence of cycles in which every such read comes after another edge).
 *   <li>G2: all others. Write skew; only serializability excludes it.
 * </ul>
 *
 * <p>Not thread-safe.
 */
final class DependencyGraph {
  /** Why one comes before the other. */
  enum Kind {
    /** The other's append comes right after this one's. */
    WW,
    /** The other has read what this one appended. */
    WR,
    /** This one has not seen what the other appended. */
    RW
  }

  /** The kinds of cycles, the worst first. */
  enum Anomaly {
    G0,
    G1C,
    G_SINGLE,
    G_NONADJACENT,
    G2
  }

  /** A cycle, as {@code a -ww-> b -rw-> a}. */
  record Cycle(Anomaly anomaly, String path) {}

  private record Edge(String from, Kind kind, String to) {}

  /** A transaction and whether it was reached by an edge of kind RW. */
  private record Place(String txn, boolean byRw) {}

  private final List<String> txns;
  private final Map<String, Set<Edge>> edges = new HashMap<>();

  /** Without dependencies. */
  DependencyGraph(List<String> txns) {
    this.txns = List.copyOf(txns);
  }

  /** Adds a dependency; one on itself is none. */
  void add(String from, Kind kind, String to) {
    if (!from.equals(to)) {
      edges.computeIfAbsent(from, txn -> new LinkedHashSet<>()).add(new Edge(from, kind, to));
    }
  }

  /** How many dependencies there are. */
  int size() {
    return edges.values().stream().mapToInt(Set::size).sum();
  }

  /** The worst cycle; empty where there is none and the transactions could have run one after the other. */
  Optional<Cycle> worstCycle() {
    return cycle(Anomaly.G0, EnumSet.of(Kind.WW))
        .or(() -> cycle(Anomaly.G1C, EnumSet.of(Kind.WW, Kind.WR)))
        .or(this::cycleWithOneRw)
        .or(this::cycleWithoutTwoRwInARow)
        .or(() -> cycle(Anomaly.G2, EnumSet.allOf(Kind.class)));
  }

  private Optional<Cycle> cycle(Anomaly anomaly, Set<Kind> kinds) {
    for (var txn : txns) {
      var path = path(new Place(txn, false), txn, kinds, false);
      if (path.isPresent()) {
        return path.map(found -> named(anomaly, found));
      }
    }
    return Optional.empty();
  }

  private Optional<Cycle> cycleWithOneRw() {
    for (var txn : txns) {
      for (var edge : of(txn)) {
        if (edge.kind() == Kind.RW) {
          var back = path(new Place(edge.to(), true), txn, EnumSet.of(Kind.WW, Kind.WR), false);
          if (back.isPresent()) {
            var whole = new ArrayList<>(List.of(edge));
            whole.addAll(back.get());
            return Optional.of(named(Anomaly.G_SINGLE, whole));
          }
        }
      }
    }
    return Optional.empty();
  }

  /** Every such cycle has an edge of another kind to begin with, else there are two in a row. */
  private Optional<Cycle> cycleWithoutTwoRwInARow() {
    for (var txn : txns) {
      for (var edge : of(txn)) {
        if (edge.kind() != Kind.RW) {
          var back = path(new Place(edge.to(), false), txn, EnumSet.allOf(Kind.class), true);
          if (back.isPresent()) {
            var whole = new ArrayList<>(List.of(edge));
            whole.addAll(back.get());
            return Optional.of(named(Anomaly.G_NONADJACENT, whole));
          }
        }
      }
    }
    return Optional.empty();
  }

  /** The shortest path of at least one edge, by breadth-first search. */
  private Optional<List<Edge>> path(Place from, String to, Set<Kind> kinds, boolean neverTwoRw) {
    var came = new HashMap<Place, @Nullable Step>();
    var next = new ArrayDeque<Place>(List.of(from));
    while (!next.isEmpty()) {
      var place = next.remove();
      for (var edge : of(place.txn())) {
        boolean isRw = edge.kind() == Kind.RW;
        var reached = new Place(edge.to(), neverTwoRw && isRw);
        boolean allowed = kinds.contains(edge.kind()) && !(neverTwoRw && isRw && place.byRw());
        if (allowed && !came.containsKey(reached)) {
          came.put(reached, new Step(place, edge));
          if (edge.to().equals(to)) {
            return Optional.of(walkedBack(came, from, reached));
          }
          next.add(reached);
        }
      }
    }
    return Optional.empty();
  }

  private record Step(Place from, Edge edge) {}

  private static List<Edge> walkedBack(Map<Place, @Nullable Step> came, Place from, Place reached) {
    var path = new ArrayList<Edge>();
    var place = reached;
    do {
      var step = came.get(place);
      if (step == null) {
        throw new IllegalStateException("nobody came from " + place);
      }
      path.add(step.edge());
      place = step.from();
    } while (!place.equals(from));
    Collections.reverse(path);
    return path;
  }

  private Set<Edge> of(String txn) {
    var found = edges.get(txn);
    return found == null ? Set.of() : found;
  }

  private static Cycle named(Anomaly anomaly, List<Edge> path) {
    var text = new StringBuilder(path.get(0).from());
    path.forEach(edge -> text.append(" -")
        .append(edge.kind().name().toLowerCase(java.util.Locale.ROOT))
        .append("-> ")
        .append(edge.to()));
    return new Cycle(anomaly, text.toString());
  }
}
