package dev.reprise.debugger.history;

import dev.reprise.runtime.postgres.Binder;
import dev.reprise.runtime.postgres.Jdbc;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/**
 * The change history of a database, schema {@code reprise_history}. Large answers are streamed. Every method throws
 * {@link HistoryException} where the history cannot be read. Thread-safe.
 */
public final class History {
  private static final int FETCHED_AT_ONCE = 1_000;

  private final DataSource source;
  private final @Nullable Snapshot end;

  private History(DataSource source, @Nullable Snapshot end) {
    this.source = source;
    this.end = end;
  }

  /** The history in that database. */
  public static History of(DataSource source) {
    return new History(source, null);
  }

  /** A part of another server's history, in that database, up to what {@code end} saw. */
  public static History of(DataSource source, Snapshot end) {
    return new History(source, end);
  }

  /** What can be seen at its end; nothing where it goes on, so that the database itself tells. */
  public Optional<Snapshot> end() {
    return Optional.ofNullable(end);
  }

  /** All recordings, the oldest first. */
  public List<Epoch> epochs() {
    String sql =
        "select " + HistoryRows.EPOCH_COLUMNS + " from reprise_history.epochs order by epoch";
    return read(connection -> Jdbc.query(connection, sql, Binder.NOTHING, HistoryRows::epoch));
  }

  /**
   * The recording that holds all that a snapshot sees. Where it does not yet, this waits some seconds for the recorder.
   *
   * @throws HistoryException the snapshot is older than the base copy, or the recording ended before it, or does not come
   *     so far; the message says which
   */
  public Epoch epochSeeing(Snapshot snapshot) {
    return epochSeeing(snapshot, null);
  }

  /**
   * The same for a snapshot of a known time, which tells epochs apart where a restored database gave transaction ids
   * again.
   */
  public Epoch epochSeeing(Snapshot snapshot, @Nullable Instant takenAt) {
    return read(connection -> new EpochSearch(connection, snapshot, takenAt).find());
  }

  /** How far it has come by now. */
  public Lsn recorded(Epoch epoch) {
    String sql = "select recorded_lsn::text from reprise_history.epochs where epoch = ?";
    return read(connection -> Jdbc.queryOne(
            connection,
            sql,
            statement -> statement.setInt(1, epoch.epoch()),
            row -> Lsn.parse(row.getString(1)))
        .orElseThrow(() -> deletedMeanwhile(epoch)));
  }

  /**
   * Makes sure that all that was read of an epoch so far was there: its beginning may be deleted at any time.
   *
   * @param epoch as it was before the reading
   * @throws HistoryException it begins later by now, or is gone
   */
  public void requireWhole(Epoch epoch) {
    String sql = "select base_snapshot::text from reprise_history.epochs where epoch = ?";
    boolean whole = read(connection -> Jdbc.query(
            connection,
            sql,
            statement -> statement.setInt(1, epoch.epoch()),
            row -> Snapshot.parse(row.getString(1))))
        .contains(epoch.base());
    if (!whole) {
      throw deletedMeanwhile(epoch);
    }
  }

  private static HistoryException deletedMeanwhile(Epoch epoch) {
    return new HistoryException(
        "the beginning of epoch " + epoch.epoch()
            + " of the history was deleted while it was read, as the setting retention says; try again");
  }

  /** Its tables, and each as often as its columns changed; in the order in which they were found. */
  public List<Relation> relations(Epoch epoch) {
    String sql = "select " + HistoryRows.RELATION_COLUMNS
        + " from reprise_history.relations where epoch = ? order by relation";
    return read(connection -> Jdbc.query(
        connection, sql, statement -> statement.setInt(1, epoch.epoch()), HistoryRows::relation));
  }

