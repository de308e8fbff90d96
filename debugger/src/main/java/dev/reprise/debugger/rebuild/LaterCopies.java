package dev.reprise.debugger.rebuild;

import dev.reprise.debugger.history.Change;
import dev.reprise.debugger.history.ChangeReader;
import dev.reprise.debugger.history.Epoch;
import dev.reprise.debugger.history.History;
import dev.reprise.debugger.history.Lsn;
import dev.reprise.debugger.history.Relation;
import dev.reprise.debugger.history.Snapshot;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Copies of rows that are later than a state: of a table that was made a moment before it was first copied, or that got columns
 * whose values no change tells. The rows of the state are those of the copy with the changes between the two taken back, where
 * these tell enough: an inserted row was not there; what an update or a delete found is known where the whole old row is
 * recorded. For one thread.
 */
final class LaterCopies {
  private static final int[] NONE = {};

  private final History history;
  private final Epoch epoch;
  private final Visibility which;
  private final Definitions definitions;
  private final List<Relation> relations;
  /** Who changed each table between the state and its copy. */
  private final Map<Long, Set<Long>> writers = new HashMap<>();

  LaterCopies(
      History history,
      Epoch epoch,
      Visibility which,
      Definitions definitions,
      List<Relation> relations) {
    this.history = history;
    this.epoch = epoch;
    this.which = which;
    this.definitions = definitions;
    this.relations = relations;
  }

  /** Whether the table was copied when the definitions were found that made it: all its changes since then are recorded. */
  boolean isFirst(Relation copy, int version) {
    int made = made(copy, version);
    Snapshot found = definitions.version(made).snapshot();
    Snapshot copied = copy.base();
    return made > 0
        && found != null
        && copied != null
        && found.includes(copied)
        && relations.stream()
            .noneMatch(other ->
                other.oid() == copy.oid() && other.base() != null && other.id() < copy.id());
  }

  /** The first version that has the table. */
  private int made(Relation copy, int version) {
    int first = version;
    while (first > 0 && definitions.schema(first - 1).tables().containsKey(copy.oid())) {
      first--;
    }
    return first;
  }

  /** Those who wrote to a new table and are neither its makers nor in its changes, for people; empty where there are none. */
  String strangers(Relation copy, int version) {
    var written = copy.baseWriters();
    if (written == null) {
      return "others, it is not recorded which,";
    }
    var makers = definitions.version(made(copy, version)).makers();
    var recorded = writers.getOrDefault(copy.oid(), Set.of());
    return written.stream()
        .filter(xid -> !makers.contains(xid) && !recorded.contains(xid) && !which.sees(xid))
        .map(xid -> "transaction " + xid)
        .collect(Collectors.joining(", "));
  }

  /** What takes back what was done to the table between the state and its copy; null where that cannot be told. */
  @Nullable
  List<Change> takenBack(Relation copy, SourceSchema.Table table) {
    var back = new Back(Objects.requireNonNull(copy.base()), table);
    var ids = relations.stream()
        .filter(relation -> relation.oid() == copy.oid())
        .map(Relation::id)
        .toList();
    history.changes(epoch, Lsn.ZERO, Lsn.MAX, ids, back);
    writers.put(copy.oid(), back.transactions);
    return back.result();
  }

  private final class Back implements ChangeReader {
    private final Snapshot copied;
    private final SourceSchema.Table table;
    private final Set<Long> transactions = new HashSet<>();
    /** Rows that were not there, by their keys. */
    private final Map<List<@Nullable String>, Change> inserted = new HashMap<>();
    /** Where whole rows are recorded: the opposites, the last first. */
    private final List<Change> opposites = new ArrayList<>();

    private long xid;
    private boolean told = true;

    Back(Snapshot copied, SourceSchema.Table table) {
      this.copied = copied;
      this.table = table;
    }

    @Override
    public void begin(long transaction, Lsn commit, Instant committedAt) {
      xid = transaction;
    }

    @Override
    public void change(Change change) {
      if (which.sees(xid) || !copied.sees(xid)) {
        return;
      }
      transactions.add(xid);
      boolean whole = table.untold(change.relation()).isEmpty();
      if (change.kind() == Change.Kind.TRUNCATE || !whole) {
        told = false;
      } else if (change.relation().full()) {
        opposites.add(opposite(change));
      } else {
        byKey(change);
      }
    }

    private Change opposite(Change change) {
      return switch (change.kind()) {
        case INSERT ->
          new Change(change.relation(), Change.Kind.DELETE, change.after(), null, NONE);
        case DELETE ->
          new Change(change.relation(), Change.Kind.INSERT, null, change.before(), NONE);
        default -> {
          var before = Objects.requireNonNull(change.before());
          var after = Objects.requireNonNull(change.after()).clone();
          for (int index : change.unchanged()) {
            after[index] = before[index];
          }
          yield new Change(change.relation(), Change.Kind.UPDATE, after, before, NONE);
        }
      };
    }

    private void byKey(Change change) {
      if (change.kind() == Change.Kind.INSERT) {
        var row = Objects.requireNonNull(change.after());
        inserted.put(key(change.relation(), row), deletion(change.relation(), row));
        return;
      }
      var found = change.before() == null ? change.after() : change.before();
      var known = inserted.remove(key(change.relation(), Objects.requireNonNull(found)));
      if (known == null) {
        told = false; // a row that was there, and nobody knows how it was
      } else if (change.kind() == Change.Kind.UPDATE) {
        var row = Objects.requireNonNull(change.after());
        inserted.put(key(change.relation(), row), deletion(change.relation(), row));
      }
    }

    private Change deletion(Relation relation, @Nullable String[] row) {
      return new Change(relation, Change.Kind.DELETE, row, null, NONE);
    }

    private List<@Nullable String> key(Relation relation, @Nullable String[] row) {
      var key = new ArrayList<@Nullable String>();
      for (String column : relation.key()) {
        key.add(row[relation.columns().indexOf(column)]);
      }
      return key;
    }

    @Nullable
    List<Change> result() {
      if (!told || !inserted.isEmpty() && !opposites.isEmpty()) {
        return null;
      }
      Collections.reverse(opposites);
      return opposites.isEmpty() ? List.copyOf(inserted.values()) : opposites;
    }
  }
}
