package dev.reprise.testing;

import dev.reprise.Transaction;
import java.sql.SQLException;
import javax.sql.DataSource;

/** Functions over the table {@code counter}. */
public class Counters {
  private final DataSource database;

  public Counters(DataSource database) {
    this.database = database;
  }

  @Transaction
  public long add(String name, long amount) throws SQLException {
    try (var connection = database.getConnection();
        var statement = connection.prepareStatement("""
            insert into counter values (?, ?)
            on conflict (name) do update set value = counter.value + excluded.value returning value
            """)) {
      statement.setString(1, name);
      statement.setLong(2, amount);
      try (var rows = statement.executeQuery()) {
        rows.next();
        return rows.getLong(1);
      }
    }
  }
}
