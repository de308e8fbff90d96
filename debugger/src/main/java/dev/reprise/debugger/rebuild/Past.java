package dev.reprise.debugger.rebuild;

import dev.reprise.debugger.history.Epoch;
import dev.reprise.debugger.history.History;
import dev.reprise.debugger.history.Lsn;
import dev.reprise.debugger.history.Relation;
import dev.reprise.debugger.history.SchemaVersion;
import dev.reprise.debugger.history.Snapshot;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where a state lies in the history.
 *
 * @param last the commit behind which no visible one comes
 * @param bases of each table by oid: the relation whose base copy the state begins with
 * @param schema as it was then
 */
record Past(Lsn last, Map<Long, Relation> bases, SourceSchema schema) {

  static Past of(History history, Epoch epoch, Visibility which) {
    List<Relation> relations = history.relations(epoch);
    Lsn recorded = history.recorded(epoch);
    var search = new Search(which, relations);
    history.commits(epoch, Lsn.ZERO, Lsn.MAX, (xid, commit, at) -> search.commit(xid, commit));
    Map<Long, Relation> bases = new HashMap<>();
    for (Relation relation : relations) {
      Snapshot base = relation.base();
      // of a later copy it is not known yet what it saw
      boolean known = relation.from().compareTo(recorded) <= 0;
      // nor whether the definitions were others before it, where no change of a row lies between
      boolean sure = base != null && (which.mayInclude(base) || !bases.containsKey(relation.oid()));
      if (sure && known && !search.tooLate.contains(base)) {
        bases.put(relation.oid(), relation);
      }
    }
    SourceSchema schema = schema(history.schemas(epoch), search, relations);
    return new Past(search.last, bases, schema);
  }

  /** Whether a change by that transaction is to be made on top of the base copy of its table. */
  boolean isOnTop(Relation relation, long xid) {
    Relation base = bases.get(relation.oid());
    return base != null && base.base() != null && !base.base().sees(xid);
  }

  private static final class Search {
    private final Visibility which;
    private final Set<Snapshot> candidates = new HashSet<>();
    /** Base copies that saw something that is not visible. */
    private final Set<Snapshot> tooLate = new HashSet<>();

    private Lsn last = Lsn.ZERO;
    private @Nullable Lsn next;

    Search(Visibility which, List<Relation> relations) {
      this.which = which;
      relations.forEach(relation -> {
        if (relation.base() != null) {
          candidates.add(relation.base());
        }
      });
    }

    void commit(long xid, Lsn commit) {
      if (which.sees(xid)) {
        last = commit;
        next = null;
        return;
      }
      next = next == null ? commit : next;
      candidates.removeIf(base -> base.sees(xid) && tooLate.add(base));
    }

    boolean mayHold(SchemaVersion version) {
      boolean before = next == null || version.seen().compareTo(next) < 0;
      return before && (version.snapshot() == null || which.mayInclude(version.snapshot()));
    }
  }

  /**
   * The schema of that time. It is seen some time after it became so: what was seen before held, and what was seen first
   * after that holds already where rows have its columns.
   */
  private static SourceSchema schema(
      List<SchemaVersion> versions, Search search, List<Relation> relations) {
    if (versions.isEmpty()) {
      throw new RebuildException("the history has no schema of the application's tables");
    }
    int at = 0;
    while (at + 1 < versions.size() && search.mayHold(versions.get(at + 1))) {
      at++;
    }
    SourceSchema schema = SourceSchema.parse(versions.get(at).ddl());
    if (at + 1 < versions.size()) {
      SourceSchema following = SourceSchema.parse(versions.get(at + 1).ddl());
      for (Relation relation : relations) {
        boolean usedSince = relation.from().compareTo(versions.get(at).seen()) > 0
            && relation.from().compareTo(search.last) <= 0;
        if (usedSince && fits(relation, following) && !fits(relation, schema)) {
          return following;
        }
      }
    }
    return schema;
  }

  private static boolean fits(Relation relation, SourceSchema schema) {
    SourceSchema.Table table = schema.tables().get(relation.oid());
    return table != null
        && table.schema().equals(relation.schema())
        && table.name().equals(relation.name())
        && table.columns().stream()
            .map(SourceSchema.Column::name)
            .toList()
            .equals(relation.columns());
  }
}
