package dev.reprise.runtime.record;

import dev.reprise.runtime.postgres.Binder;
import dev.reprise.runtime.postgres.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which tables are recorded. They are published one by one: an update of a published table whose rows cannot be told
 * fails in production, so a table without a key gets {@code REPLICA IDENTITY FULL} first, or is left out. For one
 * thread.
 *
 * <p>A table is published under a lock that no writer holds at the same time. So every transaction that writes to it is
 * either committed before that, and seen by a copy that is taken later, or has begun to write after it, and is in the
 * stream. The lock is waited for briefly, because others wait behind it.
 */
final class Publication {
  static final String NAME = "reprise_history";

  private static final Logger LOG = LoggerFactory.getLogger(Publication.class);
  private static final String LOCK_NOT_AVAILABLE = "55P03";

  private final Connection connection;
  private List<Unrecorded> unrecorded = List.of();
  private boolean incomplete;

  Publication(Connection connection) {
    this.connection = connection;
  }

  /** A table that is not recorded. */
  record Unrecorded(String schema, String table, String reason, String remedy) {}

  private record Found(boolean ours, boolean whole) {}

  /**
   * Creates the publication where there is none, or where somebody has altered what it publishes.
   *
   * @throws RecordingImpossibleException we may not
   */
  void create() throws SQLException {
    var found = Jdbc.queryOne(
        connection,
        """
        select pg_has_role(p.pubowner, 'usage') as ours,
               p.pubinsert and p.pubupdate and p.pubdelete and p.pubtruncate and not p.pubviaroot and not p.puballtables
                 and not exists (select from pg_publication_rel r where r.prpubid = p.oid
                                    and coalesce(to_jsonb(r) ->> 'prqual', to_jsonb(r) ->> 'prattrs') is not null) as whole
          from pg_publication p where p.pubname = ?
        """,
        statement -> statement.setString(1, NAME),
        row -> new Found(row.getBoolean("ours"), row.getBoolean("whole")));
    if (found.isPresent() && !found.get().ours()) {
      throw new RecordingImpossibleException(
          "the publication " + NAME + " belongs to another role",
          "run: ALTER PUBLICATION " + NAME + " OWNER TO <user of Reprise>",
          null);
    }
    if (found.isPresent() && !found.get().whole()) {
      run("drop publication reprise_history");
      LOG.warn("the publication {} had been altered and is made anew", NAME);
    }
    if (found.isEmpty() || !found.get().whole()) {
      try {
        Jdbc.update(connection, """
            create publication reprise_history
              with (publish = 'insert, update, delete, truncate', publish_via_partition_root = false)
            """, Binder.NOTHING);
      } catch (SQLException e) {
        connection.rollback();
        if ("42501".equals(e.getSQLState())) {
          throw new RecordingImpossibleException(
              "the user may not create a publication",
              "as the database's owner run: GRANT CREATE ON DATABASE <database> TO <user of Reprise>",
              e);
        }
        throw e;
      }
    }
    connection.commit();
  }

  /**
   * A table that is recorded and could be published, but is not: somebody has taken it out, and changes may be missing.
   *
   * @param relations of the epoch
   */
  Optional<String> lost(Relations relations) throws SQLException {
    return tables().stream()
        .filter(table -> !table.published() && !table.unfit() && table.logged())
        .filter(table -> relations.copied(table.shape().oid()).isPresent())
        .map(CatalogTable::qualified)
        .findFirst()
        .map(name -> "somebody has taken " + name + " out of the publication " + NAME
            + " or altered that, so that changes may be missing");
  }

  /** Publishes what can be and is not yet; gives the application's tables as they are then. */
  List<CatalogTable> sync() throws SQLException {
    var left = new ArrayList<Unrecorded>();
    incomplete = false;
    boolean changed = false;
    var tables = tables();
    for (CatalogTable table : tables) {
      if (table.unfit()) {
        changed |= withdraw(table, left);
        continue;
      }
      if (isBeyondUs(table, left) || (table.published() && table.identified())) {
        continue;
      }
      changed |= adopt(table, left);
    }
    unrecorded = List.copyOf(left);
    return changed ? tables() : tables;
  }

