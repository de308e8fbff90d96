package dev.reprise.debugger.cli;

import dev.reprise.Transaction;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Takes more off a shelf than there is. */
public class Shelf {
  private final DataSource database;

  public Shelf(DataSource database) {
    this.database = database;
  }

  @Transaction
  public int take(String item) throws SQLException {
    try (var connection = database.getConnection();
        var statement =
            connection.prepareStatement("update shelf set number = number - 1 where item = ?")) {
      statement.setString(1, item);
      return statement.executeUpdate();
    }
  }
}
