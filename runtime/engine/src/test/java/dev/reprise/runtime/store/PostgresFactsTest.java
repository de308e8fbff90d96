package dev.reprise.runtime.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.reprise.runtime.postgres.ScratchDatabase;
import dev.reprise.runtime.postgres.TestDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the rules around the log take for granted of PostgreSQL, shown on bare connections: if a version of the server
 * behaves differently one day, the reason for a rule, or its mechanism, is gone.
 */
class PostgresFactsTest {
  private static ScratchDatabase database;

  private final List<Connection> sessions = new ArrayList<>();

  @BeforeAll
  static void create() {
    database = TestDatabase.create();
  }

  @AfterAll
  static void drop() {
    database.close();
  }

  @BeforeEach
  void tables() throws SQLException {
    try (var connection = connect()) {
      connection.setAutoCommit(true);
      run(connection, "drop table if exists log, effect, parent cascade");
      run(connection, "create table log (position int primary key, who text)");
      run(connection, "create table effect (id int primary key, who text)");
    }
  }

  @AfterEach
  void close() throws SQLException {
    for (var session : sessions) {
      session.close();
    }
  }

  private Connection connect() throws SQLException {
    var config = database.config();
    var connection = DriverManager.getConnection(config.url(), config.user(), config.password());
    connection.setAutoCommit(false);
    sessions.add(connection);
    return connection;
  }

  private static void run(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String text(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      return rows.next() ? String.valueOf(rows.getString(1)) : "none";
    }
  }

  private static int pid(Connection connection) throws SQLException {
    return Integer.parseInt(text(connection, "select pg_backend_pid()"));
  }

  private static CompletableFuture<Void> later(Connection connection, String sql) {
    return CompletableFuture.runAsync(() -> {
      try {
        run(connection, sql);
      } catch (SQLException e) {
        throw new IllegalStateException(e.getSQLState(), e);
      }
    });
  }

  private void awaitBlocked(int pid) throws SQLException {
    var watcher = connect();
    watcher.setAutoCommit(true);
    await()
        .until(() -> text(watcher, "select cardinality(pg_blocking_pids(" + pid + ")) > 0")
            .equals("t"));
  }

  private long count(String table) throws SQLException {
    try (var connection = connect()) {
      return Long.parseLong(text(connection, "select count(*) from " + table));
    }
  }

  /** Rule 1: why the log insert is a plain one whose error ends the transaction. */
  @ParameterizedTest
  @ValueSource(strings = {"on conflict", "savepoint"})
  void aLoserThatGoesOnAfterItsLogInsertKeepsItsEffects(String way) throws SQLException {
    var winner = connect();
    var loser = connect();
    run(winner, "insert into effect values (1, 'winner')");
    run(winner, "insert into log values (1, 'winner')");
    winner.commit();
    run(loser, "insert into effect values (2, 'loser')");
    if (way.equals("on conflict")) {
      run(loser, "insert into log values (1, 'loser') on conflict do nothing");
    } else {
      run(loser, "savepoint s");
      assertThatThrownBy(() -> run(loser, "insert into log values (1, 'loser')"))
          .isInstanceOf(SQLException.class);
      run(loser, "rollback to s");
    }
    loser.commit();
    assertThat(count("effect")).as("the effect that must not be there").isEqualTo(2);
  }

  /** Rule 3: why a lost COMMIT is resolved by an insert at the same position. */
  @Test
  void aSelectProvesNothingWhileTheBackendLivesAndAnInsertWaitsForIt() throws Exception {
    var paused = connect();
    run(paused, "insert into log values (1, 'paused')");
    var other = connect();
    assertThat(text(other, "select who from log where position = 1")).isEqualTo("none");
    other.rollback();
    int pid = pid(other);
    var insert = later(other, "insert into log values (1, 'other')");
    awaitBlocked(pid);
    paused.commit();
    assertThatThrownBy(insert::join).hasMessageContaining("23505");
    other.rollback();
    assertThat(text(other, "select who from log where position = 1")).isEqualTo("paused");
  }