  private List<CatalogTable> tables() throws SQLException {
    var found = Catalog.tables(connection, NAME);
    connection.rollback();
    return found;
  }

  /** The tables that are not recorded, as of the last {@link #sync}. */
  List<Unrecorded> unrecorded() {
    return unrecorded;
  }

  /** Whether the last {@link #sync} left something to be tried again. */
  boolean isIncomplete() {
    return incomplete;
  }

  private static boolean isBeyondUs(CatalogTable table, List<Unrecorded> left) {
    var name = table.qualified();
    if (!table.logged()) {
      left.add(unrecorded(
          table,
          "it is unlogged: its changes are in no log",
          "ALTER TABLE " + name + " SET LOGGED"));
      return true;
    }
    if (table.published() && table.identified() && !table.filtered()) {
      return false;
    }
    if (!table.owned()) {
      left.add(unrecorded(
          table,
          "it belongs to another role, and only its owner may publish it",
          "ALTER TABLE " + name
              + " OWNER TO <user of Reprise>, or GRANT the owner's role to that user"));
      return true;
    }
    if (table.filtered()) {
      left.add(unrecorded(
          table,
          "row security hides rows from the recorder",
          "ALTER TABLE " + name + " NO FORCE ROW LEVEL SECURITY, or give the user BYPASSRLS"));
      return true;
    }
    return false;
  }

  private static Unrecorded unrecorded(CatalogTable table, String reason, String remedy) {
    return new Unrecorded(table.shape().schema(), table.shape().table(), reason, remedy);
  }

  private boolean adopt(CatalogTable table, List<Unrecorded> left) throws SQLException {
    var name = table.qualified();
    try {
      run("set local lock_timeout = '300ms'");
      if (table.identified()) {
        run("lock table only " + name + " in share row exclusive mode");
      } else {
        run("alter table only " + name + " replica identity full");
      }
      if (!table.published()) {
        run("alter publication reprise_history add table only " + name);
      }
      connection.commit();
      LOG.info(
          "changes of {} are recorded from now on{}",
          table.shape().name(),
          table.identified() ? "" : "; it has no key, so REPLICA IDENTITY is FULL");
      return true;
    } catch (SQLException e) {
      connection.rollback();
      incomplete = true;
      boolean locked = LOCK_NOT_AVAILABLE.equals(e.getSQLState());
      left.add(unrecorded(
          table,
          locked ? "a transaction is using it" : String.valueOf(e.getMessage()),
          locked ? "none: it is tried again" : "see the reason; it is tried again"));
      return false;
    }
  }

  /** Its updates would fail, or do so already: production comes first. */
  private boolean withdraw(CatalogTable table, List<Unrecorded> left) throws SQLException {
    var name = table.qualified();
    left.add(unrecorded(
        table,
        "its rows can be told only with the help of a generated column, which the log does not have",
        "give it a primary key of other columns: ALTER TABLE " + name + " ADD PRIMARY KEY (..)"));
    if (!table.published()) {
      return false;
    }
    try {
      run("set local lock_timeout = '300ms'");
      run("alter publication reprise_history drop table only " + name);
      if (table.shape().full()) {
        run("alter table only " + name + " replica identity default");
      }
      connection.commit();
      LOG.warn("changes of {} are not recorded any more", table.shape().name());
      return true;
    } catch (SQLException e) {
      connection.rollback();
      incomplete = true;
      LOG.warn("{} cannot be taken out of the publication; its updates fail", name, e);
      return false;
    }
  }

  /** A statement with a name in it, quoted by the server. */
  private void run(String statement) throws SQLException {
    Jdbc.update(connection, statement, Binder.NOTHING);
  }
}
