package dev.reprise.debugger.rebuild;

import dev.reprise.debugger.history.Change;
import dev.reprise.debugger.history.Epoch;
import dev.reprise.debugger.history.History;
import dev.reprise.debugger.history.Lsn;
import dev.reprise.debugger.history.Relation;
import dev.reprise.debugger.history.Snapshot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a state lies in the history.
 *
 * @param last the commit behind which no visible one comes
 * @param bases of each table by oid: the relation whose base copy the state begins with
 * @param takenBack of tables whose copy is later than the state: what is to be done to its rows, in this order
 * @param version the number of the schema that held
 * @param schema that one
 * @param notes what is not known
 */
record Past(
    Lsn last,
    Map<Long, Relation> bases,
    Map<Long, List<Change>> takenBack,
    int version,
    SourceSchema schema,
    List<String> notes) {

  /**
   * Finds it.
   *
   * @param forced the number of the schema; null for the one that held
   */
  static Past of(
      History history,
      Epoch epoch,
      Visibility which,
      Definitions definitions,
      @Nullable Integer forced) {
    List<Relation> relations = history.relations(epoch);
    Lsn recorded = history.recorded(epoch);
    var seen = new SeenCommits(which, relations, definitions);
    history.commits(epoch, Lsn.ZERO, Lsn.MAX, (xid, commit, at) -> seen.commit(xid, commit));
    Map<Long, Relation> bases = new HashMap<>();
    List<Relation> later = new ArrayList<>();
    for (Relation relation : relations) {
      Snapshot base = relation.base();
      // of a later copy it is not known yet what it saw
      boolean known = relation.from().compareTo(recorded) <= 0;
      if (base != null && known) {
        // nor whether the definitions were others before it, where no change of a row lies between
        boolean unsure = bases.containsKey(relation.oid()) && !which.mayInclude(base);
        if (seen.isTooLate(base) || unsure) {
          later.add(relation);
        } else {
          bases.put(relation.oid(), relation);
        }
      }
    }
    int version = forced == null ? seen.version(relations) : forced;
    var past = new Past(
        seen.last(),
        bases,
        new HashMap<>(),
        version,
        definitions.schema(version),
        new ArrayList<>());
    var copies = new LaterCopies(history, epoch, which, definitions, relations);
    past.schema().tables().values().forEach(table -> past.complete(table, later, copies));
    return past;
  }

  /** Takes a later copy where no earlier one has all that the table has. */
  private void complete(SourceSchema.Table table, List<Relation> later, LaterCopies copies) {
    Relation base = bases.get(table.oid());
    List<String> untold = base == null ? List.of() : table.untold(base);
    if (base != null && untold.isEmpty()) {
      return;
    }
    Relation copy = later.stream()
        .filter(it -> it.oid() == table.oid() && table.untold(it).isEmpty())
        .findFirst()
        .orElse(null);
    boolean usable = copy != null && (base != null || copies.isFirst(copy, version));
    if (copy != null && usable && takeBack(table, copy, copies)) {
      String others = base == null ? copies.strangers(copy, version) : "";
      if (!others.isEmpty()) {
        notes.add("the rows of " + table.qualifiedName() + " are not exactly known at that time: "
            + others + " wrote to it before its changes were recorded");
      }
    } else if (base != null) {
      notes.add(
          "the values of " + table.qualifiedName() + " (" + String.join(", ", untold)
              + ") are not known at that time for rows that are older than the columns, because others"
              + " changed the table before its rows were copied again: they are null or a default here");
    } else {
      notes.add("the rows of " + table.qualifiedName() + " are not known at that time");
    }
  }

  /** False where the changes between do not tell enough. */
  private boolean takeBack(SourceSchema.Table table, Relation copy, LaterCopies copies) {
    List<Change> changes = copies.takenBack(copy, table);
    if (changes == null) {
      return false;
    }
    bases.put(table.oid(), copy);
    takenBack.put(table.oid(), changes);
    return true;
  }

  /** Whether a change by that transaction is to be made on top of the base copy of its table. */
  boolean isOnTop(Relation relation, long xid) {
    Relation base = bases.get(relation.oid());
    return base != null && base.base() != null && !base.base().sees(xid);
  }
}
