package dev.reprise.runtime.engine;

import dev.reprise.Isolation;
import dev.reprise.Transaction;
import dev.reprise.Workflow;
import java.sql.SQLException;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/** Functions that try one thing each. */
public class Trials {
  static final AtomicInteger BODIES = new AtomicInteger();
  static volatile CyclicBarrier meeting = new CyclicBarrier(1);

  private final DataSource database;

  public Trials(DataSource database) {
    this.database = database;
  }

  private void run(String sql) throws SQLException {
    try (var connection = database.getConnection();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private int read(String sql) throws SQLException {
    try (var connection = database.getConnection();
        var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getInt(1);
    }
  }

  @Transaction
  public void twoWritesThenThrow() throws SQLException {
    run("insert into item values (1, 1)");
    throw new UnsupportedOperationException("changed my mind");
  }

  @Transaction
  public void sql(String text) throws SQLException {
    run("insert into item values (1, 1)");
    run(text);
  }

  @Transaction
  public String swallow() throws SQLException {
    run("insert into item values (2, 1)");
    try {
      run("insert into item values (2, 1)");
    } catch (SQLException e) {
      return "swallowed";
    }
    return "no error";
  }

  @Transaction
  public String savepoint() throws SQLException {
    try (var connection = database.getConnection()) {
      run("insert into item values (3, 1)");
      var savepoint = connection.setSavepoint("mine");
      try {
        run("insert into item values (3, 1)");
      } catch (SQLException e) {
        connection.rollback(savepoint);
      }
    }
    return "recovered";
  }

  @Transaction
  public int meet(int own, int other) throws Exception {
    BODIES.incrementAndGet();
    int read = read("select sum(n) from item where id in (10, 11)");
    try {
      meeting.await(2, TimeUnit.SECONDS);
    } catch (java.util.concurrent.BrokenBarrierException
        | java.util.concurrent.TimeoutException e) {
      BODIES.addAndGet(100); // a later attempt is alone
    }
    run("update item set n = n - 1 where id = " + own);
    return read;
  }

  @Transaction(isolation = Isolation.READ_COMMITTED)
  public String level() throws SQLException {
    return text("select current_setting('transaction_isolation')");
  }

  @Transaction(isolation = Isolation.REPEATABLE_READ, readOnly = true)
  public String readOnlyLevel() throws SQLException {
    return text("select current_setting('transaction_isolation') || ' ' ||"
        + " current_setting('transaction_read_only')");
  }

  private String text(String sql) throws SQLException {
    try (var connection = database.getConnection();
        var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }

  @Transaction(role = "guard")
  public String asRole() throws SQLException {
    run("insert into guarded values (1)");
    return text("select current_user");
  }

  @Transaction
  public int deferred() throws SQLException {
    run("insert into child values (99)");
    return 1;
  }

  @Transaction
  public String outer() throws SQLException {
    run("insert into item values (20, 1)");
    try {
      twoWritesThenThrow();
    } catch (UnsupportedOperationException e) {
      return "went on after: " + e.getMessage();
    }
    return "?";
  }

  @Transaction
  public void joinsOther() throws SQLException {
    level();
  }

  @Transaction
  public void alwaysConflicts() throws SQLException {
    BODIES.incrementAndGet();
    run("do $$ begin raise exception using errcode = '40001', message = 'conflict'; end $$");
  }

  @Transaction
  public Map<String, Object> unreadable() {
    return Map.of("self", new Object() {
      @Override
      public String toString() {
        return "?";
      }
    });
  }

  @Transaction
  public String keepsSetting() throws SQLException {
    run("insert into item values (30, 1)");
    run("set work_mem = '7MB'");
    return text("show work_mem");
  }

  @Transaction
  public String workMem() throws SQLException {
    return text("show work_mem");
  }

  @Transaction
  public void wait(int number) throws Exception {
    run("insert into item values (" + number + ", 1)");
  }

  @Workflow
  public String readsThenFails() throws SQLException {
    try {
      twoWritesThenThrow();
    } catch (UnsupportedOperationException e) {
      return "caught " + e.getMessage() + " " + workMem();
    }
    return "?";
  }
}
