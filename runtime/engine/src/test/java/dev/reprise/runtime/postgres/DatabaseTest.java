package dev.reprise.runtime.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.reprise.RepriseException;
import dev.reprise.runtime.config.DatabaseConfig;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

class DatabaseTest {
  private static ScratchDatabase scratch;
  private static Database database;

  @BeforeAll
  static void open() throws SQLException {
    scratch = TestDatabase.create();
    database = Database.open(scratch.config().withCallConnections(2), ConnectionHook.NONE);
    database.log(c -> Jdbc.update(c, "create table t (id int primary key)", Binder.NOTHING));
  }

  @AfterAll
  static void close() {
    database.close();
    database.close();
    scratch.close();
  }

  @Test
  void givesSerializableCallsAndReadCommittedLogAndHousekeepingAllInUtc() throws SQLException {
    try (Connection call = database.callConnection()) {
      assertThat(call.getAutoCommit()).isFalse();
      assertThat(show(call, "transaction_isolation")).isEqualTo("serializable");
      assertThat(show(call, "TimeZone")).isEqualTo("UTC");
      assertThat(show(call, "idle_in_transaction_session_timeout")).isEqualTo("1min");
      assertThat(show(call, "tcp_keepalives_idle")).isEqualTo("5");
      assertThat(show(call, "tcp_user_timeout")).isEqualTo("10000");
    }
    assertThat(database.<String>log(c -> show(c, "transaction_isolation")))
        .isEqualTo("read committed");
    assertThat(database.<String>housekeeping(c -> show(c, "transaction_isolation")))
        .isEqualTo("read committed");
  }

  /** The pool asks its first connection for more than later ones; what it misses then it must not miss for ever. */
  @Test
  void aPoolSurvivesTheLossOfItsFirstConnectionWhileItIsOpened() throws SQLException {
    var first = new AtomicBoolean(true);
    var unlucky = new PGSimpleDataSource() {
      @Override
      public Connection getConnection() throws SQLException {
        var real = SessionSource.driver(scratch.config()).getConnection();
        return first.getAndSet(false) ? closedBy("getTransactionIsolation", real) : real;
      }
    };
    try (var pool = Database.pool("unlucky", 1, "TRANSACTION_SERIALIZABLE", unlucky);
        var connection = pool.getConnection()) {
      assertThat(show(connection, "transaction_isolation")).isEqualTo("serializable");
    }
    assertThat(first).isFalse();
  }

