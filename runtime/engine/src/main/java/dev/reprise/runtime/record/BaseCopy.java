package dev.reprise.runtime.record;

import dev.reprise.runtime.postgres.Binder;
import dev.reprise.runtime.postgres.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies the rows of tables into the history, inside the server. For one thread.
 *
 * <p>The tables of an epoch are copied at the snapshot that the slot has exported: it sees exactly what is committed
 * before the slot's first transaction. A table that is published later is copied afterwards at any later snapshot: its
 * changes since it was published are all in the stream, so the copy and the changes that its snapshot does not see
 * make it whole.
 *
 * <p>TRUNCATE and rewriting ALTER TABLE empty a table even for older snapshots. A copy therefore locks its table first
 * (ACCESS SHARE, as pg_dump does); at the slot's snapshot, which is older than the lock, it makes sure that the table's
 * file is still the one that the snapshot knows, and leaves the table to a later copy where it is not.
 */
final class BaseCopy {
  private static final Logger LOG = LoggerFactory.getLogger(BaseCopy.class);

  private final Connection connection;
  private final HistoryStore store;

  BaseCopy(Connection connection, HistoryStore store) {
    this.connection = connection;
    this.store = store;
  }

  /** Writes the epoch, copies all that is published, and commits; the snapshot is one that a slot has exported. */
  void ofEpoch(Epoch epoch, String snapshot) throws SQLException {
    RecorderSession.takeYourTime(connection);
    see(snapshot);
    store.insertEpoch(epoch);
    connection.commit();
    see(snapshot);
    var relations = Relations.load(connection, epoch.number());
    long rows = 0;
    var tables = Catalog.tables(connection, Publication.NAME);
    for (CatalogTable table : tables) {
      if (table.published()) {
        rows += tryToCopy(table, relations, epoch.recordedLsn());
      }
    }
    keepSchema(epoch);
    connection.commit();
    // the snapshot did not see the epoch's row
    store.recording(epoch.number());
    connection.commit();
    RecorderSession.answerInTime(connection);
    LOG.info("{} rows were copied into epoch {} of the history", rows, epoch.number());
  }

  private void keepSchema(Epoch epoch) throws SQLException {
    var before = connection.setSavepoint();
    try {
      store.keepSchema(epoch.number(), epoch.recordedLsn(), SchemaReader.read(connection), null);
      connection.releaseSavepoint(before);
    } catch (SQLException e) {
      connection.rollback(before);
      LOG.warn("the schema cannot be read now; it is tried again", e);
    }
  }

  private void see(String snapshot) throws SQLException {
    run("set transaction isolation level repeatable read");
    run("set transaction snapshot '" + snapshot + "'");
  }

  private long tryToCopy(CatalogTable table, Relations relations, long lsn) throws SQLException {
    var before = connection.setSavepoint();
    try {
      lock(table);
      if (!hasItsFile(table)) {
        return 0;
      }
      int relation = relations.insert(table.shape(), lsn);
      long rows = copy(table, relation);
      relations.based(relation, table);
      connection.releaseSavepoint(before);
      return rows;
    } catch (SQLException e) {
      connection.rollback(before);
      LOG.info("{} is copied a little later: {}", table.shape().name(), e.getMessage());
      return 0;
    }
  }

  /** Whether the table's file is that of the transaction's snapshot; a function of the catalog sees the present. */
  private boolean hasItsFile(CatalogTable table) throws SQLException {
    return Jdbc.query(
            connection,
            "select relfilenode = pg_relation_filenode(oid) from pg_class where oid = ?::bigint::oid",
            statement -> statement.setLong(1, table.shape().oid()),
            row -> row.getBoolean(1))
        .contains(true);
  }

  /**
   * Copies one table at a snapshot of its own, and commits.
   *
   * @param before what was seen before the table was found, where this is its first copy; else null
   */
  void ofTable(CatalogTable table, Relations relations, @Nullable String before)
      throws SQLException {
    RecorderSession.takeYourTime(connection);
    run("set transaction isolation level repeatable read");
    lock(table);
    int relation = relations.insert(table.shape(), store.currentLsn());
    long rows = copy(table, relation);
    relations.based(relation, table);
    if (before != null) {
      keepWriters(table, relation, before);
    }
    connection.commit();
    RecorderSession.answerInTime(connection);
    LOG.info("{} rows of {} were copied into the history", rows, table.shape().name());
  }

  private void keepWriters(CatalogTable table, int relation, String before) throws SQLException {
    var sql = """
        update reprise_history.relations set base_writers = (
          select case when count(*) <= 1000 then coalesce(array_agg(w.id order by w.id), '{}') end
            from (select %1$s as id
                    from (select distinct t.xmin from only %2$s t where t.xmin::text::bigint >= 3) f) w
           where not pg_visible_in_snapshot(w.id, ?::pg_snapshot)
             and pg_visible_in_snapshot(w.id, pg_current_snapshot()))
         where relation = ?
        """.formatted(SchemaMakers.IN_FULL.formatted("xmin"), table.qualified());
    Jdbc.update(connection, sql, statement -> {
      statement.setString(1, before);
      statement.setInt(2, relation);
    });
  }

  private void lock(CatalogTable table) throws SQLException {
    run("set local lock_timeout = '1s'");
    run("lock table only " + table.qualified() + " in access share mode");
  }

  /** In text as the output functions give it, as the stream does; a cast to text is not the same for all types. */
  private long copy(CatalogTable table, int relation) throws SQLException {
    List<String> names = Jdbc.query(
        connection,
        "select quote_ident(name) from unnest(?::text[]) with ordinality as c (name, place) order by place",
        statement -> statement.setArray(
            1, connection.createArrayOf("text", table.shape().columns().toArray())),
        row -> row.getString(1));
    var values = names.stream()
        .map(name ->
            "case when t.%1$s is distinct from null then format('%%s', t.%1$s) end".formatted(name))
        .collect(Collectors.joining(", "));
    return Jdbc.update(
        connection,
        """
        insert into reprise_history.base_rows (relation, values)
        select ?, array[%s]::text[] from only %s t
        """.formatted(values, table.qualified()),
        statement -> statement.setInt(1, relation));
  }

  private void run(String statement) throws SQLException {
    Jdbc.update(connection, statement, Binder.NOTHING);
  }
}
