package dev.reprise.debugger.retro;

import dev.reprise.debugger.replay.Captured;
import dev.reprise.debugger.replay.InstrumentSchema;
import dev.reprise.debugger.replay.RowText;
import dev.reprise.runtime.postgres.Binder;
import dev.reprise.runtime.postgres.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tells what a transaction in progress has read and written, no less than it did.
 *
 * <p>Of a serializable transaction, reads are those that the server keeps locks of: rows, and the gaps of the indexes that
 * were searched. Where it keeps none, all of each table that was used: at other isolation levels, and in transactions that
 * are {@code read only} at the server; so a body that only reads is to be run without that setting. Writes are the captured
 * changes. What the server reads for them on its own is added: values that must be unique, rows that are referred to.
 *
 * <p>Not told: sequences, catalogs, large objects, advisory locks, the clock, and in which order rows come that were not
 * ordered. Immutable, for any thread.
 */
public final class Footprints {
  private static final List<String> SESSION = List.of(
      "set enable_seqscan = off",
      "set enable_indexonlyscan = off",
      "set max_parallel_workers_per_gather = 0");

  private static final String IS_TRACKED = """
      select current_setting('transaction_isolation') = 'serializable'
             and not current_setting('transaction_read_only')::boolean
      """;

  private static final String ATTEMPTS = """
      select relation::bigint, new_row from pg_temp.reprise_attempted where new_row is not null
      """;

  /** Tables that statements were to write, where what a statement did was undone by a rollback to a savepoint. */
  private static final String LOST = """
      select objid::bigint from pg_locks
       where locktype = 'advisory' and pid = pg_backend_pid() and classid = %d and objsubid = 1
         and (select case when is_called then last_value else 0 end from pg_temp.reprise_attempted_ordinal_seq)
             <> (select count(*) from pg_temp.reprise_attempted)
      """.formatted(InstrumentSchema.MARK);

  /** What was used beyond what is captured: the write locks, and whatever has no read locks. */
  private static final String USED = """
      select distinct l.relation::bigint, n.nspname || '.' || c.relname, c.relkind in ('m', 'f'),
             l.mode in ('ShareUpdateExclusiveLock', 'ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock',
                        'AccessExclusiveLock'),
             l.mode = 'RowExclusiveLock' and c.relkind <> 'p'
        from pg_locks l left join pg_class c on c.oid = l.relation left join pg_namespace n on n.oid = c.relnamespace
       where l.pid = pg_backend_pid() and l.locktype = 'relation' and l.mode <> 'SIReadLock' and l.relation >= 16384
         and (c.oid is null or c.relkind in ('r', 'p', 'm', 'f') and c.relpersistence <> 't'
              and n.nspname !~ '^pg_' and n.nspname <> 'reprise_replay')
      """;

  private final Tables tables;

  private Footprints(Tables tables) {
    this.tables = tables;
  }

  /**
   * For a database with instruments.
   *
   * @param scratch a session of it; tables that are made later are known as wholes only
   */
  public static Footprints of(Connection scratch) throws SQLException {
    return new Footprints(Tables.read(scratch));
  }

  /**
   * Settings of a session, each an SQL statement, with which footprints are small: without them a small table is read as a
   * whole, whatever was asked for. They have no influence on what footprints may miss. Rows that no {@code order by} orders
   * may come in another order with them.
   */
  public static List<String> sessionSettings() {
    return SESSION;
  }

  /**
   * What the transaction of a session has read and written until now, to be asked behind {@code set constraints all
   * immediate}, when nothing but the commit is left. Where its body failed, the transaction must have been rolled back to a
   * savepoint from before it: an aborted transaction has no read locks.
   *
   * @param inTransaction a session that was {@linkplain dev.reprise.debugger.replay.Instruments#prepare prepared} before this
   *     transaction
   * @param changes all of the transaction, as captured
   * @throws SQLException the session was not prepared, or its transaction is aborted
   */
  public Footprint of(Connection inTransaction, List<Captured> changes) throws SQLException {
    var effects = new ChangeEffects(tables);
    changes.forEach(effects::add);
    addAttempts(inTransaction, effects);
    addUsed(inTransaction, effects);
    var before = set(inTransaction, ReadLocks.SETTINGS);
    var locks = new ReadLocks(inTransaction, tables);
    effects.read(isTracked(inTransaction) ? locks.ofSerializable(changes) : locks.ofOther());
    var unused = set(inTransaction, before);
    return effects.footprint();
  }

  private static boolean isTracked(Connection connection) throws SQLException {
    return Jdbc.query(connection, IS_TRACKED, Binder.NOTHING, row -> row.getBoolean(1))
        .get(0);
  }

  private void addAttempts(Connection connection, ChangeEffects effects) throws SQLException {
    record Attempt(long relation, String row) {}
    for (var attempt : Jdbc.query(
        connection,
        ATTEMPTS,
        Binder.NOTHING,
        row -> new Attempt(row.getLong(1), row.getString(2)))) {
      var table = tables.byOid(attempt.relation());
      if (table != null) {
        var values = RowText.parse(attempt.row());
        var named = new LinkedHashMap<String, @Nullable String>();
        table
            .columns()
            .keySet()
            .forEach(column ->
                named.put(column, named.size() < values.size() ? values.get(named.size()) : null));
        effects.addAttempt(table, named);
      }
    }
    for (long oid : Jdbc.query(connection, LOST, Binder.NOTHING, row -> row.getLong(1))) {
      var table = tables.byOid(oid);
      if (table != null) {
        effects.addLost(table);
      }
    }
  }

  private void addUsed(Connection connection, ChangeEffects effects) throws SQLException {
    record Used(
        long relation,
        @Nullable String name,
        boolean hasNoReadLocks,
        boolean isTaken,
        boolean isWritten) {}
    for (var used : Jdbc.query(
        connection,
        USED,
        Binder.NOTHING,
        row -> new Used(
            row.getLong(1),
            row.getString(2),
            row.getBoolean(3),
            row.getBoolean(4),
            row.getBoolean(5)))) {
      var table = tables.byOid(used.relation());
      var name = table == null ? used.name() : table.label();
      if (name == null) {
        continue; // an index that was dropped, or a table that was made and dropped
      }
      if (used.hasNoReadLocks()) {
        effects.read(java.util.Set.of(Access.table(name)));
      }
      if (used.isTaken() || used.isWritten() && (table == null || !table.watched())) {
        effects.write(Access.table(name));
      }
    }
  }

  /** Gives what was set before, for the transaction. */
  private static Map<String, String> set(Connection connection, Map<String, String> settings)
      throws SQLException {
    var before = new LinkedHashMap<String, String>();
    for (var setting : settings.entrySet()) {
      before.put(
          setting.getKey(),
          Jdbc.query(
                  connection,
                  "select current_setting(n), set_config(n, v, true) from (values (?, ?)) s(n, v)",
                  statement -> {
                    statement.setString(1, setting.getKey());
                    statement.setString(2, setting.getValue());
                  },
                  row -> row.getString(1))
              .get(0));
    }
    return before;
  }
}
