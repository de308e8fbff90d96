package dev.reprise.runtime.record;

import dev.reprise.runtime.record.StreamMessage.Tuple;
import java.io.IOException;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * Writes a stream of messages into the history. Several transactions share a commit, which also holds the position
 * reached; what was recorded before is passed over, so nothing is lost or doubled wherever the stream begins again. A
 * transaction of any size takes little memory. For one thread; after a failure it is of no use any more.
 */
final class HistoryWriter {
  private static final int LARGEST_BUFFER = 1 << 20;

  private final Connection connection;
  private final int epoch;
  private final HistoryStore store;
  private final Relations relations;
  private final ColumnTypes types;
  private final TransactionIds ids;
  private final Map<Long, Integer> streamed = new HashMap<>();
  private final Map<Long, StreamMessage.Relation> announced = new HashMap<>();
  private final CopyText changes = new CopyText();
  private final CopyText transactions = new CopyText();

  private long recorded;
  private long reached;
  private StreamMessage.@Nullable Begin open;
  private int ordinal;
  private boolean passing;
  private boolean awaited;

  HistoryWriter(Connection connection, Epoch epoch, Relations relations, TransactionIds ids) {
    this.connection = connection;
    this.epoch = epoch.number();
    this.store = new HistoryStore(connection);
    this.relations = relations;
    this.types = new ColumnTypes(connection);
    this.ids = ids;
    this.recorded = epoch.recordedLsn();
    this.reached = recorded;
  }

  /** Takes the next message. */
  void accept(StreamMessage message) throws SQLException {
    if (message instanceof StreamMessage.Begin begin) {
      open = begin;
      ordinal = 0;
      passing = begin.commitLsn() < recorded;
    } else if (message instanceof StreamMessage.Relation relation) {
      announced.put(relation.oid(), relation);
      streamed.remove(relation.oid());
    } else if (message instanceof StreamMessage.Type type) {
      types.named(type);
    } else if (message instanceof StreamMessage.Row row && !passing) {
      change(row.kind(), row.oid(), row.before(), row.after());
    } else if (message instanceof StreamMessage.Truncate truncate && !passing) {
      for (long oid : truncate.oids()) {
        change(ChangeKind.TRUNCATE, oid, null, null);
      }
    } else if (message instanceof StreamMessage.Note note) {
      awaited |= note.prefix().equals(Publication.NAME);
    } else if (message instanceof StreamMessage.Commit commit) {
      commit(commit);
    }
  }

  private void change(ChangeKind kind, long oid, @Nullable Tuple before, @Nullable Tuple after)
      throws SQLException {
    changes
        .plain(epoch)
        .plain(Lsn.text(begun().commitLsn()))
        .plain(ordinal++)
        .plain(relation(oid))
        .plain(kind)
        .texts(before == null ? null : before.values())
        .texts(after == null ? null : after.values());
    if (after == null || after.unchanged().isEmpty()) {
      changes.nothing();
    } else {
      changes.numbers(after.unchanged());
    }
    changes.end();
    if (changes.length() > LARGEST_BUFFER) {
      flush();
    }
  }

  private int relation(long oid) throws SQLException {
    var id = streamed.get(oid);
    if (id != null) {
      return id;
    }
    var relation = announced.get(oid);
    if (relation == null) {
      throw new SQLException("the change stream has a row of an unknown table " + oid, "08P01");
    }
    int found = relations.streamed(types.shape(relation), begun().commitLsn());
    streamed.put(oid, found);
    return found;
  }

  private void commit(StreamMessage.Commit commit) throws SQLException {
    var begin = begun();
    if (ordinal > 0) {
      transactions
          .plain(epoch)
          .plain(Lsn.text(begin.commitLsn()))
          .plain(ids.inFull(begin.lowerTransactionId()))
          .plain(commit.committedAt())
          .plain(ordinal)
          .end();
    }
    open = null;
    reached = Math.max(reached, commit.endLsn());
  }

  private StreamMessage.Begin begun() throws SQLException {
    var begin = open;
    if (begin == null) {
      throw new SQLException("the change stream has a change outside of a transaction", "08P01");
    }
    return begin;
  }

  /** Rows of relations have been deleted: those still needed are looked for again. */
  void relationsChanged() {
    streamed.clear();
  }

  /** Whether a transaction has not been read to its end. */
  boolean isInTransaction() {
    return open != null;
  }

  /** Whether transactions wait for {@link #write}. */
  boolean hasWork() {
    return transactions.length() > 0;
  }

  /** Whether somebody waits for the position to move. */
  boolean isAwaited() {
    return awaited;
  }

  /** Nothing before that position is missing; between two transactions. */
  void reached(long lsn) {
    reached = Math.max(reached, lsn);
  }

  /** How far it is, beyond what is committed. */
  long reached() {
    return reached;
  }

  /** Up to where everything is recorded and committed. */
  long recorded() {
    return recorded;
  }

  /** Commits all that was read and the position; between two transactions only. */
  void write() throws SQLException {
    flush();
    if (reached > recorded) {
      store.advance(epoch, recorded, reached);
    }
    connection.commit();
    recorded = reached;
    awaited = false;
  }

  private void flush() throws SQLException {
    copy(changes, """
        copy reprise_history.changes
             (epoch, commit_lsn, ordinal, relation, kind, old_values, new_values, unchanged) from stdin
        """);
    copy(transactions, """
        copy reprise_history.transactions (epoch, commit_lsn, transaction_id, committed_at, changes) from stdin
        """);
  }

  private void copy(CopyText rows, String statement) throws SQLException {
    if (rows.length() == 0) {
      return;
    }
    try (var text = new StringReader(rows.take())) {
      connection.unwrap(PGConnection.class).getCopyAPI().copyIn(statement, text);
    } catch (IOException e) {
      throw new SQLException("the history cannot be written", "08006", e);
    }
  }
}
