package dev.reprise.debugger.trace;

import dev.reprise.RepriseException;
import dev.reprise.debugger.history.Relation;
import dev.reprise.debugger.trace.TableLinks.Column;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Replaces the values of chosen columns on their way into a file, and the same values in the JSON of the log. All rows are to
 * be masked before the log is. For one thread.
 */
final class Masking {
  private static final int KEY_BYTES = 32;

  private final List<String> columns;
  private final Map<Integer, @Nullable ValueKind[]> kinds = new HashMap<>();
  private final Pseudonyms pseudonyms;
  private final Replacements replacements = new Replacements();

  private Masking(List<String> columns, byte[] key) {
    this.columns = columns;
    this.pseudonyms = new Pseudonyms(key);
  }

  /**
   * Of these columns and of all that hold the same values by foreign keys.
   *
   * @param masks {@code table.column} or {@code schema.table.column}
   * @param relations all in the file
   * @throws RepriseException there is no such column, or its type cannot be masked; the message names those that there are
   */
  static Masking of(List<String> masks, List<Relation> relations, TableLinks links) {
    var key = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(key);
    Map<Column, String> types = new TreeMap<>(links.types());
    for (var relation : relations) {
      for (int i = 0; i < relation.columns().size(); i++) {
        types.putIfAbsent(columnOf(relation, i), relation.types().get(i));
      }
    }
    var chosen = new ArrayList<Column>();
    masks.forEach(mask -> chosen.addAll(found(mask, types.keySet())));
    Set<Column> all = links.linkedTo(chosen);
    var masking = new Masking(all.stream().map(Column::qualifiedName).toList(), key);
    for (var column : all) {
      if (ValueKind.of(typeOf(column, types)) == null) {
        throw new RepriseException("the column " + column.qualifiedName() + " of type "
            + typeOf(column, types) + " cannot be masked; " + ValueKind.SUPPORTED + " can");
      }
    }
    var numbers = new TreeSet<String>();
    for (var relation : relations) {
      for (int i = 0; i < relation.columns().size(); i++) {
        if (all.contains(columnOf(relation, i)) && relation.numbers().get(i) > 0) {
          numbers.add(numberOf(relation, i));
        }
      }
    }
    for (var relation : relations) {
      masking.add(relation, all, numbers, types);
    }
    return masking;
  }

  private static String typeOf(Column column, Map<Column, String> types) {
    return types.getOrDefault(column, "unknown");
  }

  private static Column columnOf(Relation relation, int index) {
    return new Column(relation.schema(), relation.name(), relation.columns().get(index));
  }

  /** The same whatever the column was called. */
  private static String numberOf(Relation relation, int index) {
    return relation.oid() + "." + relation.numbers().get(index);
  }

  private void add(
      Relation relation, Set<Column> all, Set<String> numbers, Map<Column, String> types) {
    var of = new @Nullable ValueKind[relation.columns().size()];
    boolean any = false;
    for (int i = 0; i < of.length; i++) {
      var column = columnOf(relation, i);
      if (all.contains(column) || numbers.contains(numberOf(relation, i))) {
        of[i] = ValueKind.of(typeOf(column, types));
        any = true;
      }
    }
    if (any) {
      kinds.put(relation.id(), of);
    }
  }

  private static List<Column> found(String mask, Collection<Column> known) {
    var found = known.stream()
        .filter(column -> column.qualifiedName().equals(mask)
            || (column.table() + "." + column.name()).equals(mask))
        .toList();
    if (!found.isEmpty()) {
      return found;
    }
    var table = mask.contains(".") ? mask.substring(0, mask.lastIndexOf('.')) : mask;
    var ofTable = known.stream()
        .filter(column ->
            column.table().equals(table) || (column.schema() + "." + column.table()).equals(table))
        .map(Column::name)
        .collect(Collectors.joining(", "));
    if (!ofTable.isEmpty()) {
      throw new RepriseException(
          "there is no column " + mask + " to mask; " + table + " has " + ofTable);
    }
    throw new RepriseException("there is no column " + mask + " to mask; the tables are "
        + known.stream()
            .map(column -> column.schema() + "." + column.table())
            .distinct()
            .sorted()
            .collect(Collectors.joining(", ")));
  }

  /** The columns whose values are replaced, {@code schema.table.column}. */
  List<String> columns() {
    return columns;
  }

  /** A row of a relation; itself where none of its columns is masked. */
  @Nullable
  String @Nullable [] row(int relation, @Nullable String @Nullable [] values) {
    var of = kinds.get(relation);
    if (of == null || values == null) {
      return values;
    }
    var row = values.clone();
    for (int i = 0; i < of.length && i < row.length; i++) {
      var kind = of[i];
      var value = row[i];
      if (kind != null && value != null) {
        row[i] = kind == ValueKind.JSON
            ? JsonMask.replace(value, this::textOfJson, UnaryOperator.identity(), false)
            : replaced(kind, value);
      }
    }
    return row;
  }

  private String textOfJson(String text) {
    return replaced(ValueKind.TEXT, text);
  }

  private String replaced(ValueKind kind, String value) {
    var other = pseudonyms.of(kind, value);
    replacements.add(kind, value, other);
    return other;
  }

  /** JSON of the log. */
  String json(String json) {
    return isOff() ? json : JsonMask.replace(json, replacements::in, replacements::ofNumber, false);
  }

  /** A recorded exception. */
  String error(String json) {
    return isOff() ? json : JsonMask.replace(json, replacements::in, replacements::ofNumber, true);
  }

  /** A text of the log. */
  String text(String text) {
    return replacements.in(text);
  }

  /** The same names with other values. */
  Map<String, String> values(Map<String, String> tags) {
    var masked = new TreeMap<String, String>();
    tags.forEach((name, value) -> masked.put(name, text(value)));
    return masked;
  }

  private boolean isOff() {
    return kinds.isEmpty();
  }
}
