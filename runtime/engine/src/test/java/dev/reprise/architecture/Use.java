package dev.reprise.architecture;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One package uses another.
 *
 * @param from the name of a package
 * @param to the name of another package
 * @param where for people: what to look at
 */
record Use(String from, String to, String where) {
  /**
   * The uses that are part of a package cycle, or lie between two cycles: what remains when packages that nothing uses
   * and packages that use nothing are taken away, until there are none.
   */
  static List<Use> inCycles(Collection<Use> uses) {
    var left = new ArrayList<>(uses);
    left.removeIf(use -> use.from().equals(use.to()));
    int before;
    do {
      before = left.size();
      var users = left.stream().map(Use::from).toList();
      var used = left.stream().map(Use::to).toList();
      left.removeIf(use -> !used.contains(use.from()) || !users.contains(use.to()));
    } while (left.size() < before);
    return left;
  }

  /** The uses that do not go up in a list of packages below {@code root}, first the topmost, or leave the list. */
  static List<Use> againstLayers(Collection<Use> uses, String root, List<String> layers) {
    return uses.stream()
        .filter(use -> use.from().startsWith(root + ".") && use.to().startsWith(root + "."))
        .filter(use -> {
          int from = layers.indexOf(layer(use.from(), root));
          int to = layers.indexOf(layer(use.to(), root));
          return from < 0 || to < 0 || to > from;
        })
        .toList();
  }

  private static String layer(String name, String root) {
    return name.substring(root.length() + 1).split("\\.", 2)[0];
  }

  /** The uses of libraries, given by the beginning of their package names, by others than their owners. */
  static List<Use> byOthersThanOwners(Collection<Use> uses, Map<String, Set<String>> owners) {
    return uses.stream()
        .filter(use -> owners.entrySet().stream()
            .anyMatch(entry -> isIn(use.to(), entry.getKey())
                && entry.getValue().stream().noneMatch(owner -> isIn(use.from(), owner))))
        .toList();
  }

  /** Whether a package is the parent or below it. */
  static boolean isIn(String name, String parent) {
    return name.equals(parent) || name.startsWith(parent + ".");
  }

  @Override
  public String toString() {
    return from + " uses " + to + " (" + where + ")";
  }
}
