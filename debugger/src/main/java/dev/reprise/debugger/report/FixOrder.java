package dev.reprise.debugger.report;

import dev.reprise.debugger.report.Catalog.ForeignKey;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Orders statements so that foreign keys and unique keys hold after each: what is referred to comes before and goes after
 * what refers to it, and a unique value is given up before it is taken. Where that goes in a circle, the rest is in the order
 * of the tables. Used once, by one thread.
 */
final class FixOrder {
  private final List<Fix> fixes;
  private final List<Set<Integer>> followers = new ArrayList<>();
  private final int[] waitsFor;

  private record Value(Object constraint, List<String> values) {}

  private FixOrder(List<Fix> fixes) {
    this.fixes = fixes;
    this.waitsFor = new int[fixes.size()];
    fixes.forEach(fix -> followers.add(new HashSet<>()));
  }

  /**
   * What came out.
   *
   * @param circular how many statements depend on each other in circles
   */
  record Ordered(List<Fix> fixes, int circular) {}

  static Ordered of(Catalog catalog, List<Fix> fixes) {
    var sorted = new ArrayList<>(fixes);
    var ranks = ranks(catalog);
    sorted.sort(Comparator.comparing(Fix::kind)
        .thenComparing(fix -> {
          int rank = ranks.getOrDefault(fix.table().label(), 0);
          return fix.kind() == Fix.Kind.DELETE ? -rank : rank;
        })
        .thenComparing(fix -> fix.table().label()));
    var order = new FixOrder(sorted);
    catalog.foreignKeys().forEach(order::keepForeignKey);
    catalog.uniqueKeys().forEach(key -> order.keepUnique(key, key.table(), key.columns()));
    return order.order();
  }

  /** How many tables are above each, along foreign keys. */
  private static Map<String, Integer> ranks(Catalog catalog) {
    var ranks = new HashMap<String, Integer>();
    for (int round = 0; round < catalog.tables().size(); round++) {
      boolean more = false;
      for (var key : catalog.foreignKeys()) {
        int least = ranks.getOrDefault(key.parent(), 0) + 1;
        if (!key.table().equals(key.parent()) && ranks.getOrDefault(key.table(), 0) < least) {
          ranks.put(key.table(), least);
          more = true;
        }
      }
      if (!more) {
        break;
      }
    }
    return ranks;
  }

  private void keepForeignKey(ForeignKey key) {
    var comes = new HashMap<Value, Integer>();
    var goes = new HashMap<Value, Integer>();
    each(key.parent(), key.referenced(), (at, old, fresh) -> {
      if (fresh != null) {
        comes.put(new Value(key, fresh), at);
      }
      if (old != null) {
        goes.put(new Value(key, old), at);
      }
    });
    each(key.table(), key.columns(), (at, old, fresh) -> {
      if (fresh != null) {
        before(comes.get(new Value(key, fresh)), at);
      }
      var parent = old == null ? null : goes.get(new Value(key, old));
      if (parent != null) {
        before(at, parent);
      }
    });
  }

  private void keepUnique(Object constraint, String table, List<String> columns) {
    var freed = new HashMap<Value, Integer>();
    each(table, columns, (at, old, fresh) -> {
      if (old != null) {
        freed.put(new Value(constraint, old), at);
      }
    });
    each(table, columns, (at, old, fresh) -> {
      if (fresh != null) {
        before(freed.get(new Value(constraint, fresh)), at);
      }
    });
  }

  private interface Visitor {
    void visit(int at, @Nullable List<String> old, @Nullable List<String> fresh);
  }

  private void each(String table, List<String> columns, Visitor visitor) {
    for (int at = 0; at < fixes.size(); at++) {
      var fix = fixes.get(at);
      if (fix.table().label().equals(table)) {
        var old = fix.old(columns);
        var fresh = fix.fresh(columns);
        if (!Objects.equals(old, fresh)) {
          visitor.visit(at, old, fresh);
        }
      }
    }
  }

  private void before(@Nullable Integer first, int then) {
    if (first != null && first != then && followers.get(first).add(then)) {
      waitsFor[then]++;
    }
  }

  private Ordered order() {
    var ordered = new ArrayList<Fix>();
    var done = new boolean[fixes.size()];
    var ready = new PriorityQueue<Integer>();
    for (int at = 0; at < fixes.size(); at++) {
      if (waitsFor[at] == 0) {
        ready.add(at);
      }
    }
    for (var at = ready.poll(); at != null; at = ready.poll()) {
      ordered.add(fixes.get(at));
      done[at] = true;
      for (int follower : followers.get(at)) {
        if (--waitsFor[follower] == 0) {
          ready.add(follower);
        }
      }
    }
    int circular = fixes.size() - ordered.size();
    for (int at = 0; at < done.length; at++) {
      if (!done[at]) {
        ordered.add(fixes.get(at));
      }
    }
    return new Ordered(Collections.unmodifiableList(ordered), circular);
  }
}
