package dev.reprise.runtime.record;

import dev.reprise.runtime.json.Json;
import java.util.List;
import java.util.Map;

/**
 * A table of the application as the catalog has it now.
 *
 * @param qualified its name, quoted where needed, for statements
 * @param published whether all its changes are in the publication
 * @param identified whether an updated row can be told: by a key, or by the whole row
 * @param unfit whether its updates would fail once it is published: a generated column, whose value the log does not have,
 *     would be needed to tell its rows (PostgreSQL 18 and later)
 * @param owned whether we act for its owner
 * @param filtered whether row security would hide rows from us
 * @param logged false for an unlogged table
 * @param filled the numbers of the columns in which rows that are older may have got a value, each its own. One value
 *     for all of them, {@code pg_attribute.attmissingval}, is part of the schema instead
 * @param stored what the texts of its rows depend on beside its shape, as JSON; see {@code relations.stored}
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
    List<Integer> filled,
    String stored) {
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

  /** Whether copied texts may be those of other values, or of none, by now. */
  boolean isStoredOtherwise(String copied) {
    var then = object(copied);
    var now = object(stored);
    boolean rewritten = !String.valueOf(then.get("file")).equals(String.valueOf(now.get("file")))
        && !String.valueOf(then.get("columns")).equals(String.valueOf(now.get("columns")));
    return rewritten
        || then.get("types") instanceof Map<?, ?> before
            && now.get("types") instanceof Map<?, ?> types
            && !types.entrySet().containsAll(before.entrySet());
  }

  private static Map<?, ?> object(String json) {
    return Json.parse(json) instanceof Map<?, ?> map ? map : Map.of();
  }
}