  /** A connection that is lost when that is called. */
  private static Connection closedBy(String method, Connection real) {
    return (Connection) Proxy.newProxyInstance(
        DatabaseTest.class.getClassLoader(),
        new Class<?>[] {Connection.class},
        (p, called, given) -> {
          if (called.getName().equals(method)) {
            real.close();
          }
          try {
            return called.invoke(real, given);
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
        });
  }

  @Test
  void commitsWorkOrRollsItBack() throws SQLException {
    database.log(c -> Jdbc.update(c, "insert into t values (1)", Binder.NOTHING));
    assertThatThrownBy(() -> database.log(c -> {
          Jdbc.update(c, "insert into t values (2)", Binder.NOTHING);
          throw new IllegalStateException("no");
        }))
        .isInstanceOf(IllegalStateException.class);
    assertThat(database.<Boolean>housekeeping(c -> Jdbc.query(
                c, "select id from t where id in (1, 2)", Binder.NOTHING, r -> r.getInt(1))
            .equals(List.of(1))))
        .isTrue();
  }

  @Test
  void runsWorkAgainAfterASerializationFailureAndKeepsTheEarlierOnes() throws SQLException {
    var attempts = new AtomicInteger();
    assertThat(database.<Integer>log(c -> {
          if (attempts.incrementAndGet() < 3) {
            fail(c, "serialization_failure");
          }
          return attempts.get();
        }))
        .isEqualTo(3);

    attempts.set(0);
    assertThatThrownBy(() -> database.housekeeping(c -> {
          attempts.incrementAndGet();
          fail(c, "deadlock_detected");
          return true;
        }))
        .satisfies(e -> assertThat(SqlState.isRetryable(e)).isTrue())
        .satisfies(e -> assertThat(e.getSuppressed()).hasSize(9));
    assertThat(attempts).hasValue(10);

    attempts.set(0);
    assertThatThrownBy(() -> database.log(c -> {
          attempts.incrementAndGet();
          fail(c, "division_by_zero");
          return true;
        }))
        .isInstanceOf(SQLException.class);
    assertThat(attempts).hasValue(1);
  }

  @Test
  void showsEveryPhysicalConnectionToTheHookBeforeItIsUsed() throws SQLException {
    Set<Integer> seen = ConcurrentHashMap.newKeySet();
    try (var hooked = Database.open(scratch.config(), c -> seen.add(pid(c)))) {
      assertThat(seen).contains(hooked.<Integer>log(DatabaseTest::pid));
      assertThat(seen).contains(hooked.<Integer>housekeeping(DatabaseTest::pid));
      try (Connection call = hooked.callConnection()) {
        assertThat(seen).contains(pid(call));
      }
    }
  }

  @Test
  void aHookThatRefusesLetsNoConnectionThrough() {
    var fenced = new AtomicBoolean(true);
    try (var hooked = Database.open(scratch.config(), c -> {
      if (fenced.get()) {
        throw new SQLException("this node is fenced");
      }
    })) {
      assertThatThrownBy(hooked::callConnection)
          .satisfies(e -> assertThat(SqlState.isUnavailable(e)).isTrue())
          .hasStackTraceContaining("this node is fenced");
      assertThat(hooked.isReachable()).isFalse();
      fenced.set(false);
      await().atMost(Duration.ofSeconds(60)).until(hooked::isReachable);
    }
  }

  @Test
  void anEvictedConnectionIsNotUsedAgain() throws SQLException {
    int pid;
    try (Connection call = database.callConnection()) {
      pid = pid(call);
      Jdbc.update(call, "set work_mem = '1MB'", Binder.NOTHING);
      call.commit();
      database.evict(call);
    }
    await()
        .until(() -> database.<Boolean>log(c -> Jdbc.query(
                c,
                "select 1 from pg_stat_activity where pid = ?",
                statement -> statement.setInt(1, pid),
                row -> row.getInt(1))
            .isEmpty()));
    try (Connection call = database.callConnection()) {
      assertThat(show(call, "work_mem")).isEqualTo("4MB");
    }
  }

  @Test
  void tellsALostConnectionFromOtherFailures() throws SQLException {
    try (Connection call = database.callConnection()) {
      int pid = pid(call);
      database.<Boolean>log(c -> Jdbc.query(
              c,
              "select pg_terminate_backend(?)",
              statement -> statement.setInt(1, pid),
              row -> row.getBoolean(1))
          .get(0));
      assertThatThrownBy(() -> pid(call))
          .satisfies(e -> assertThat(SqlState.isConnectionLost(e)).isTrue())
          .satisfies(e -> assertThat(SqlState.isRetryable(e)).isFalse());
    }
    assertThat(database.isReachable()).isTrue();
  }

  @Test
  void recognisesTheKeyThatWasViolated() {
    assertThatThrownBy(() ->
            database.log(c -> Jdbc.update(c, "insert into t values (9), (9)", Binder.NOTHING)))
        .satisfies(
            e -> assertThat(SqlState.isUniqueViolationOf(e, "public", "t")).isTrue())
        .satisfies(
            e -> assertThat(SqlState.isUniqueViolationOf(e, "public", "u")).isFalse())
        .satisfies(e -> assertThat(SqlState.isServerError(e)).isTrue());
  }

  @Test
  void anUnsupportedFeatureIsAnOrdinaryError() throws SQLException {
    try (Connection call = database.callConnection()) {
      var savepoint = call.setSavepoint();
      assertThatThrownBy(() -> fail(call, "feature_not_supported"))
          .isInstanceOf(SQLException.class);
      call.rollback(savepoint);
      assertThat(pid(call)).isPositive();
    }
  }

  @Test
  void waitsForAConnectionForABoundedTime() throws SQLException {
    try (var small = Database.open(scratch.config().withCallConnections(1), ConnectionHook.NONE);
        Connection only = small.callConnection()) {
      assertThat(only.isClosed()).isFalse();
      assertThatThrownBy(small::callConnection)
          .satisfies(e -> assertThat(SqlState.isUnavailable(e)).isTrue())
          .satisfies(e -> assertThat(SqlState.isConnectionLost(e)).isFalse());
    }
  }

  @Test
  void setsSessionsUpByStatementsBehindAProxyThatRefusesStartupOptions() throws Exception {
    try (var proxy = new OptionsRefusingProxy(portOf(scratch.jdbcUrl()));
        var behind = Database.open(
            DatabaseConfig.of(
                scratch.jdbcUrl().replaceFirst(":\\d+/", ":" + proxy.port() + "/"),
                scratch.user(),
                scratch.password()),
            ConnectionHook.NONE)) {
      try (Connection call = behind.callConnection()) {
        assertThat(show(call, "transaction_isolation")).isEqualTo("serializable");
        assertThat(show(call, "TimeZone")).isEqualTo("UTC");
        assertThat(show(call, "tcp_keepalives_count")).isEqualTo("3");
      }
      assertThat(proxy.refusals()).isEqualTo(1);
    }
  }

  @Test
  void saysWhyItCannotConnect() {
    assertThatThrownBy(() -> Database.open(
            DatabaseConfig.of("jdbc:postgresql://127.0.0.1:1/x?password=secret"),
            ConnectionHook.NONE))
        .isInstanceOf(RepriseException.class)
        .hasMessageContaining("cannot connect to jdbc:postgresql://127.0.0.1:1/x?password=***")
        .hasMessageNotContaining("secret");
  }

  @Test
  void takesUserAndPasswordFromTheUrl() {
    String url = scratch.jdbcUrl() + "?user=" + scratch.user() + "&password=" + scratch.password();
    try (var fromUrl = Database.open(DatabaseConfig.of(url), ConnectionHook.NONE)) {
      assertThat(fromUrl.isReachable()).isTrue();
    }
  }

  private static void fail(Connection connection, String condition) throws SQLException {
    Jdbc.update(
        connection,
        "do $$ begin raise exception 'for the test' using errcode = '" + condition + "'; end $$",
        Binder.NOTHING);
  }

  private static int pid(Connection connection) throws SQLException {
    return Jdbc.query(connection, "select pg_backend_pid()", Binder.NOTHING, row -> row.getInt(1))
        .get(0);
  }

  @Test
  @SuppressWarnings("try") // it is closed before the end to be asked once more
  void aConnectionThatWasValidatedIsInItsTransactionAndCanStillChooseItsLevel()
      throws SQLException {
    try (var plain = SessionSource.driver(scratch.config()).getConnection();
        var connection = CheapValidation.of(plain)) {
      connection.setAutoCommit(false);
      assertThat(connection.isValid(5)).isTrue();
      assertThat(show(connection, "transaction_isolation")).isEqualTo("read committed");
      Jdbc.update(connection, "set transaction isolation level serializable", Binder.NOTHING);
      assertThat(show(connection, "transaction_isolation")).isEqualTo("serializable");
      connection.rollback();
      plain.close();
      assertThat(connection.isValid(5)).isFalse();
    }
  }

  private static String show(Connection connection, String setting) throws SQLException {
    return Jdbc.query(connection, "show " + setting, Binder.NOTHING, row -> row.getString(1))
        .get(0);
  }

  private static int portOf(String url) {
    return Integer.parseInt(url.replaceAll(".*:(\\d+)/.*", "$1"));
  }
}
