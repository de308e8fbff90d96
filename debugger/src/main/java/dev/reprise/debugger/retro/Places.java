package dev.reprise.debugger.retro;

import dev.reprise.debugger.replay.TracedCall;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Which transactions of a run stand for which of the original. A branch's calls are gone through in their order:
 *
 * <ul>
 *   <li>A call of a function that the rest of the original branch called stands for that call, for one with the same
 *       arguments before one with others. What the original called before it is not called any more. But where the arguments
 *       are others, and the code goes on with what the original called before, the call is a new one.
 *   <li>A call of another function is looked behind: what the code calls next tells how many of the original calls it stands
 *       for. Where it goes on with the next of them, it is new, and runs at once. Else it stands for those up to the one
 *       that the code goes on with: two transactions merged into one see what the first saw, and commit where the last did.
 * </ul>
 *
 * <p>Not thread-safe.
 */
final class Places {
  private final List<TracedCall> calls;
  private final Map<String, List<Integer>> left = new HashMap<>();
  private final Map<Cue, Place> assigned = new HashMap<>();
  private final Set<Integer> settled = new HashSet<>();

  /**
   * Of the calls of executions that are run again.
   *
   * @param calls all of the schedule, by its numbers
   */
  Places(List<TracedCall> calls) {
    this.calls = calls;
    var numbers = new ArrayList<Integer>();
    for (int i = 0; i < calls.size(); i++) {
      numbers.add(i);
    }
    numbers.sort((a, b) ->
        calls.get(a).operation().position().compareTo(calls.get(b).operation().position()));
    for (int number : numbers) {
      var call = calls.get(number);
      left.computeIfAbsent(
              key(call.execution().execution(), Branches.of(call.operation().position())),
              branch -> new ArrayList<>())
          .add(number);
    }
  }

  /**
   * Where a transaction runs.
   *
   * @param originals the numbers of the calls it stands for, in their order; none where it is new and runs at once
   */
  record Place(List<Integer> originals) {
    static final Place NEW = new Place(List.of());

    boolean isNew() {
      return originals.isEmpty();
    }

    /** It sees what this one saw. */
    int first() {
      return originals.get(0);
    }

    /** It ends where this one did. */
    int last() {
      return originals.get(originals.size() - 1);
    }
  }

  private static String key(UUID execution, String branch) {
    return execution + "/" + branch;
  }

  /**
   * The place of a transaction that the code has come to.
   *
   * @param next what the code would call behind it, asked only where it is needed; null for nothing
   */
  Place of(Cue cue, Supplier<Foresight.@Nullable Next> next) {
    var known = assigned.get(cue);
    if (known == null) {
      known = find(cue, next);
      assigned.put(cue, known);
      settled.addAll(known.originals());
    }
    return known;
  }

  private Place find(Cue cue, Supplier<Foresight.@Nullable Next> next) {
    var branch =
        key(cue.request().row().execution(), cue.request().branches().original(cue.branch()));
    var remaining = left.getOrDefault(branch, List.of());
    if (remaining.isEmpty()) {
      return Place.NEW;
    }
    var call = cue.call();
    int exact = exactly(remaining, call.name(), call.arguments());
    int named = exact >= 0 ? exact : named(remaining, call.name());
    if (exact >= 0 || named == 0) {
      return taken(remaining, named);
    }
    var following = next.get();
    int until = following == null ? -1 : match(remaining, following);
    if (named > 0) {
      // where the code goes on with what came before that call, this one was put in front
      return until >= 0 && until <= named ? Place.NEW : taken(remaining, named);
    }
    if (until == 0) {
      return Place.NEW;
    }
    int count = following == null ? remaining.size() : until < 0 ? 1 : until;
    var stoodFor = remaining.subList(0, count);
    var place = new Place(List.copyOf(stoodFor));
    stoodFor.clear();
    return place;
  }

  /** It stands for this one; what the original called before is not called any more. */
  private static Place taken(List<Integer> remaining, int index) {
    var number = remaining.get(index);
    remaining.subList(0, index + 1).clear();
    return new Place(List.of(number));
  }

  private int match(List<Integer> remaining, Foresight.Next next) {
    int exact = exactly(remaining, next.function(), next.arguments());
    return exact >= 0 ? exact : named(remaining, next.function());
  }

  private int exactly(List<Integer> remaining, String function, long arguments) {
    for (int i = 0; i < remaining.size(); i++) {
      var operation = calls.get(remaining.get(i)).operation();
      if (operation.function().equals(function) && operation.arguments() == arguments) {
        return i;
      }
    }
    return -1;
  }

  private int named(List<Integer> remaining, String function) {
    for (int i = 0; i < remaining.size(); i++) {
      if (calls.get(remaining.get(i)).operation().function().equals(function)) {
        return i;
      }
    }
    return -1;
  }

  /** Whether some call of the run stands for that original one. */
  boolean isTaken(int number) {
    return settled.contains(number);
  }
}
