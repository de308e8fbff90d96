package dev.reprise.debugger.rebuild;

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
 * What can be told of a state from the commits of its epoch: how far it goes, which base copies are older, which schema held.
 * For one thread, which gives the commits in their order before it asks.
 */
final class SeenCommits {
  private final Visibility which;
  private final Definitions definitions;
  private final Set<Snapshot> candidates = new HashSet<>();
  /** Base copies that saw something that is not visible. */
  private final Set<Snapshot> tooLate = new HashSet<>();

  private final Set<Long> makers = new HashSet<>();
  /** Of makers of schemas, as far as it can be told. */
  private final Map<Long, Boolean> visibleMakers = new HashMap<>();

  private final Set<Lsn> beginnings = new HashSet<>();
  /** Of the commits with which relations begin; others begin where they were found. */
  private final Map<Lsn, Boolean> visibleBeginnings = new HashMap<>();

  private Lsn last = Lsn.ZERO;
  private @Nullable Lsn next;

  SeenCommits(Visibility which, List<Relation> relations, Definitions definitions) {
    this.which = which;
    this.definitions = definitions;
    relations.forEach(relation -> {
      beginnings.add(relation.from());
      if (relation.base() != null) {
        candidates.add(relation.base());
      }
    });
    for (int i = 0; i < definitions.count(); i++) {
      makers.addAll(definitions.version(i).makers());
    }
    for (long maker : makers) {
      if (which.knows(maker)) {
        visibleMakers.put(maker, which.sees(maker));
      }
    }
  }

  void commit(long xid, Lsn commit) {
    boolean visible = which.sees(xid);
    if (beginnings.contains(commit)) {
      visibleBeginnings.put(commit, visible);
    }
    if (makers.contains(xid)) {
      visibleMakers.put(xid, visible);
    }
    if (visible) {
      last = commit;
      next = null;
      return;
    }
    next = next == null ? commit : next;
    candidates.removeIf(base -> base.sees(xid) && tooLate.add(base));
  }

  /** The commit behind which no visible one comes. */
  Lsn last() {
    return last;
  }

  boolean isTooLate(Snapshot base) {
    return tooLate.contains(base);
  }

  /**
   * The number of the schema that held: where it is known who made a schema, it held when all of them are visible; else it is
   * seen some time after it became so, and what was seen before held. A schema whose columns a visible commit's rows have
   * already held in any case.
   */
  int version(List<Relation> relations) {
    int at = 0;
    boolean certain = false;
    for (int i = 1; i < definitions.count() && !certain; i++) {
      var version = definitions.version(i);
      // what was committed behind that came when it had been seen
      boolean passed = version.seen().compareTo(last) < 0;
      var made = isMade(version);
      if (passed || (made == null ? mayHold(version) : made)) {
        at = i;
      }
      certain = !passed && made != null && !made;
    }
    while (at + 1 < definitions.count() && isUsed(at + 1, relations)) {
      at++;
    }
    return at;
  }

  /** Null where it cannot be told. */
  private @Nullable Boolean isMade(SchemaVersion version) {
    if (!version.hasMakers()) {
      return null;
    }
    boolean all = true;
    for (long maker : version.makers()) {
      var visible = visibleMakers.get(maker);
      if (visible == null) {
        return null;
      }
      all &= visible;
    }
    return all;
  }

  private boolean mayHold(SchemaVersion version) {
    var until = which.until();
    if (until != null) {
      return !version.seenAt().isAfter(until);
    }
    boolean before = next == null || version.seen().compareTo(next) < 0;
    return before && (version.snapshot() == null || which.mayInclude(version.snapshot()));
  }

  private boolean isUsed(int number, List<Relation> relations) {
    var before = definitions.version(number - 1);
    var made = isMade(definitions.version(number));
    for (Relation relation : relations) {
      var commit = visibleBeginnings.get(relation.from());
      boolean visible = commit == null
          ? !Boolean.FALSE.equals(made) && relation.from().compareTo(last) <= 0
          : commit;
      if (visible
          && relation.from().compareTo(before.seen()) > 0
          && definitions.fits(number, relation)
          && !definitions.fits(number - 1, relation)) {
        return true;
      }
    }
    return false;
  }
}
