package dev.reprise.debugger.history;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A table as its rows are recorded from a point on. It is another relation once its columns have changed.
 *
 * @param oid of the table; the same after a renaming
 * @param columns those with stored values, in the order of the values
 * @param types of each, as {@code format_type()} tells
 * @param numbers of each, {@code pg_attribute.attnum}: the same after a renaming; 0 where nobody knows
 * @param key the columns that tell a row; all where {@code full}
 * @param full whether the whole old row is recorded
 * @param base what the copy of its rows saw, if there is one
 * @param baseWriters who wrote the copied rows since the table was made, maybe before its changes were recorded; null where
 *     that is not recorded
 */
public record Relation(
    int id,
    int epoch,
    long oid,
    String schema,
    String name,
    Lsn from,
    List<String> columns,
    List<String> types,
    List<Integer> numbers,
    List<String> key,
    boolean full,
    @Nullable Snapshot base,
    @Nullable List<Long> baseWriters) {
  /** Copies the lists. */
  public Relation {
    columns = List.copyOf(columns);
    types = List.copyOf(types);
    numbers = List.copyOf(numbers);
    key = List.copyOf(key);
    baseWriters = baseWriters == null ? null : List.copyOf(baseWriters);
  }

  /** Of whose copy nothing is known but what it saw. */
  public Relation( // tidy: a row of the history
      int id,
      int epoch,
      long oid,
      String schema,
      String name,
      Lsn from,
      List<String> columns,
      List<String> types,
      List<Integer> numbers,
      List<String> key,
      boolean full,
      @Nullable Snapshot base) {
    this(id, epoch, oid, schema, name, from, columns, types, numbers, key, full, base, null);
  }

  /** {@code public.orders}, for people and for selections. */
  public String qualifiedName() {
    return schema + "." + name;
  }
}