  /** Rule 4: why closing rows come before compensations. */
  @Test
  void aPausedRunnerCommitsAfterTheUndoUnlessItsPositionIsTaken() throws Exception {
    for (boolean closed : new boolean[] {false, true}) {
      var paused = connect();
      run(paused, "insert into effect values (" + (closed ? 2 : 1) + ", 'late')");
      var ender = connect();
      if (closed) {
        run(ender, "insert into log values (2, 'closed')");
      }
      ender.commit(); // whatever is undone here does not see the paused runner's effect
      if (closed) {
        assertThatThrownBy(() -> run(paused, "insert into log values (2, 'late')"))
            .isInstanceOf(SQLException.class);
        paused.rollback();
      } else {
        run(paused, "insert into log values (1, 'late')");
        paused.commit();
      }
    }
    assertThat(count("effect")).as("the one without a closing row").isEqualTo(1);
  }

  /** Rule 5: why the backends of a dead node are terminated before its executions run elsewhere. */
  @Test
  void anOpenTransactionHoldsItsRowsUntilItsBackendIsEnded() throws Exception {
    var setup = connect();
    run(setup, "insert into effect values (1, 'row')");
    setup.commit();
    var stopped = connect();
    int pid = pid(stopped);
    run(stopped, "update effect set who = 'stopped'");
    var other = connect();
    run(other, "set local lock_timeout = '100ms'");
    assertThatThrownBy(() -> run(other, "update effect set who = 'other'"))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("55P03"));
    other.rollback();
    assertThat(text(other, "select pg_terminate_backend(" + pid + ", 10000)")).isEqualTo("t");
    run(other, "update effect set who = 'other'");
    other.commit();
    assertThat(text(other, "select who from effect")).isEqualTo("other");
  }

  /** Rule 7: why group writes have ON CONFLICT DO NOTHING ... */
  @Test
  void oneDuplicateFailsAWholeGroup() throws SQLException {
    var connection = connect();
    run(connection, "insert into log values (2, 'there')");
    connection.commit();
    assertThatThrownBy(() -> run(connection, "insert into log values (1, 'a'), (2, 'b'), (3, 'c')"))
        .isInstanceOf(SQLException.class);
    connection.rollback();
    assertThat(text(connection, """
            with w as (insert into log values (1, 'a'), (2, 'b'), (3, 'c')
                       on conflict do nothing returning position)
            select string_agg(position::text, ',' order by position) from w
            """)).isEqualTo("1,3");
  }

  /** ... and are sorted by key. */
  @Test
  void twoGroupsInDifferentOrdersDeadlock() throws Exception {
    var first = connect();
    var second = connect();
    run(first, "insert into log values (1, 'first') on conflict do nothing");
    run(second, "insert into log values (2, 'second') on conflict do nothing");
    int pid = pid(first);
    var waiting = later(first, "insert into log values (2, 'first') on conflict do nothing");
    awaitBlocked(pid);
    var closing = later(second, "insert into log values (1, 'second') on conflict do nothing");
    var outcomes = List.of(
        waiting
            .handle((done, failure) -> failure == null ? "" : failure.toString())
            .join(),
        closing
            .handle((done, failure) -> {
              try {
                second.rollback();
              } catch (SQLException e) {
                throw new IllegalStateException(e);
              }
              return failure == null ? "" : failure.toString();
            })
            .join());
    assertThat(outcomes.toString()).contains("40P01");
  }

  /** Rule 9: a deferred constraint fails at COMMIT, after the log row was inserted. */
  @Test
  void aDeferredConstraintFailsAtCommit() throws SQLException {
    var connection = connect();
    run(connection, "create table parent (id int primary key)");
    run(connection, """
        alter table effect add constraint late foreign key (id) references parent deferrable initially deferred
        """);
    connection.commit();
    run(connection, "insert into effect values (1, 'orphan')");
    run(connection, "insert into log values (1, 'orphan')");
    assertThatThrownBy(connection::commit)
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("23503"));
    assertThat(count("log")).isZero();
  }

  /** The log statement serves readers and writers alike and gives a reader no transaction id. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theLogStatementGivesAReaderNoTransactionId(boolean writes) throws SQLException {
    var connection = connect();
    if (writes) {
      run(connection, "insert into effect values (1, 'written')");
    }
    var id = text(connection, """
        with w as (insert into log select 1, 'me' where pg_current_xact_id_if_assigned() is not null returning 1)
        select pg_current_xact_id_if_assigned()
        """);
    assertThat(id).matches(writes ? "[0-9]+" : "null");
    assertThat(text(connection, "select pg_current_xact_id_if_assigned()"))
        .matches(writes ? "[0-9]+" : "null");
    connection.commit();
    assertThat(count("log")).isEqualTo(writes ? 1 : 0);
  }

  /** One round trip for the insert and the commit: an error in the first keeps the second from happening. */
  @Test
  void anErrorBeforeCommitInOneMessageStopsTheCommit() throws SQLException {
    var connection = connect();
    run(connection, "insert into log values (1, 'there')");
    connection.commit();
    run(connection, "insert into effect values (1, 'mine')");
    assertThatThrownBy(() -> run(connection, "insert into log values (1, 'mine'); commit"))
        .isInstanceOf(SQLException.class);
    connection.rollback();
    assertThat(count("effect")).isZero();
  }

  /** A role is a guard against mistakes, no sandbox: SQL gets out of it. */
  @Test
  void setLocalRoleIsUndoneBySql() throws SQLException {
    var connection = connect();
    var role = "facts_" + Long.toHexString(System.nanoTime());
    run(connection, "create role " + role);
    run(connection, "set local role " + role);
    assertThat(text(connection, "select current_user")).isEqualTo(role);
    run(connection, "select set_config('role', 'none', true)");
    assertThat(text(connection, "select current_user = session_user")).isEqualTo("t");
    connection.rollback();
  }

  /** What logical decoding forbids: an UPDATE of a published table that has no key. */
  @Test
  void anUpdateOfAPublishedTableWithoutKeyFails() throws SQLException {
    var connection = connect();
    run(connection, "create table parent (id int)");
    run(connection, "insert into parent values (1)");
    run(connection, "create publication facts for table parent");
    connection.commit();
    try {
      assertThatThrownBy(() -> run(connection, "update parent set id = 2"))
          .hasMessageContaining("replica identity");
      connection.rollback();
      run(connection, "alter table parent replica identity full");
      run(connection, "update parent set id = 2");
      connection.commit();
    } finally {
      connection.rollback();
      run(connection, "drop publication facts");
      connection.commit();
    }
  }

  /** Ids do not give the order of snapshots: an older snapshot may get the higher id. */
  @Test
  void aHigherIdMayBelongToAnOlderSnapshot() throws SQLException {
    var a = connect();
    var b = connect();
    var c = connect();
    for (var connection : List.of(a, b, c)) {
      connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    }
    var snapshotOfA = text(a, "select pg_current_snapshot()");
    run(c, "insert into effect values (1, 'c')");
    c.commit();
    assertThat(text(b, "select count(*) from effect")).isEqualTo("1");
    long idOfB = Long.parseLong(text(b, "select pg_current_xact_id()"));
    long idOfA = Long.parseLong(text(a, "select pg_current_xact_id()"));
    assertThat(idOfA).isGreaterThan(idOfB);
    assertThat(text(a, "select count(*) from effect")).as(snapshotOfA).isEqualTo("0");
    a.rollback();
    b.rollback();
  }

  /** Why a dequeue compares the turn of a queue with the one in its snapshot: what it counts is older than its lock. */
  @Test
  void aRowThatChangedBetweenSnapshotAndLockIsFoundByComparingItWithItself() throws SQLException {
    run(connect(), "select 1");
    var other = connect();
    run(other, "select pg_advisory_lock(17)");
    var late = connect();
    int pid = pid(late);
    run(late, "insert into log values (1, '0')");
    late.commit();
    // the snapshot is taken, then the lock is waited for
    var found = CompletableFuture.supplyAsync(() -> {
      try {
        return text(late, """
            with seen as materialized (
                   select l.position, l.who from log l, (select pg_advisory_lock(17)) waited),
                 held as materialized (
                   select l.position, l.who from log l join seen s on s.position = l.position and s.who = l.who
                      for update of l skip locked)
            select (select count(*) from seen) || ' seen, ' || (select count(*) from held) || ' held'
            """);
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    });
    awaitBlocked(pid);
    run(other, "update log set who = '1'");
    other.commit();
    run(other, "select pg_advisory_unlock(17)");
    assertThat(found.join()).isEqualTo("1 seen, 0 held");
  }
}
