package dev.reprise.runtime.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.reprise.TransactionMisuseException;
import java.sql.Array;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.PGStatement;

class BoundTransactionTest {
  private static ScratchDatabase scratch;
  private static Database database;

  private Connection real;
  private BoundTransaction transaction;
  private Connection handle;

  @BeforeAll
  static void open() throws SQLException {
    scratch = TestDatabase.create();
    database = Database.open(scratch.config().withCallConnections(2), ConnectionHook.NONE);
    database.log(connection -> Jdbc.update(
        connection, "create table item (id int primary key, tags text[])", Binder.NOTHING));
  }

  @AfterAll
  static void close() {
    database.close();
    scratch.close();
  }

  @BeforeEach
  void begin() throws SQLException {
    real = database.callConnection();
    transaction = new BoundTransaction(real);
    handle = transaction.handle();
  }

  @AfterEach
  void end() throws SQLException {
    transaction.end();
    real.rollback();
    if (transaction.sessionTainted()) {
      database.evict(real);
    }
    real.close();
  }

  @Test
  void refusesToEndOrRedefineTheTransactionByTheMethodsOfAConnection() {
    refused(() -> handle.commit(), "committed when the method returns");
    refused(() -> handle.rollback(), "throw to roll back, use JDBC savepoints");
    refused(() -> handle.setAutoCommit(true), "one transaction");
    refused(
        () -> handle.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED),
        "@Transaction(isolation");
    refused(() -> handle.setReadOnly(true), "readOnly");
    refused(() -> handle.abort(Runnable::run), "lent to the function");
    refused(() -> handle.setNetworkTimeout(Runnable::run, 1), "lent to the function");
    refused(() -> handle.setHoldability(ResultSet.CLOSE_CURSORS_AT_COMMIT), "lent to the function");
    refused(() -> handle.setSavepoint("reprise_1"), "belong to Reprise");
  }

  @Test
  void acceptsSettingWhatIsSet() throws SQLException {
    handle.setAutoCommit(false);
    handle.setReadOnly(false);
    handle.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);

    assertThat(handle.getAutoCommit()).isFalse();
    assertThat(handle.isReadOnly()).isFalse();
    assertThat(handle.getTransactionIsolation()).isEqualTo(Connection.TRANSACTION_SERIALIZABLE);
    assertThat(handle.isValid(1)).isTrue();
    assertThat(transaction.sessionTainted()).isFalse();
  }

  @Test
  void refusesToEndTheTransactionByTextOnEveryRoad() throws SQLException {
    refused(() -> handle.prepareStatement("commit"), "COMMIT is Reprise's");
    refused(() -> handle.prepareStatement("commit", Statement.RETURN_GENERATED_KEYS), "COMMIT");
    refused(() -> handle.prepareCall("commit"), "COMMIT");
    try (var statement = handle.createStatement()) {
      refused(() -> statement.execute("select 1; commit"), "COMMIT");
      refused(() -> statement.executeQuery("rollback"), "ROLLBACK");
      refused(() -> statement.executeUpdate("end"), "END");
      refused(() -> statement.executeLargeUpdate("abort"), "ABORT");
      refused(() -> statement.execute("begin", Statement.NO_GENERATED_KEYS), "BEGIN");
      refused(() -> statement.addBatch("commit"), "COMMIT");
    }
    try (var prepared = handle.prepareStatement("select 1")) {
      refused(() -> prepared.addBatch("commit"), "COMMIT");
    }
    assertThat(transaction.firstFailure()).isNull();
  }

  @Test
  void theServerRefusesACommitInsideABlockOfCode() throws SQLException {
    assertThatThrownBy(() -> run("do $$ begin commit; end $$"))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("2D000"));
  }

  @Test
  void leadsBackToItselfFromEveryObject() throws SQLException {
    try (PreparedStatement statement = handle.prepareStatement("select array[1, 2]");
        ResultSet rows = statement.executeQuery()) {
      assertThat(statement.getConnection()).isSameAs(handle);
      assertThat(rows.getStatement()).isSameAs(statement);
      assertThat(statement.getResultSet().getStatement()).isSameAs(statement);
      assertThat(rows.next()).isTrue();
      Array array = rows.getArray(1);
      try (ResultSet elements = array.getResultSet()) {
        assertThat(elements.getStatement().getConnection()).isSameAs(handle);
      }
      assertThat(((Array) rows.getObject(1)).getArray()).isEqualTo(new Integer[] {1, 2});
    }
    assertThat(handle.getMetaData().getConnection()).isSameAs(handle);
    try (ResultSet tables = handle.getMetaData().getTables(null, null, "item", null)) {
      assertThat(tables.next()).isTrue();
      assertThat(tables.getStatement().getConnection()).isSameAs(handle);
    }
  }

  @Test
  void hidesTheObjectsOfTheDriver() throws SQLException {
    assertThat(handle.isWrapperFor(PGConnection.class)).isFalse();
    assertThat(handle.unwrap(Connection.class)).isSameAs(handle);
    assertThatThrownBy(() -> handle.unwrap(PGConnection.class))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("java.sql");
    try (var statement = handle.createStatement()) {
      assertThat(statement.unwrap(Statement.class)).isSameAs(statement);
      assertThat(statement.isWrapperFor(PGStatement.class)).isFalse();
    }
  }

  @Test
  void takesItsOwnArraysAsParameters() throws SQLException {
    Array tags = handle.createArrayOf("text", new String[] {"a", "b"});
    try (var insert = handle.prepareStatement("insert into item values (1, ?)")) {
      insert.setArray(1, tags);
      assertThat(insert.executeUpdate()).isEqualTo(1);
    }
    assertThat(ask("select tags[2] from item where id = 1")).isEqualTo("b");
  }

  @Test
  void remembersAnErrorThatUserCodeSwallows() {
    assertThatThrownBy(() -> run("insert into nowhere values (1)"))
        .isInstanceOf(SQLException.class);
    assertThatThrownBy(() -> run("select 1")).isInstanceOf(SQLException.class);

    assertThat(failure().statement()).isEqualTo("insert into nowhere values (1)");
    assertThat(failure().exception().getSQLState()).isEqualTo("42P01");
    assertThat(failure().isRetryable()).isFalse();
  }

  @Test
  void forgetsErrorsOfTheDriverBecauseTheyDoNotAbortTheTransaction() throws SQLException {
    try (var statement = handle.prepareStatement("select ?::int")) {
      assertThatThrownBy(() -> statement.setInt(2, 1)).isInstanceOf(SQLException.class);
      assertThatThrownBy(statement::executeQuery).isInstanceOf(SQLException.class);
    }
    assertThat(transaction.firstFailure()).isNull();
  }

  @Test
  void remembersAnErrorOfABatchAndOneMetWhileReading() throws SQLException {
    run("insert into item values (1)");
    Savepoint before = handle.setSavepoint();
    try (var insert = handle.prepareStatement("insert into item values (?)")) {
      for (int id = 2; id >= 1; id--) {
        insert.setInt(1, id);
        insert.addBatch();
      }
      assertThatThrownBy(insert::executeBatch).isInstanceOf(BatchUpdateException.class);
    }
    assertThat(failure().statement()).isEqualTo("insert into item values (?)");
    assertThat(failure().exception().getSQLState()).isEqualTo("23505");

    handle.rollback(before);
    String text = "select 1 / (2 - i) from generate_series(1, 3) i";
    try (var query = handle.prepareStatement(text)) {
      query.setFetchSize(1);
      ResultSet rows = query.executeQuery();
      assertThat(rows.next()).isTrue();
      assertThatThrownBy(rows::next).isInstanceOf(SQLException.class);
    }
    assertThat(failure().statement()).isEqualTo(text);
    assertThat(failure().exception().getSQLState()).isEqualTo("22012");
  }

  @Test
  void forgivesAnErrorAfterARollbackToASavepointBeforeIt() throws SQLException {
    Savepoint named = handle.setSavepoint("Mine");
    assertThatThrownBy(() -> run("select * from nowhere")).isInstanceOf(SQLException.class);
    handle.rollback(named);
    assertThat(transaction.firstFailure()).isNull();

    run("savepoint inner_one");
    assertThatThrownBy(() -> run("select * from nowhere")).isInstanceOf(SQLException.class);
    assertThat(transaction.firstFailure()).isNotNull();
    run("ROLLBACK TO SAVEPOINT Inner_One");
    assertThat(transaction.firstFailure()).isNull();

    handle.releaseSavepoint(named);
    assertThat(ask("select 1")).isEqualTo("1");
  }

  @Test
  void keepsAnErrorThatIsOlderThanTheSavepoint() throws SQLException {
    var ledger = new FailureLedger();
    ledger.note("a", new SQLException("a", "42P01"));
    ledger.opened("s");
    ledger.note("b", new SQLException("b", "42P01"));
    ledger.rolledBackTo("s");
    assertThat(ledger.first()).isNotNull().extracting(SqlFailure::statement).isEqualTo("a");
  }

  @Test
  void neverForgivesASerializationFailureAndPutsItBeforeOthers() throws SQLException {
    var savepoint = handle.setSavepoint();
    assertThatThrownBy(() -> run("select * from nowhere")).isInstanceOf(SQLException.class);
    handle.rollback(savepoint);
    assertThatThrownBy(() -> run(
            "do $$ begin raise exception 'again' using errcode = 'serialization_failure'; end $$"))
        .isInstanceOf(SQLException.class);
    handle.rollback(savepoint);

    assertThat(failure().isRetryable()).isTrue();
    assertThat(SqlState.isRetryable(failure().exception())).isTrue();
  }

  @Test
  void undoesAJoinedCallWithItsErrorsOrKeepsIt() throws SQLException {
    run("insert into item values (1)");
    Savepoint first = transaction.openSavepoint();
    run("insert into item values (2)");
    assertThatThrownBy(() -> run("insert into item values (2)")).isInstanceOf(SQLException.class);
    transaction.rollbackTo(first);
    transaction.release(first);
    assertThat(transaction.firstFailure()).isNull();

    Savepoint second = transaction.openSavepoint();
    run("insert into item values (3)");
    transaction.release(second);
    assertThat(ask("select string_agg(id::text, ',' order by id) from item")).isEqualTo("1,3");
  }

  @Test
  void noticesChangesOfTheSession() throws SQLException {
    run("set local work_mem = '1MB'");
    assertThat(transaction.sessionTainted()).isFalse();
    try (var statement = handle.prepareStatement("set work_mem = '1MB'")) {
      assertThat(transaction.sessionTainted()).isFalse();
      statement.execute();
    }
    assertThat(transaction.sessionTainted()).isTrue();
  }

  @Test
  void noticesChangesOfTheSessionThroughTheMethodsOfAConnection() throws SQLException {
    handle.setSchema("public");
    assertThat(transaction.sessionTainted()).isTrue();

    var other = new BoundTransaction(real);
    other.handle().setClientInfo(new Properties());
    assertThat(other.sessionTainted()).isTrue();
  }

  @Test
  void aHandleThatWasClosedIsClosedWithItsStatementsAndOthersAreNot() throws SQLException {
    var statement = handle.prepareStatement("select 1");
    Connection other = transaction.handle();
    handle.close();
    handle.close();

    assertThat(handle.isClosed()).isTrue();
    assertThat(statement.isClosed()).isTrue();
    assertThatThrownBy(() -> handle.createStatement())
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("08003"));
    assertThat(other.isClosed()).isFalse();
    assertThat(real.isClosed()).isFalse();
    other.createStatement().close();
  }

  @Test
  void nothingOfItWorksAfterItsEndOnAnyThread() throws Exception {
    var statement = handle.prepareStatement("select 1");
    ResultSet rows = statement.executeQuery();
    transaction.end();

    CompletableFuture.runAsync(() -> {
          ended(() -> handle.createStatement());
          ended(() -> statement.executeQuery());
          ended(() -> rows.next());
          ended(() -> transaction.handle());
        })
        .get();
    assertThat(handle.isClosed()).isTrue();
    assertThat(rows.isClosed()).isTrue();
    rows.close();
    statement.close();
    handle.close();
  }

  @Test
  void theDataSourceLeadsToTheRunningTransactionOnly() throws SQLException {
    var bound = new BoundDataSource(() -> transaction);
    try (Connection connection = bound.getConnection()) {
      assertThat(connection).isNotSameAs(handle);
    }
    refused(() -> bound.getConnection("a", "b"), "role");
    refused(() -> new BoundDataSource(() -> null).getConnection(), "@Transaction");
  }

  private SqlFailure failure() {
    return Objects.requireNonNull(transaction.firstFailure());
  }

  private void run(String sql) throws SQLException {
    try (var statement = handle.createStatement()) {
      statement.execute(sql);
    }
  }

  private String ask(String sql) throws SQLException {
    return Jdbc.queryOne(handle, sql, Binder.NOTHING, row -> row.getString(1)).orElseThrow();
  }

  private static void refused(ThrowingCallable call, String message) {
    assertThatThrownBy(call)
        .isInstanceOf(TransactionMisuseException.class)
        .hasMessageContaining(message);
  }

  private static void ended(ThrowingCallable call) {
    assertThatThrownBy(call)
        .asInstanceOf(type(SQLException.class))
        .satisfies(e -> assertThat(e.getSQLState()).isEqualTo("08003"));
  }
}
