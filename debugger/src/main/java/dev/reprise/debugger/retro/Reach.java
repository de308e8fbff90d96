package dev.reprise.debugger.retro;

import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which executions a change of code can reach through the database. Those are to be run again; what they write then is known
 * better, so the caller asks anew until nothing is added. Pure.
 */
public final class Reach {
  private Reach() {}

  /**
   * The executions to be run: those whose code changed, whoever shares a family with one of these, and whoever reads or writes
   * what one of these writes, or wrote, by whatever many steps.
   *
   * @param originals what each execution of the original run read and wrote, all of its transactions together
   * @param changed those whose code changed, or is not known to be the same; also ones that the original run has not got
   * @param families the executions that call each other, each with all of its family; it may lack those that are alone
   * @param redone what was read and written by those that have been run again
   */
  public static Set<String> affected(
      Map<String, Footprint> originals,
      Set<String> changed,
      Map<String, Set<String>> families,
      Map<String, Footprint> redone) {
    var affected = new TreeSet<String>();
    var next = new ArrayDeque<String>(changed);
    next.addAll(redone.keySet());
    var left = new TreeMap<>(originals);
    while (!next.isEmpty()) {
      var execution = next.remove();
      if (!affected.add(execution)) {
        continue;
      }
      left.remove(execution);
      next.addAll(families.getOrDefault(execution, Set.of()));
      families.forEach((other, family) -> {
        if (family.contains(execution)) {
          next.add(other);
        }
      });
      var written = writes(execution, originals, redone);
      left.forEach((other, footprint) -> {
        if (footprint.isTouchedBy(written)) {
          next.add(other);
        }
      });
    }
    return affected;
  }

  private static Set<Access> writes(
      String execution, Map<String, Footprint> originals, Map<String, Footprint> redone) {
    return originals
        .getOrDefault(execution, Footprint.NONE)
        .and(redone.getOrDefault(execution, Footprint.NONE))
        .writes();
  }

  /**
   * Why it is safe not to run the others, a sentence each.
   *
   * @param affected those that are run, from {@link #affected}
   */
  public static Map<String, String> reasons(
      Map<String, Footprint> originals, Set<String> affected, Map<String, Footprint> redone) {
    var written = new HashSet<String>();
    for (var execution : affected) {
      writes(execution, originals, redone).forEach(access -> written.add(access.table()));
    }
    var reasons = new TreeMap<String, String>();
    originals.forEach((execution, footprint) -> {
      if (!affected.contains(execution)) {
        reasons.put(execution, reason(footprint, affected.isEmpty(), written));
      }
    });
    return reasons;
  }

  private static String reason(Footprint footprint, boolean isNothingRun, Set<String> written) {
    if (isNothingRun) {
      return "Its code is the same, and no execution is run with other code.";
    }
    var used = new TreeSet<String>();
    footprint.reads().forEach(access -> used.add(access.table()));
    footprint.writes().forEach(access -> used.add(access.table()));
    if (used.isEmpty()) {
      return "Its code is the same, and it used no table.";
    }
    var shared = new TreeSet<>(used);
    shared.retainAll(written);
    return shared.isEmpty()
        ? "Its code is the same, and none of those that are run again writes a table that it used: "
            + String.join(", ", used) + "."
        : "Its code is the same, and in " + String.join(", ", shared)
            + " those that are run again write other rows than it used.";
  }
}
