package dev.reprise.runtime.record;

import dev.reprise.runtime.postgres.Binder;
import dev.reprise.runtime.postgres.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The statements on epochs, schemas and slots. Never commits. For one thread. */
final class HistoryStore {
  private final Connection connection;

  HistoryStore(Connection connection) {
    this.connection = connection;
  }

  /** Makes this the recorder of the database as long as the session lives; false where another is. */
  boolean becomeRecorder() throws SQLException {
    // the name's hash keeps it apart from locks of applications
    return Jdbc.query(
            connection,
            "select pg_try_advisory_lock(hashtextextended('reprise_history recorder', 0))",
            Binder.NOTHING,
            row -> row.getBoolean(1))
        .contains(true);
  }

  /** The value of a server setting. */
  String setting(String name) throws SQLException {
    return Jdbc.queryOne(
            connection,
            "select current_setting(?)",
            statement -> statement.setString(1, name),
            row -> row.getString(1))
        .orElse("");
  }

  Optional<Epoch> latestEpoch() throws SQLException {
    var sql = """
        select epoch, slot, system_identifier, timeline, recorded_lsn, state
          from reprise_history.epochs order by epoch desc limit 1
        """;
    return Jdbc.queryOne(
        connection,
        sql,
        Binder.NOTHING,
        row -> new Epoch(
            row.getInt("epoch"),
            row.getString("slot"),
            row.getString("system_identifier"),
            row.getInt("timeline"),
            Lsn.parse(row.getString("recorded_lsn")),
            Epoch.State.valueOf(row.getString("state"))));
  }

  /** Whether an epoch has ended for its lag less than an hour ago. */
  boolean isResting() throws SQLException {
    var sql = """
        select state = 'ENDED' and end_reason like ? || '%' and ended_at > clock_timestamp() - interval '1 hour'
          from reprise_history.epochs order by epoch desc limit 1
        """;
    return Jdbc.query(
            connection,
            sql,
            statement -> statement.setString(1, Epoch.LAGGED),
            row -> row.getBoolean(1))
        .contains(true);
  }

  /**
   * The snapshot of the transaction. One that a slot has exported may have an xmin above its xmax (its horizon was set
   * earlier); PostgreSQL prints that, and does not read it again. It sees what is below xmin, and nothing else.
   */
  static final String SNAPSHOT = """
      (select case when pg_snapshot_xmin(s) > pg_snapshot_xmax(s)
                then (pg_snapshot_xmin(s) || ':' || pg_snapshot_xmin(s) || ':')::pg_snapshot else s end
         from pg_current_snapshot() s)""";

  /** What the transaction sees. */
  String snapshot() throws SQLException {
    return Jdbc.query(
            connection, "select " + SNAPSHOT + "::text", Binder.NOTHING, row -> row.getString(1))
        .get(0);
  }

  /** In a transaction that has imported the slot's snapshot. */
  void insertEpoch(Epoch epoch) throws SQLException {
    var sql = """
        insert into reprise_history.epochs (epoch, slot, system_identifier, timeline, server_version, database,
               base_snapshot, base_lsn, recorded_lsn, began_at, state)
        select ?, ?, ?, ?, current_setting('server_version'), current_database(),
               %s, lsn, lsn, clock_timestamp(), ?
          from (select cast(? as pg_lsn) as lsn) at
        """.formatted(SNAPSHOT);
    Jdbc.update(connection, sql, statement -> {
      statement.setInt(1, epoch.number());
      statement.setString(2, epoch.slot());
      statement.setString(3, epoch.systemIdentifier());
      statement.setInt(4, epoch.timeline());
      statement.setString(5, epoch.state().name());
      statement.setString(6, Lsn.text(epoch.recordedLsn()));
    });
  }

  /** The base copy is complete. */
  void recording(int epoch) throws SQLException {
    Jdbc.update(
        connection,
        "update reprise_history.epochs set state = 'RECORDING' where epoch = ?",
        statement -> statement.setInt(1, epoch));
  }

