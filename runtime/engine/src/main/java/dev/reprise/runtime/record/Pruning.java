package dev.reprise.runtime.record;

import dev.reprise.runtime.postgres.Binder;
import dev.reprise.runtime.postgres.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Optional;

/**
 * The statements that delete the beginning of the history. First an epoch is made to begin with a later checkpoint, in
 * one transaction; readers begin there from then on. What is before it is then needed by nobody, and is deleted in small
 * parts, in any order and whenever. Never commits. For one thread, that of the only recorder.
 */
final class Pruning {
  /** In one transaction, so that the recording does not wait for long. */
  private static final int ROWS_AT_ONCE = 5_000;

  /** Transactions that every copy of the checkpoint sees with which their epoch begins. */
  private static final String OLD = """
      with old as materialized (
        select t.epoch, t.commit_lsn
          from reprise_history.epochs e
          join reprise_history.checkpoints c on c.epoch = e.epoch and c.base_lsn = e.base_lsn
         cross join lateral (
            select * from reprise_history.transactions t
             where t.epoch = c.epoch and t.commit_lsn < c.began_lsn
               and pg_visible_in_snapshot(t.transaction_id, c.began_snapshot)
             order by t.commit_lsn limit %1$d) t
         order by t.epoch, t.commit_lsn limit %1$d)
      """.formatted(ROWS_AT_ONCE);

  private final Connection connection;

  Pruning(Connection connection) {
    this.connection = connection;
  }

  private record Floor(int epoch, String lsn) {}

  /**
   * Lets an epoch begin with the latest of its checkpoints that is older than that; false where none has a later one.
   *
   * @param retention for how long executions are kept; for people
   */
  boolean advance(Duration age, String retention) throws SQLException {
    var floor = floor(age);
    if (floor.isEmpty()) {
      return false;
    }
    update(floor.get(), """
        update reprise_history.relations r set base_snapshot = null
          from floor where r.epoch = floor.epoch and r.relation <= floor.after_relation and r.base_snapshot is not null
        """);
    update(floor.get(), """
        delete from reprise_history.schemas s using floor
         where s.epoch = floor.epoch
           and s.seen_lsn < (select max(n.seen_lsn) from reprise_history.schemas n
                              where n.epoch = floor.epoch and n.seen_lsn <= floor.began_lsn)
        """);
    update(floor.get(), """
        update reprise_history.epochs e
           set base_snapshot = floor.base_snapshot, base_lsn = floor.base_lsn, began_at = floor.completed_at,
               retention = '%s'
          from floor where e.epoch = floor.epoch
        """.formatted(retention));
    update(floor.get(), """
        delete from reprise_history.checkpoints c using floor
         where c.epoch = floor.epoch and c.began_lsn < floor.began_lsn
        """);
    return true;
  }

  private Optional<Floor> floor(Duration age) throws SQLException {
    var sql = """
        select c.epoch, c.began_lsn
          from reprise_history.checkpoints c join reprise_history.epochs e using (epoch)
         where c.completed_at < clock_timestamp() - ? * interval '1 millisecond' and c.base_lsn > e.base_lsn
         order by c.epoch, c.began_lsn desc limit 1
        """;
    return Jdbc.queryOne(
        connection,
        sql,
        statement -> statement.setLong(1, age.toMillis()),
        row -> new Floor(row.getInt("epoch"), row.getString("began_lsn")));
  }

  private void update(Floor floor, String sql) throws SQLException {
    var which = """
        with floor as (
          select * from reprise_history.checkpoints where epoch = ? and began_lsn = ?::pg_lsn)
        """;
    Jdbc.update(connection, which + sql, statement -> {
      statement.setInt(1, floor.epoch());
      statement.setString(2, floor.lsn());
    });
  }

  /** Forgets the oldest epoch where it ended longer ago than that and another has followed; false where it has not. */
  boolean forgetEpoch(Duration age) throws SQLException {
    var sql = """
        delete from reprise_history.epochs
         where epoch = (select min(epoch) from reprise_history.epochs)
           and epoch < (select max(epoch) from reprise_history.epochs)
           and state = 'ENDED' and ended_at < clock_timestamp() - ? * interval '1 millisecond'
        """;
    return Jdbc.update(connection, sql, statement -> statement.setLong(1, age.toMillis())) > 0;
  }

  /** Deletes a part of what is needed no more; false where there is nothing left. */
  boolean deletePart() throws SQLException {
    return deleteTransactions() > 0
        || deleteOfForgottenEpochs("changes") > 0
        || deleteOfForgottenEpochs("transactions") > 0
        || deleteBaseRows() > 0
        || deleteOfForgottenEpochs("schemas") > 0
        || deleteOfForgottenEpochs("unrecorded") > 0
        || deleteOfForgottenEpochs("checkpoints") > 0
        || deleteOfForgottenEpochs("relations") > 0;
  }

  /** Old ones, their changes first: a single transaction may have any number. */
  private int deleteTransactions() throws SQLException {
    int changes = Jdbc.update(connection, OLD + """
        delete from reprise_history.changes where ctid = any (array(
          select c.ctid from old join reprise_history.changes c using (epoch, commit_lsn) limit %d))
        """.formatted(ROWS_AT_ONCE), Binder.NOTHING);
    return changes > 0 ? changes : Jdbc.update(connection, OLD + """
        delete from reprise_history.transactions t using old
         where t.epoch = old.epoch and t.commit_lsn = old.commit_lsn
        """, Binder.NOTHING);
  }

  private int deleteOfForgottenEpochs(String table) throws SQLException {
    var sql = """
        delete from reprise_history.%1$s where ctid = any (array(
          select ctid from reprise_history.%1$s
           where epoch < (select min(epoch) from reprise_history.epochs) limit %2$d))
        """.formatted(table, ROWS_AT_ONCE);
    return Jdbc.update(connection, sql, Binder.NOTHING);
  }

  /** Of copies that are none any more. */
  private int deleteBaseRows() throws SQLException {
    var sql = """
        delete from reprise_history.base_rows where ctid = any (array(
          select b.ctid from reprise_history.base_rows b
           where b.relation = (
                   select r.relation from reprise_history.relations r
                    where (r.base_snapshot is null
                           or r.epoch < (select min(epoch) from reprise_history.epochs))
                      and exists (select from reprise_history.base_rows o where o.relation = r.relation)
                    limit 1)
           limit %d))
        """.formatted(ROWS_AT_ONCE);
    return Jdbc.update(connection, sql, Binder.NOTHING);
  }

  /**
   * Deletes shapes of tables that nothing refers to any more, but for the latest of each table; tells how many. Who has
   * such rows in memory has to read them again.
   */
  int deleteRelations() throws SQLException {
    var sql = """
        delete from reprise_history.relations r
         where r.base_snapshot is null
           and (exists (select from reprise_history.relations n
                         where n.epoch = r.epoch and n.oid = r.oid and n.relation > r.relation)
                or not exists (select from pg_catalog.pg_class c where c.oid = r.oid))
           and not exists (select from reprise_history.changes c where c.relation = r.relation)
           and not exists (select from reprise_history.base_rows b where b.relation = r.relation)
        """;
    return Jdbc.update(connection, sql, Binder.NOTHING);
  }
}
