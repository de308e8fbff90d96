package dev.reprise.debugger.retro;

import dev.reprise.runtime.store.OperationRow;
import dev.reprise.runtime.store.Position;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Which branch of a run stands for which branch of the original: the first that a branch begins for the first that it began,
 * whatever their positions are. A branch is named by the position where it begins; the main one by an empty text.
 * Not thread-safe.
 */
final class Branches {
  private final Map<String, List<String>> originals = new HashMap<>();
  private final Map<String, List<String>> begun = new HashMap<>();

  /** Of an execution with that log. */
  Branches(Collection<OperationRow> log) {
    var found = new TreeSet<Position>();
    for (var row : log) {
      for (var branch = of(row.position()); !branch.isEmpty(); branch = parent(branch)) {
        found.add(Position.parse(branch));
      }
    }
    for (var branch : found) {
      originals.computeIfAbsent(of(branch), parent -> new ArrayList<>()).add(branch.toString());
    }
  }

  /** The branch that a position is in. */
  static String of(Position position) {
    return parent(position.toString());
  }

  private static String parent(String position) {
    int dot = position.lastIndexOf('.');
    return dot < 0 ? "" : position.substring(0, dot);
  }

  /** A branch of the run begins. */
  void begin(Position position) {
    begun.computeIfAbsent(of(position), parent -> new ArrayList<>()).add(position.toString());
  }

  /** The original branch that a branch of the run stands for; one that there never was where there is none. */
  String original(String branch) {
    if (branch.isEmpty()) {
      return "";
    }
    var siblings = begun.getOrDefault(parent(branch), List.of());
    var there = originals.getOrDefault(original(parent(branch)), List.of());
    int index = siblings.indexOf(branch);
    return index >= 0 && index < there.size() ? there.get(index) : "new " + branch;
  }
}
