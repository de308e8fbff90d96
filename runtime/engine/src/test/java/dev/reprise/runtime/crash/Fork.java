package dev.reprise.runtime.crash;

import dev.reprise.Isolation;
import dev.reprise.Transaction;
import dev.reprise.Workflow;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Workflows that read, and then call this function or that, at each isolation level. */
public class Fork {
  private final DataSource database;

  public Fork(DataSource database) {
    this.database = database;
  }

  @Workflow
  public String choose(String label, String isolation) throws SQLException {
    boolean high = balance(label) > 0;
    return switch (Isolation.valueOf(isolation)) {
      case SERIALIZABLE -> high ? highSerializable(label) : lowSerializable(label);
      case REPEATABLE_READ -> high ? highRepeatableRead(label) : lowRepeatableRead(label);
      case READ_COMMITTED -> high ? highReadCommitted(label) : lowReadCommitted(label);
    };
  }

  @Transaction(readOnly = true)
  public long balance(String account) throws SQLException {
    try (var connection = database.getConnection();
        var statement = connection.prepareStatement("select balance from account where name = ?")) {
      statement.setString(1, account);
      try (var rows = statement.executeQuery()) {
        rows.next();
        return rows.getLong(1);
      }
    }
  }

  @Transaction
  public String lowSerializable(String label) throws SQLException {
    return put(label, "low");
  }

  @Transaction
  public String highSerializable(String label) throws SQLException {
    return put(label, "high");
  }

  @Transaction(isolation = Isolation.REPEATABLE_READ)
  public String lowRepeatableRead(String label) throws SQLException {
    return put(label, "low");
  }

  @Transaction(isolation = Isolation.REPEATABLE_READ)
  public String highRepeatableRead(String label) throws SQLException {
    return put(label, "high");
  }

  @Transaction(isolation = Isolation.READ_COMMITTED)
  public String lowReadCommitted(String label) throws SQLException {
    return put(label, "low");
  }

  @Transaction(isolation = Isolation.READ_COMMITTED)
  public String highReadCommitted(String label) throws SQLException {
    return put(label, "high");
  }

  private String put(String label, String which) throws SQLException {
    try (var connection = database.getConnection();
        var statement = connection.prepareStatement("insert into effect (label) values (?)")) {
      statement.setString(1, label + "-" + which);
      statement.executeUpdate();
      Vault.pass(connection, "body " + label + "-" + which);
      return which;
    }
  }
}