  /** It goes on no more; what it has remains. */
  void end(int epoch, String reason) throws SQLException {
    var sql = """
        update reprise_history.epochs set state = 'ENDED', ended_at = clock_timestamp(), end_reason = ?
         where epoch = ? and state <> 'ENDED'
        """;
    Jdbc.update(connection, sql, statement -> {
      statement.setString(1, reason);
      statement.setInt(2, epoch);
    });
  }

  /**
   * Moves the position, in the transaction of what was recorded.
   *
   * @throws SQLException somebody else has moved it
   */
  void advance(int epoch, long from, long to) throws SQLException {
    var sql = """
        update reprise_history.epochs set recorded_lsn = cast(? as pg_lsn)
         where epoch = ? and recorded_lsn = cast(? as pg_lsn) and state = 'RECORDING'
        """;
    int moved = Jdbc.update(connection, sql, statement -> {
      statement.setString(1, Lsn.text(to));
      statement.setInt(2, epoch);
      statement.setString(3, Lsn.text(from));
    });
    if (moved != 1) {
      throw new SQLException(
          "epoch " + epoch + " is not at " + Lsn.text(from) + ": another recorder is at it",
          "55006");
    }
  }

  /**
   * A replication slot.
   *
   * @param confirmedLsn what the server does not send again
   */
  record Slot(boolean lost, boolean active, long confirmedLsn) {}

  /** The slot of that name, if it belongs to this database. */
  Optional<Slot> slot(String name) throws SQLException {
    var sql = """
        select coalesce(wal_status, '') = 'lost' as lost, active, confirmed_flush_lsn
          from pg_replication_slots where slot_name = ? and database = current_database()
        """;
    return Jdbc.queryOne(connection, sql, statement -> statement.setString(1, name), row -> {
      var confirmed = row.getString("confirmed_flush_lsn");
      return new Slot(
          row.getBoolean("lost"),
          row.getBoolean("active"),
          confirmed == null ? 0 : Lsn.parse(confirmed));
    });
  }

  /** Whether the server has a slot of this database, or can make one more. */
  boolean hasPlaceForSlot() throws SQLException {
    var prefix = slotPrefix();
    var sql = """
        select count(*) < current_setting('max_replication_slots')::int
               or coalesce(bool_or(starts_with(slot_name, ?) and database = current_database()), false)
          from pg_replication_slots
        """;
    return Jdbc.query(
            connection, sql, statement -> statement.setString(1, prefix), row -> row.getBoolean(1))
        .contains(true);
  }

  /** What a slot of an epoch of this database is called, and how the names of all of them begin. */
  String slotName(int epoch) throws SQLException {
    return slotPrefix() + epoch;
  }

  private String slotPrefix() throws SQLException {
    return Jdbc.queryOne(
            connection,
            "select format('reprise_%s_', oid) from pg_database where datname = current_database()",
            Binder.NOTHING,
            row -> row.getString(1))
        .orElseThrow();
  }

  /** Drops the slots of all other epochs of this database, so that they do not fill the disk. */
  void dropSlotsExcept(String current) throws SQLException {
    var prefix = slotPrefix();
    var sql = """
        select pg_drop_replication_slot(slot_name)
          from pg_replication_slots
         where starts_with(slot_name, ?) and slot_name <> ? and database = current_database() and not active
        """;
    Jdbc.query(
        connection,
        sql,
        statement -> {
          statement.setString(1, prefix);
          statement.setString(2, current);
        },
        row -> row.getString(1));
  }

  /**
   * How the server fares.
   *
   * @param currentLsn the end of its log
   * @param retainedBytes of its log, for the slot
   * @param nextTransactionId in full
   * @param lost whether it has given the slot up
   */
  record Outlook(long currentLsn, long retainedBytes, long nextTransactionId, boolean lost) {}

