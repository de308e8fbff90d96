package dev.reprise.debugger.replay;

import dev.reprise.debugger.history.Change.Kind;
import dev.reprise.debugger.replay.Difference.OfColumn;
import dev.reprise.runtime.json.ExceptionCodec;
import dev.reprise.runtime.json.Json;
import dev.reprise.runtime.store.OperationRow;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Compares what came out with what is recorded. */
public final class Comparison {
  private Comparison() {}

  /**
   * What differs in the changes of a transaction, and whether their order does.
   *
   * @param sameOrder whether changes of each table were made in the recorded order
   */
  public record Rows(List<Difference> differences, boolean sameOrder) {}

  /** The outcome of a call: the result as JSON, or type and message of the exception. */
  public static @Nullable Difference outcome(
      OperationRow recorded, @Nullable String output, @Nullable String error) {
    if (recorded.error() == null && error == null) {
      boolean same = Objects.equals(recorded.output(), output)
          || recorded.output() != null
              && output != null
              && Objects.equals(Json.parse(recorded.output()), Json.parse(output));
      return same ? null : new Difference.OfOutcome(recorded.output(), output, false);
    }
    if (recorded.error() != null && error != null) {
      var one = ExceptionCodec.describe(recorded.error());
      var other = ExceptionCodec.describe(error);
      if (one.type().equals(other.type()) && Objects.equals(one.message(), other.message())) {
        return null;
      }
    }
    return new Difference.OfOutcome(
        recorded.error() == null ? recorded.output() : recorded.error(),
        error == null ? output : error,
        true);
  }

  /** The changes of a transaction, table by table. */
  public static Rows rows(List<Captured> recorded, List<Captured> made) {
    var tables = new LinkedHashMap<String, List<Captured>>();
    recorded.forEach(
        c -> tables.computeIfAbsent(c.table(), t -> new ArrayList<>()).add(c));
    var others = new LinkedHashMap<String, List<Captured>>();
    made.forEach(c -> others.computeIfAbsent(c.table(), t -> new ArrayList<>()).add(c));
    var differences = new ArrayList<Difference>();
    boolean sameOrder = true;
    Set<String> all = new java.util.LinkedHashSet<>(tables.keySet());
    all.addAll(others.keySet());
    for (var table : all) {
      var here = tables.getOrDefault(table, List.of());
      var there = others.getOrDefault(table, List.of());
      if (!sameInOrder(here, there)) {
        sameOrder = false;
        differences.addAll(unordered(here, there));
      }
    }
    return new Rows(differences, sameOrder);
  }

  private static boolean sameInOrder(List<Captured> recorded, List<Captured> made) {
    if (recorded.size() != made.size()) {
      return false;
    }
    for (int i = 0; i < recorded.size(); i++) {
      if (!isSame(recorded.get(i), made.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isSame(Captured recorded, Captured made) {
    return recorded.kind() == made.kind()
        && different(recorded.before(), made.before()).isEmpty()
        && different(recorded.after(), made.after()).isEmpty();
  }

  /** Only what is recorded is compared. */
  private static List<OfColumn> different(
      @Nullable Map<String, @Nullable String> recorded,
      @Nullable Map<String, @Nullable String> made) {
    var found = new ArrayList<OfColumn>();
    if (recorded != null && made != null) {
      recorded.forEach((column, value) -> {
        if (made.containsKey(column) && !Objects.equals(value, made.get(column))) {
          found.add(new OfColumn(column, value, made.get(column)));
        }
      });
    }
    return found;
  }

  private static List<Difference> unordered(List<Captured> recorded, List<Captured> made) {
    var left = new ArrayList<>(recorded);
    var right = new ArrayList<>(made);
    left.removeIf(one -> take(right, other -> isSame(one, other)) != null);
    var differences = new ArrayList<Difference>();
    for (var one : left) {
      var other = take(right, candidate -> isSameRow(one, candidate));
      if (other == null) {
        other = take(right, candidate -> candidate.kind() == one.kind());
      }
      if (other == null) {
        differences.add(new Difference.Missing(one.table(), one.kind(), shown(one)));
      } else {
        differences.add(differing(one, other));
      }
    }
    right.forEach(
        one -> differences.add(new Difference.Extra(one.table(), one.kind(), shown(one))));
    return differences;
  }

  private static Difference differing(Captured recorded, Captured made) {
    var columns = new ArrayList<OfColumn>();
    if (recorded.kind() == Kind.DELETE) {
      columns.addAll(different(recorded.before(), made.before()));
    } else {
      columns.addAll(different(recorded.after(), made.after()));
      if (columns.isEmpty()) {
        columns.addAll(different(recorded.before(), made.before()));
      }
    }
    return new Difference.OfRow(recorded.table(), recorded.kind(), shown(recorded), columns);
  }

  /** The same row, as far as the recorded key tells; an insert's first column stands for its key. */
  private static boolean isSameRow(Captured recorded, Captured made) {
    if (recorded.kind() != made.kind()) {
      return false;
    }
    var key = recorded.before();
    if (key != null) {
      return different(key, made.before()).isEmpty();
    }
    var after = recorded.after();
    var other = made.after();
    if (after == null || other == null || after.isEmpty()) {
      return true;
    }
    var first = after.keySet().iterator().next();
    return Objects.equals(after.get(first), other.get(first));
  }

  private static @Nullable Captured take(
      List<Captured> from, java.util.function.Predicate<Captured> which) {
    for (var iterator = from.iterator(); iterator.hasNext(); ) {
      var candidate = iterator.next();
      if (which.test(candidate)) {
        iterator.remove();
        return candidate;
      }
    }
    return null;
  }

  private static Map<String, @Nullable String> shown(Captured change) {
    var row = change.after() == null ? change.before() : change.after();
    return row == null ? Map.of() : row;
  }
}
