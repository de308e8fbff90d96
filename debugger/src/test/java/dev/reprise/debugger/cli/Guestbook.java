package dev.reprise.debugger.cli;

import dev.reprise.Transaction;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Has nothing to do with shelves. */
public class Guestbook {
  private final DataSource database;

  public Guestbook(DataSource database) {
    this.database = database;
  }

  @Transaction
  public int sign(String guest) throws SQLException {
    try (var connection = database.getConnection();
        var statement = connection.prepareStatement("insert into guest (name) values (?)")) {
      statement.setString(1, guest);
      return statement.executeUpdate();
    }
  }
}