  /** A look at the server and its slot. */
  Optional<Outlook> look(String slot) throws SQLException {
    var sql = """
        select pg_current_wal_lsn() as lsn,
               coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn), 0)::bigint as retained,
               pg_snapshot_xmax(pg_current_snapshot())::text::bigint as next_id,
               coalesce(wal_status, '') = 'lost' as lost
          from pg_replication_slots where slot_name = ?
        """;
    return Jdbc.queryOne(
        connection,
        sql,
        statement -> statement.setString(1, slot),
        row -> new Outlook(
            Lsn.parse(row.getString("lsn")),
            row.getLong("retained"),
            row.getLong("next_id"),
            row.getBoolean("lost")));
  }

  /** The end of the server's log: all that the transaction's snapshot sees was committed before it. */
  long currentLsn() throws SQLException {
    return Lsn.parse(Jdbc.queryOne(
            connection,
            "select pg_current_wal_insert_lsn()",
            Binder.NOTHING,
            row -> row.getString(1))
        .orElseThrow());
  }

  /**
   * What there is.
   *
   * @param since the time of the oldest state that can be rebuilt; null where there is none yet
   * @param bytes on the disk, with indexes
   */
  record Extent(@Nullable Instant since, long bytes) {}

  /** How much there is. Asks the file system for every table. */
  Extent extent() throws SQLException {
    var sql = """
        select (select min(began_at) from reprise_history.epochs where state <> 'COPYING') as since,
               (select coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint
                  from pg_class c join pg_namespace n on n.oid = c.relnamespace
                 where n.nspname = 'reprise_history' and c.relkind = 'r') as bytes
        """;
    return Jdbc.queryOne(connection, sql, Binder.NOTHING, row -> {
          var since = row.getObject("since", OffsetDateTime.class);
          return new Extent(since == null ? null : since.toInstant(), row.getLong("bytes"));
        })
        .orElseThrow();
  }

  /** What the latest schema of an epoch was seen in. */
  Optional<String> lastSchemaSnapshot(int epoch) throws SQLException {
    return Jdbc.queryOne(
        connection,
        "select seen_snapshot::text from reprise_history.schemas where epoch = ? order by seen_lsn desc limit 1",
        statement -> statement.setInt(1, epoch),
        row -> row.getString(1));
  }

  /**
   * Keeps the application's schema, seen at that position, where it is another than the last.
   *
   * @param makers the transactions that made it so; null where that is not known
   */
  void keepSchema(int epoch, long seenLsn, String ddl, String @Nullable [] makers)
      throws SQLException {
    var sql = """
        insert into reprise_history.schemas (epoch, seen_lsn, seen_at, ddl, made_by)
        select ?, ?::pg_lsn, clock_timestamp(), seen.ddl, ?::text[]::xid8[]
          from (select ?::jsonb as ddl) seen
         where seen.ddl is distinct from (
                 select s.ddl from reprise_history.schemas s where s.epoch = ? order by s.seen_lsn desc limit 1)
        on conflict (epoch, seen_lsn) do nothing
        """;
    Jdbc.update(connection, sql, statement -> {
      statement.setInt(1, epoch);
      statement.setString(2, Lsn.text(seenLsn));
      statement.setArray(3, makers == null ? null : connection.createArrayOf("text", makers));
      statement.setString(4, ddl);
      statement.setInt(5, epoch);
    });
  }

  /** Notes which tables are not recorded. */
  void keepUnrecorded(int epoch, List<Publication.Unrecorded> tables) throws SQLException {
    Jdbc.update(
        connection,
        "delete from reprise_history.unrecorded where epoch = ?",
        statement -> statement.setInt(1, epoch));
    for (var table : tables) {
      Jdbc.update(connection, """
          insert into reprise_history.unrecorded (epoch, table_schema, table_name, reason, remedy)
          values (?, ?, ?, ?, ?)
          """, statement -> {
        statement.setInt(1, epoch);
        statement.setString(2, table.schema());
        statement.setString(3, table.table());
        statement.setString(4, table.reason());
        statement.setString(5, table.remedy());
      });
    }
  }
}