  /** Its schema, each time that it was found changed, in that order. */
  public List<SchemaVersion> schemas(Epoch epoch) {
    String sql = """
        select s.seen_lsn::text, s.seen_at, to_jsonb(s) ->> 'seen_snapshot', to_jsonb(s) ->> 'made_by', s.ddl::text
        from reprise_history.schemas s where s.epoch = ? order by s.seen_lsn
        """;
    return read(connection ->
        Jdbc.query(connection, sql, statement -> statement.setInt(1, epoch.epoch()), row -> {
          String snapshot = row.getString(3);
          return new SchemaVersion(
              Lsn.parse(row.getString(1)),
              HistoryRows.instant(row, 2),
              snapshot == null ? null : Snapshot.parse(snapshot),
              HistoryRows.transactions(row, 4),
              row.getString(5));
        }));
  }

  /** The tables that are not recorded. */
  public List<Unrecorded> unrecorded(Epoch epoch) {
    String sql = """
        select table_schema, table_name, reason, remedy from reprise_history.unrecorded
        where epoch = ? order by table_schema, table_name
        """;
    return read(connection -> Jdbc.query(
        connection,
        sql,
        statement -> statement.setInt(1, epoch.epoch()),
        row -> new Unrecorded(
            row.getString(1), row.getString(2), row.getString(3), row.getString(4))));
  }

  /** The rows of a relation's base copy, in no order; streamed. */
  public void baseRows(Relation relation, Consumer<@Nullable String[]> rows) {
    String sql = "select values from reprise_history.base_rows where relation = ?";
    stream(sql, statement -> statement.setInt(1, relation.id()), row -> {
      var values = HistoryRows.values(row, 1);
      if (values != null) {
        rows.accept(values);
      }
    });
  }

  /** Is given rows in the text format of COPY, each with its line feed. */
  @FunctionalInterface
  public interface CopySink {
    void row(byte[] row) throws SQLException;
  }

  /**
   * The same rows in the text format of COPY, with columns by choice: {@link #baseRows} for many rows.
   *
   * @param columns indexes of the relation's columns; -n-1 stands for the nth, from 0, of {@code constants}
   */
  public void copyBaseRows(
      Relation relation,
      List<Integer> columns,
      List<? extends @Nullable String> constants,
      CopySink sink) {
    var chosen = new ArrayList<String>();
    for (int column : columns) {
      String constant = column >= 0 ? null : constants.get(-column - 1);
      if (column >= 0) {
        chosen.add("values[" + (column + 1) + "]");
      } else {
        chosen.add(constant == null ? "null" : "'" + constant.replace("'", "''") + "'");
      }
    }
    String sql = "copy (select " + String.join(", ", chosen)
        + " from reprise_history.base_rows where relation = " + relation.id() + ") to stdout";
    read(connection -> {
      CopyOut copy = connection.unwrap(PGConnection.class).getCopyAPI().copyOut(sql);
      try {
        for (byte[] row = copy.readFromCopy(); row != null; row = copy.readFromCopy()) {
          sink.row(row);
        }
        return sink;
      } finally {
        if (copy.isActive()) {
          copy.cancelCopy();
        }
      }
    });
  }

  /** A committed transaction without its changes. */
  @FunctionalInterface
  public interface TransactionSink {
    void transaction(long xid, Lsn commit, Instant committedAt);
  }

  /** The committed transactions of an epoch in commit order, without their changes; streamed. */
  public void commits(Epoch epoch, Lsn afterExclusive, Lsn upTo, TransactionSink sink) {
    String sql = """
        select t.transaction_id::text::bigint, t.commit_lsn::text, t.committed_at
        from reprise_history.transactions t
        where t.epoch = ? and t.commit_lsn > ?::pg_lsn and t.commit_lsn <= ?::pg_lsn
        order by t.commit_lsn
        """;
    stream(
        sql,
        statement -> bindRange(statement, epoch, afterExclusive, upTo),
        row -> sink.transaction(
            row.getLong(1), Lsn.parse(row.getString(2)), HistoryRows.instant(row, 3)));
  }

