package dev.reprise.samples.races.wordpress;

import dev.reprise.Transaction;
import dev.reprise.Workflow;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * <a href="https://core.trac.wordpress.org/ticket/11437">WordPress 11437</a>: two requests that set the same new option at
 * once get in each other's way, and one of them fails with a duplicate key. Whether there is such an option is looked up in
 * one transaction, and it is inserted in another. The remedy is {@code ON CONFLICT DO UPDATE}.
 */
public class Options {
  private final DataSource database;

  public Options(DataSource database) {
    this.database = database;
  }

  /** Sets an option, whether there was one of that name or not. */
  @Workflow
  public void set(String name, String value) throws SQLException {
    if (get(name) == null) {
      add(name, value);
    } else {
      update(name, value);
    }
  }

  /** An option's value; null for none. */
  @Transaction(readOnly = true)
  public @Nullable String get(String name) throws SQLException {
    try (var connection = database.getConnection();
        var query =
            connection.prepareStatement("select value from wordpress.option where name = ?")) {
      query.setString(1, name);
      try (var rows = query.executeQuery()) {
        return rows.next() ? rows.getString(1) : null;
      }
    }
  }

  /** Sets an option that there was not. */
  @Transaction
  public void add(String name, String value) throws SQLException {
    write("insert into wordpress.option (value, name) values (?, ?)", name, value);
  }

  /** Sets an option that there was. */
  @Transaction
  public void update(String name, String value) throws SQLException {
    write("update wordpress.option set value = ? where name = ?", name, value);
  }

  private void write(String statement, String name, String value) throws SQLException {
    try (var connection = database.getConnection();
        var write = connection.prepareStatement(statement)) {
      write.setString(1, value);
      write.setString(2, name);
      write.executeUpdate();
    }
  }
}
