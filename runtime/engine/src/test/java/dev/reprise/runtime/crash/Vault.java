package dev.reprise.runtime.crash;

import dev.reprise.Branch;
import dev.reprise.Durable;
import dev.reprise.Step;
import dev.reprise.Transaction;
import dev.reprise.Workflow;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;

/** Functions whose effects can be counted. The body of {@code put(x)} passes the gate {@code body x}. */
public class Vault {
  /** Set in processes that may be ended by what they run. */
  static final String HALTS = "reprise.test.halts";

  private final DataSource database;

  public Vault(DataSource database) {
    this.database = database;
  }

  /** Asks for its compensation. */
  public static class Undo extends Exception {
    public Undo(String message) {
      super(message);
    }
  }

  static void pass(Connection connection, String gate) throws SQLException {
    try (var statement = connection.prepareStatement("select gate(?)")) {
      statement.setString(1, gate);
      statement.execute();
    }
  }

  /** An effect; the result, the transaction's id, tells which attempt counted. */
  @Transaction
  public String put(String label) throws SQLException {
    try (var connection = database.getConnection();
        var statement = connection.prepareStatement(
            "insert into effect (label) values (?) returning transaction_id")) {
      statement.setString(1, label);
      try (var rows = statement.executeQuery()) {
        rows.next();
        var id = rows.getString(1);
        pass(connection, "body " + label);
        return id;
      }
    }
  }

  /** An effect only where there is none yet, so that a second attempt gives another answer and writes nothing. */
  @Transaction
  public String putOnce(String label) throws SQLException {
    try (var connection = database.getConnection();
        var statement = connection.prepareStatement(
            "insert into effect (label) select ? where not exists (select from effect where label = ?)")) {
      statement.setString(1, label);
      statement.setString(2, label);
      return statement.executeUpdate() == 1 ? "first" : "again";
    }
  }

  /** Locks the row of the account, then waits outside of the database at the gate {@code held label}. */
  @Transaction
  public long hold(String account, String label) throws SQLException {
    long balance = add(account, label);
    Outside.pass("held " + label);
    return balance;
  }

  /** The same without waiting. */
  @Transaction
  public long add(String account, String label) throws SQLException {
    try (var connection = database.getConnection();
        var effect = connection.prepareStatement("insert into effect (label) values (?)");
        var update = connection.prepareStatement(
            "update account set balance = balance + 1 where name = ? returning balance")) {
      effect.setString(1, label);
      effect.executeUpdate();
      update.setString(1, account);
      try (var rows = update.executeQuery()) {
        rows.next();
        return rows.getLong(1);
      }
    }
  }

  @Step
  public String pay(String label) throws SQLException {
    var key = Durable.idempotencyKey();
    Outside.happen(label, key);
    return key;
  }

  /** Fails at the first attempt, after its effect. */
  @Step(initialInterval = "1s")
  public String payAgain(String label) throws SQLException, Undo {
    var key = Durable.idempotencyKey();
    Outside.happen(label, key);
    if (Outside.effects(label) == 1) {
      throw new Undo("try again");
    }
    return key;
  }

  /** Ends the process it runs in, where that is one to be ended, when the gate {@code halt label} is open. */
  @Step
  public void halt(String label) throws SQLException {
    Outside.pass("halt " + label);
    if (Boolean.getBoolean(HALTS)) {
      Runtime.getRuntime().halt(1);
    }
  }

  @Workflow
  public void halts(String label) throws SQLException {
    put(label);
    halt(label);
  }

  @Workflow
  public String putTwice(String label) throws SQLException {
    return put(label + "-1") + " " + put(label + "-2");
  }

  @Workflow
  public String payThenPut(String label) throws SQLException {
    var key = pay(label);
    put(label);
    return key;
  }

  @Workflow
  public String parent(String label) throws SQLException {
    return "child " + putTwice(label);
  }

  @Workflow
  public void parallel(String label) throws Exception {
    var branches = List.of(reserve(label + "-1"), reserve(label + "-2"));
    Durable.all(branches);
  }

  private Branch<String, SQLException> reserve(String label) {
    return Durable.async(() -> Durable.saga().run(() -> put(label), () -> put(label + "-undo")));
  }

  @Workflow
  public void undone(String label) throws Exception {
    var saga = Durable.saga();
    saga.run(() -> put(label + "-1"), () -> put(label + "-undo-1"));
    saga.run(() -> put(label + "-2"), () -> put(label + "-undo-2"));
    throw new Undo("undo " + label);
  }

  @Workflow
  public void reserveThenCharge(String label) throws Exception {
    var saga = Durable.saga();
    saga.run(() -> put(label + "-reserve"), () -> put(label + "-release"));
    saga.run(() -> put(label + "-charge"), () -> put(label + "-refund"));
  }
}