  /** The committed transactions of an epoch with their changes, in commit order; streamed. */
  public void transactions(
      Epoch epoch, Lsn afterExclusive, Lsn upTo, Consumer<RecordedTransaction> transactions) {
    var collector = new TransactionCollector(transactions);
    changes(epoch, afterExclusive, upTo, null, collector);
    collector.finish();
  }

  /**
   * The same change by change.
   *
   * @param relations only changes of these, by id; null for all. Transactions without any are told too
   */
  public void changes(
      Epoch epoch,
      Lsn afterExclusive,
      Lsn upTo,
      @Nullable Collection<Integer> relations,
      ChangeReader reader) {
    Map<Integer, Relation> known = new HashMap<>();
    relations(epoch).forEach(relation -> known.put(relation.id(), relation));
    String sql = """
        select t.transaction_id::text::bigint, t.commit_lsn::text, t.committed_at,
          c.relation, c.kind, c.old_values, c.new_values, c.unchanged, c.ordinal
        from reprise_history.transactions t
        left join reprise_history.changes c on c.epoch = t.epoch and c.commit_lsn = t.commit_lsn
          and (?::int[] is null or c.relation = any (?::int[]))
        where t.epoch = ? and t.commit_lsn > ?::pg_lsn and t.commit_lsn <= ?::pg_lsn
        order by t.commit_lsn, c.ordinal
        """;
    var told = new ToldChanges(known, reader);
    stream(
        sql,
        statement -> {
          var ids = relations == null
              ? null
              : statement.getConnection().createArrayOf("int4", relations.toArray());
          statement.setArray(1, ids);
          statement.setArray(2, ids);
          statement.setInt(3, epoch.epoch());
          statement.setString(4, afterExclusive.toString());
          statement.setString(5, upTo.toString());
        },
        told::row);
  }

  /** The commit of a transaction, if it changed recorded tables. */
  public Optional<RecordedTransaction> transaction(Epoch epoch, long xid) {
    var found = new ArrayList<RecordedTransaction>();
    String sql = """
        select commit_lsn::text from reprise_history.transactions where epoch = ? and transaction_id = ?::text::xid8
        """;
    Optional<Lsn> commit = read(connection -> Jdbc.queryOne(
        connection,
        sql,
        statement -> {
          statement.setInt(1, epoch.epoch());
          statement.setString(2, Long.toString(xid));
        },
        row -> Lsn.parse(row.getString(1))));
    commit.ifPresent(lsn -> transactions(epoch, new Lsn(lsn.position() - 1), lsn, found::add));
    return found.stream().findFirst();
  }

  private static void bindRange(
      PreparedStatement statement, Epoch epoch, Lsn afterExclusive, Lsn upTo) throws SQLException {
    statement.setInt(1, epoch.epoch());
    statement.setString(2, afterExclusive.toString());
    statement.setString(3, upTo.toString());
  }

  private interface Reading<T> {
    T read(Connection connection) throws SQLException;
  }

  private interface RowSink {
    void row(ResultSet row) throws SQLException;
  }

  private void stream(String sql, Binder binder, RowSink sink) {
    read(connection -> {
      connection.setAutoCommit(false);
      try (var statement = connection.prepareStatement(sql)) {
        statement.setFetchSize(FETCHED_AT_ONCE);
        binder.bind(statement);
        try (ResultSet rows = statement.executeQuery()) {
          while (rows.next()) {
            sink.row(rows);
          }
        }
      } finally {
        connection.rollback();
        connection.setAutoCommit(true);
      }
      return sink;
    });
  }

  private <T> T read(Reading<T> reading) {
    try (Connection connection = source.getConnection()) {
      return reading.read(connection);
    } catch (SQLException e) {
      if ("3F000".equals(e.getSQLState()) || "42P01".equals(e.getSQLState())) {
        throw new HistoryException(
            "this database has no change history: a server records it where the database allows"
                + " logical replication; see \"reprise serve --record\"",
            e);
      }
      throw new HistoryException("cannot read the change history: " + e.getMessage(), e);
    }
  }
}
