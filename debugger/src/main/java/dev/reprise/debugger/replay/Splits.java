package dev.reprise.debugger.replay;

import dev.reprise.debugger.replay.Moves.Cut;
import dev.reprise.debugger.replay.Moves.Split;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * In which parts a body may have run. Of a body that was run as a whole at several places it is known what each of its
 * statements changes there. Where the first statements at one place and the others at a later one change what is recorded,
 * it is tried at both. But what a statement changes depends on those before it, too: then runs are cut further whose
 * beginning changed nothing but what is recorded. For one thread.
 */
final class Splits {
  private static final int MOST_CUTS = 3;
  private static final int MOST_LOOKED_AT = 50_000;

  private final @Nullable List<Captured> recorded;
  private final Map<Split, BodyCourse> known = new LinkedHashMap<>();
  private final TreeSet<Integer> places;
  private final Set<Integer> telling = new HashSet<>();
  private final Set<Split> given = new HashSet<>();
  private final Deque<Split> composed;

  /** A split that may be tried, and what speaks for it. */
  private record Candidate(Split split, boolean isTelling, int rows) {}

  /**
   * Of a body.
   *
   * @param recorded the changes of its transaction, without what defaults gave; null where it failed, so that nobody knows
   * @param whole what its statements change where it is run as a whole, by the places
   */
  Splits(@Nullable List<Captured> recorded, SortedMap<Integer, BodyCourse> whole) {
    this.recorded = recorded;
    this.places = new TreeSet<>(whole.keySet());
    BodyCourse last = null;
    int lastPlace = 0;
    for (var entry : whole.entrySet()) {
      known.put(new Split(entry.getKey(), List.of()), entry.getValue());
      if (entry.getValue().equals(last)) {
        telling.remove(lastPlace); // of places that make no difference the latest stands for all
      }
      telling.add(entry.getKey());
      last = entry.getValue();
      lastPlace = entry.getKey();
    }
    var composer = new Composer();
    this.composed = new ArrayDeque<>(recorded == null ? List.of() : composer.all());
  }

  /** The next that is worth trying; null for no more. */
  @Nullable
  Split next() {
    while (!composed.isEmpty()) {
      var split = composed.poll();
      if (given.add(split)) {
        return split;
      }
    }
    var best = candidates().stream()
        .max(Comparator.comparing(Candidate::isTelling)
            .thenComparing(Candidate::rows)
            .thenComparing(candidate -> -candidate.split().cuts().size())
            .thenComparing(candidate -> candidate.split().lastCut().statement())
            .thenComparing(candidate -> candidate.split().lastCut().place()))
        .map(Candidate::split)
        .orElse(null);
    if (best != null) {
      given.add(best);
    }
    return best;
  }

  /** One of them was tried, and was not right. */
  void learned(Split split, @Nullable BodyCourse course) {
    if (course != null) {
      known.put(split, course);
    }
  }

  /** What is known, with one more cut. */
  private List<Candidate> candidates() {
    var all = new ArrayList<Candidate>();
    known.forEach((split, course) -> {
      if (split.cuts().size() == MOST_CUTS) {
        return;
      }
      var from = split.cuts().isEmpty() ? new Cut(0, split.place()) : split.lastCut();
      var made = new ArrayList<Captured>();
      for (int i = 0; i < course.statements().size(); i++) {
        if (i > from.statement() && course.mayLookPast(i)) {
          for (int place : places.tailSet(from.place(), false)) {
            var candidate = split.with(new Cut(i, place));
            if (!given.contains(candidate)) {
              all.add(new Candidate(
                  candidate,
                  telling.contains(place) && telling.contains(split.place()),
                  made.size()));
            }
          }
        }
        made.addAll(course.of(i));
        if (!course.knows(i) || !mayBegin(made)) {
          break;
        }
      }
    });
    return all;
  }

  /** Whether what is recorded may begin with these changes. */
  private boolean mayBegin(List<Captured> made) {
    return recorded == null
        || Comparison.rows(recorded, made).differences().stream()
            .allMatch(difference -> difference instanceof Difference.Missing);
  }

  /** Puts together what runs of the whole body did at several places. */
  private final class Composer {
    private final List<Integer> at = new ArrayList<>();
    private final List<BodyCourse> courses = new ArrayList<>();
    private final List<Integer> statements = new ArrayList<>();
    private final List<List<Split>> found = new ArrayList<>();
    private int looked;

    Composer() {
      known.forEach((split, course) -> {
        if (telling.contains(split.place())) {
          at.add(split.place());
          courses.add(course);
        }
      });
      int longest =
          courses.stream().mapToInt(course -> course.statements().size()).max().orElse(0);
      for (int i = 0; i < longest; i++) {
        int statement = i;
        boolean same = courses.stream()
            .allMatch(course -> course.knows(statement)
                && course.of(statement).equals(courses.get(0).of(statement)));
        if (!same) {
          statements.add(i);
        }
      }
    }

    /** Those that change what is recorded, with few parts first. */
    List<Split> all() {
      for (int cuts = 1; cuts <= MOST_CUTS; cuts++) {
        found.add(new ArrayList<>());
        for (int course = 0; course < courses.size(); course++) {
          extend(cuts, course, 0, new ArrayList<>(), new ArrayList<>(List.of(course)));
        }
      }
      return found.stream().flatMap(List::stream).toList();
    }

    /** Tries every way to cut the statements from one on, where the parts before have their courses. */
    private void extend(
        int left, int course, int from, List<Integer> starts, List<Integer> chosen) {
      if (looked >= MOST_LOOKED_AT) {
        return;
      }
      if (left == 0) {
        looked++;
        if (isAsRecorded(starts, chosen)) {
          var cuts = new ArrayList<Cut>();
          for (int i = 0; i < starts.size(); i++) {
            cuts.add(new Cut(starts.get(i), at.get(chosen.get(i + 1))));
          }
          found.get(found.size() - 1).add(new Split(at.get(chosen.get(0)), cuts));
        }
        return;
      }
      for (int next = from + 1; next < statements.size(); next++) {
        for (int later = course + 1; later < courses.size(); later++) {
          starts.add(statements.get(next));
          chosen.add(later);
          extend(left - 1, later, next, starts, chosen);
          starts.remove(starts.size() - 1);
          chosen.remove(chosen.size() - 1);
        }
      }
    }

    private boolean isAsRecorded(List<Integer> starts, List<Integer> chosen) {
      var made = new ArrayList<Captured>();
      int part = 0;
      for (int i = 0; ; i++) {
        while (part < starts.size() && starts.get(part) <= i) {
          part++;
        }
        var course = courses.get(chosen.get(part));
        if (part == starts.size() && i >= course.statements().size()) {
          return recorded != null
              && Comparison.rows(recorded, made).differences().isEmpty();
        }
        if (!course.knows(i)) {
          return false;
        }
        made.addAll(course.of(i));
      }
    }
  }
}
