package dev.reprise.debugger.rebuild;

import dev.reprise.debugger.history.Change;
import dev.reprise.debugger.history.RecordedTransaction;
import dev.reprise.debugger.history.Relation;
import dev.reprise.runtime.postgres.Binder;
import dev.reprise.runtime.postgres.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Makes recorded changes in a scratch database as they were made: in their order, each value as recorded, without
 * triggers and without checks of foreign keys. (A trigger that is enabled ALWAYS or REPLICA fires all the same.) Changes
 * of tables that are not in the scratch database are left out. Not thread-safe.
 */
public final class ChangeApplier {
  private static final int WRITTEN_AT_ONCE = 1_000;

  private final Connection connection;
  private final Set<String> skipped = new TreeSet<>();
  private final Map<Integer, RelationWrites> relations = new HashMap<>();
  private @Nullable TargetTables tables;

  /**
   * For a session of a superuser, or of who may set {@code session_replication_role}. It knows the columns of rebuilt
   * databases by their numbers, of others by their names.
   */
  public ChangeApplier(Connection scratch) {
    this.connection = scratch;
  }

  /**
   * Makes the changes of a transaction, in the session's transaction; in autocommit, in one of its own. The settings of
   * the session are as before.
   *
   * @throws SQLException the database refuses a change
   * @throws RebuildException a row that was changed is not there
   */
  public void apply(RecordedTransaction transaction) throws SQLException {
    apply(transaction.changes());
  }

  /** The same for some changes. */
  public void apply(List<Change> changes) throws SQLException {
    if (!connection.getAutoCommit()) {
      applyAsReplica(changes);
      return;
    }
    connection.setAutoCommit(false);
    try {
      applyAsReplica(changes);
      connection.commit();
    } finally {
      connection.rollback();
      connection.setAutoCommit(true);
    }
  }

  /** The tables that changes were left out of, as {@code schema.name}. */
  public Set<String> skippedTables() {
    return Set.copyOf(skipped);
  }

  private void applyAsReplica(List<Change> changes) throws SQLException {
    String role = setRole("replica");
    try {
      applyInOrder(changes);
    } catch (SQLException | RuntimeException e) {
      restoreAfter(role, e);
      throw e;
    }
    setRole(role);
  }

  private void restoreAfter(String role, Exception failure) {
    try {
      setRole(role);
    } catch (SQLException e) {
      // The transaction has failed; its end restores the setting.
      failure.addSuppressed(e);
    }
  }

  private String setRole(String role) throws SQLException {
    String sql = """
        select current_setting('session_replication_role'), set_config('session_replication_role', ?, true)
        """;
    try {
      return Jdbc.query(
              connection, sql, statement -> statement.setString(1, role), row -> row.getString(1))
          .get(0);
    } catch (SQLException e) {
      if ("42501".equals(e.getSQLState())) {
        throw new RebuildException(
            "the user of the scratch database may not set session_replication_role: name a superuser, or"
                + " GRANT SET ON PARAMETER session_replication_role",
            e);
      }
      throw e;
    }
  }

  /** In the caller's transaction and replication role. */
  void applyInOrder(List<Change> changes) throws SQLException {
    var batch = new ArrayList<Write>();
    var truncated = new ArrayList<String>();
    for (Change change : changes) {
      RelationWrites writes = writes(change.relation());
      if (writes == null) {
        continue;
      }
      if (change.kind() == Change.Kind.TRUNCATE) {
        flush(batch);
        truncated.add(writes.table().sqlName());
        continue;
      }
      truncate(truncated);
      Write write = writes.write(change);
      boolean other = !batch.isEmpty() && !batch.get(0).sql().equals(write.sql());
      if (other || batch.size() == WRITTEN_AT_ONCE) {
        flush(batch);
      }
      batch.add(write);
    }
    flush(batch);
    truncate(truncated);
  }

  private void flush(List<Write> batch) throws SQLException {
    if (!batch.isEmpty()) {
      Write.run(connection, batch);
      batch.clear();
    }
  }

  /** At once, as they may refer to each other. */
  private void truncate(List<String> names) throws SQLException {
    if (!names.isEmpty()) {
      Jdbc.update(connection, "truncate only " + String.join(", only ", names), Binder.NOTHING);
      names.clear();
    }
  }

  private @Nullable RelationWrites writes(Relation relation) throws SQLException {
    RelationWrites known = relations.get(relation.id());
    if (known != null) {
      return known;
    }
    TargetTables there = tables == null ? TargetTables.read(connection) : tables;
    tables = there;
    TargetTable table = there.of(relation);
    if (table == null) {
      skipped.add(relation.qualifiedName());
      return null;
    }
    var writes = new RelationWrites(relation, table, false);
    relations.put(relation.id(), writes);
    return writes;
  }
}
