package dev.reprise.runtime.record;

import java.util.List;

/**
 * A table as its rows are recorded.
 *
 * @param columns those with stored values, in order
 * @param types of each, as {@code format_type()} tells
 * @param numbers of each, {@code pg_attribute.attnum}; 0 where the catalog does not know it any more
 * @param key the columns of the replica identity; all where it is full
 */
record TableShape(
    long oid,
    String schema,
    String table,
    List<String> columns,
    List<String> types,
    List<Integer> numbers,
    List<String> key,
    boolean full) {
  /** Whether it is the same as far as the stream tells. */
  boolean looksLike(TableShape other) {
    return oid == other.oid
        && schema.equals(other.schema)
        && table.equals(other.table)
        && columns.equals(other.columns)
        && types.equals(other.types)
        && key.equals(other.key)
        && full == other.full;
  }

  /** {@code public.account}. */
  String name() {
    return schema + "." + table;
  }
}
