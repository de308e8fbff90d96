package dev.reprise.runtime.record;

/**
 * One statement that makes one thing of a schema.
 *
 * @param key the thing in the catalogs
 * @param rank the kind; what has the lower rank goes first unless it depends on something
 * @param object for people, as {@code table public.orders}
 */
record SchemaStatement(Key key, int rank, String object, String sql) {
  /** From here on, statements want the rows to be there. */
  static final int AFTER_ROWS = 100;

  /**
   * A row of a catalog.
   *
   * @param catalog the oid of the catalog
   * @param step 0 for what makes it, 1 for what is done to it once it is there
   */
  record Key(long catalog, long oid, int step) {}

  boolean afterRows() {
    return rank >= AFTER_ROWS;
  }

  SchemaStatement postponed() {
    return new SchemaStatement(key, rank + AFTER_ROWS, object, sql);
  }
}
