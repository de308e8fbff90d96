package dev.reprise.runtime.record;

import java.util.List;

/**
 * A table of the application as the catalog has it now.
 *
 * @param qualified its name, quoted where needed, for statements
 * @param published whether its changes are in the publication
 * @param identified whether an updated row can be told: by a key, or by the whole row
 * @param unfit whether its updates would fail once it is published: a generated column, whose value the log does not have,
 *     would be needed to tell its rows (PostgreSQL 18 and later)
 * @param owned whether we act for its owner
 * @param filtered whether row security would hide rows from us
 * @param logged false for an unlogged table
 * @param filled the numbers of the columns in which rows that are older may have got a value, each its own. One value
 *     for all of them, {@code pg_attribute.attmissingval}, is part of the schema instead
 */
record CatalogTable(
    TableShape shape,
    String qualified,
    boolean published,
    boolean identified,
    boolean unfit,
    boolean owned,
    boolean filtered,
    boolean logged,
    List<Integer> filled) {
  /** Whether rows copied in an older shape may lack values that no change tells: of a default, of a changed type. */
  boolean outgrew(TableShape copied) {
    for (int i = 0; i < shape.numbers().size(); i++) {
      int number = shape.numbers().get(i);
      int then = copied.numbers().indexOf(number);
      if (then < 0
          ? filled.contains(number)
          : !copied.types().get(then).equals(shape.types().get(i))) {
        return true;
      }
    }
    return false;
  }
}
