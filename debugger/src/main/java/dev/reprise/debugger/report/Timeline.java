package dev.reprise.debugger.report;

import dev.reprise.debugger.retro.Performed;
import dev.reprise.debugger.retro.Redone;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The transactions of both runs on one axis, a lane for each execution. A transaction reaches from the place of its snapshot
 * to the end of the place of its commit; places are counted in commits. Immutable.
 *
 * @param original the lanes of the recorded run
 * @param changed the same executions, in the same order, with the changed code
 * @param places how many places there are
 */
record Timeline( // tidy: what a drawing takes
    List<Lane> original, List<Lane> changed, int places, Set<String> replaced, Set<String> notRun) {
  /** What became of a transaction. */
  enum Kind {
    /** Outcome and changes are those of the original. */
    SAME,
    /** It stands for an original, and differs. */
    CHANGED,
    /** The original run had none such. */
    NEW,
    /** It failed, and the original did not. */
    FAILED,
    /** An original that has no counterpart any more. */
    DROPPED,
    /** Of an execution that was not run again: its recorded effects were applied. */
    APPLIED;

    /** For a style sheet. */
    String style() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * An execution.
   *
   * @param rows how many bars lie above each other at most
   */
  record Lane(String execution, String function, List<Bar> bars, int rows) {}

  /**
   * A transaction.
   *
   * @param row counted from 0
   * @param facts what to tell of it, a line each
   */
  record Bar( // tidy: what a drawing takes
      double from,
      double to,
      int row,
      Kind kind,
      boolean committed,
      int attempts,
      String text,
      List<String> facts) {}

  /** A transaction that has no place within its lane yet. */
  private record Span( // tidy: what is known of it
      int taken,
      int ended,
      boolean committed,
      int attempts,
      Kind kind,
      String text,
      List<String> facts) {}

  static Timeline of(RetroReport report) {
    var replaced = new HashSet<String>();
    report.transactions().forEach(transaction -> replaced.addAll(transaction.inPlaceOf()));
    var notRun = new HashSet<String>();
    var lanes = new LinkedHashMap<String, String>();
    for (var execution : report.executions()) {
      lanes.put(execution.id(), execution.function());
      if (execution.how() != Redone.How.RUN) {
        notRun.add(execution.id());
      }
    }
    report.originals().forEach(original -> lanes.putIfAbsent(original.execution(), ""));
    report.transactions().forEach(performed -> lanes.putIfAbsent(performed.execution(), ""));
    var kinds = new Timeline(List.of(), List.of(), 0, replaced, notRun);
    var above = new HashMap<String, List<Span>>();
    var below = new HashMap<String, List<Span>>();
    var skipped = new HashSet<String>();
    report.executions().stream()
        .filter(execution -> execution.how() == Redone.How.SKIPPED)
        .forEach(execution -> skipped.add(execution.id()));
    var performedOnes = new HashSet<String>();
    report.transactions().forEach(performed -> {
      performedOnes.add(performed.execution());
      add(below, performed.execution(), kinds.span(performed));
    });
    for (var original : report.originals()) {
      var span = kinds.span(original);
      add(above, original.execution(), span);
      if (span.kind() == Kind.APPLIED
          && !skipped.contains(original.execution())
          && !performedOnes.contains(original.execution())) {
        add(below, original.execution(), span);
      }
    }
    int places = 1;
    for (var spans : List.of(above, below)) {
      places = Math.max(
          places,
          spans.values().stream()
                  .flatMap(List::stream)
                  .mapToInt(Span::ended)
                  .max()
                  .orElse(0)
              + 1);
    }
    return new Timeline(lanes(lanes, above), lanes(lanes, below), places, replaced, notRun);
  }

  private static void add(Map<String, List<Span>> spans, String execution, Span span) {
    spans.computeIfAbsent(execution, id -> new ArrayList<>()).add(span);
  }

  Kind kind(Performed transaction) {
    if (transaction.same()) {
      return Kind.SAME;
    }
    if (transaction.error() != null) {
      return Kind.FAILED;
    }
    return transaction.inPlaceOf().isEmpty() ? Kind.NEW : Kind.CHANGED;
  }

  Kind kind(Original original) {
    if (notRun.contains(original.execution())) {
      return Kind.APPLIED;
    }
    return replaced.contains(original.label()) ? Kind.SAME : Kind.DROPPED;
  }

  private Span span(Performed transaction) {
    var kind = kind(transaction);
    var facts = new ArrayList<String>();
    facts.add(transaction.label() + " " + transaction.function() + " (" + kind.style() + ")");
    facts.add("arguments: " + transaction.arguments());
    facts.add("outcome: " + Words.outcome(transaction.output(), transaction.error()));
    facts.addAll(transaction.changes());
    if (!transaction.inPlaceOf().isEmpty()) {
      facts.add("in place of " + String.join(", ", transaction.inPlaceOf()));
    }
    facts.add(place(transaction.taken(), transaction.ended(), transaction.committed())
        + (transaction.attempts() > 1 ? ", " + transaction.attempts() + " attempts" : ""));
    return new Span(
        transaction.taken(),
        transaction.ended(),
        transaction.committed(),
        transaction.attempts(),
        kind,
        transaction.function(),
        facts);
  }

  private Span span(Original original) {
    var kind = kind(original);
    var facts = new ArrayList<String>();
    facts.add(original.label() + " " + original.function()
        + (kind == Kind.DROPPED ? " (not called any more)" : ""));
    facts.add("outcome: " + Words.outcome(original.output(), original.error()));
    facts.addAll(original.changes());
    facts.add(place(original.taken(), original.ended(), original.committed()));
    return new Span(
        original.taken(),
        original.ended(),
        original.committed(),
        1,
        kind,
        original.function(),
        facts);
  }

  private static String place(int taken, int ended, boolean committed) {
    return "snapshot after " + Words.count(taken, "commit") + ", "
        + (committed ? "commit " + (ended + 1) : "ended after " + ended + " without one");
  }

  private static List<Lane> lanes(Map<String, String> names, Map<String, List<Span>> spans) {
    var lanes = new ArrayList<Lane>();
    names.forEach((execution, function) -> {
      var bars = bars(spans.getOrDefault(execution, List.of()));
      lanes.add(new Lane(
          execution, function, bars, bars.stream().mapToInt(Bar::row).max().orElse(0) + 1));
    });
    return lanes;
  }

  /**
   * Those of one lane that end at the same place share it: first those without a commit, then come the snapshots taken
   * there, then the commits. What still overlaps lies above each other.
   */
  private static List<Bar> bars(List<Span> spans) {
    var same = new TreeMap<Integer, List<Span>>();
    for (var span : spans) {
      same.computeIfAbsent(span.ended(), place -> new ArrayList<>()).add(span);
    }
    var bars = new ArrayList<Bar>();
    var ends = new ArrayList<Double>();
    for (var group : same.values()) {
      group.sort(Comparator.comparing(Span::committed).thenComparing(Span::taken));
      for (int i = 0; i < group.size(); i++) {
        var span = group.get(i);
        double share = share(spans, span.ended());
        double to = i == group.size() - 1 && span.committed()
            ? span.ended() + 1
            : span.ended() + (i + 1) * share;
        double from =
            span.taken() == span.ended() ? span.ended() + i * share : start(spans, span.taken());
        int row = 0;
        while (row < ends.size() && ends.get(row) > from + 1e-9) {
          row++;
        }
        if (row == ends.size()) {
          ends.add(to);
        } else {
          ends.set(row, to);
        }
        bars.add(new Bar(
            from,
            to,
            row,
            span.kind(),
            span.committed(),
            span.attempts(),
            span.text(),
            List.copyOf(span.facts())));
      }
    }
    return bars;
  }

  private static double share(List<Span> spans, int place) {
    long ending = spans.stream().filter(span -> span.ended() == place).count();
    boolean begins = spans.stream().anyMatch(span -> span.taken() == place && span.ended() > place);
    return 1.0 / Math.max(1, ending + (begins ? 1 : 0));
  }

  private static double start(List<Span> spans, int place) {
    long before = spans.stream()
        .filter(span -> span.ended() == place && !span.committed())
        .count();
    return place + before * share(spans, place);
  }
}
