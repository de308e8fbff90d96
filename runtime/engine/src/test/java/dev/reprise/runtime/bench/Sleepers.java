package dev.reprise.runtime.bench;

import dev.reprise.Durable;
import dev.reprise.Options;
import dev.reprise.Transaction;
import dev.reprise.Workflow;
import java.sql.SQLException;
import java.time.Duration;
import javax.sql.DataSource;

/** What sleeps by the million. */
public class Sleepers {
  /** How long each sleeps. */
  public static final Duration NIGHT = Duration.ofHours(24);

  private final DataSource database;

  /** With the application's database. */
  public Sleepers(DataSource database) {
    this.database = database;
  }

  /** Sleeps, and gives what it was given. */
  @Workflow
  public int sleep(int number) {
    Durable.sleep(NIGHT);
    return number;
  }

  /** Has children that sleep, and sleeps. */
  @Workflow
  public void parent(int children) throws Exception {
    for (int i = 0; i < children; i++) {
      int number = i;
      var unused =
          Durable.start(Sleepers.class, sleepers -> sleepers.sleep(number), Options.DEFAULT);
    }
    Durable.sleep(NIGHT);
  }

  /** Was interrupted after it began, and has one write to make. */
  @Workflow
  public int interrupted(int number) throws SQLException {
    return write(number);
  }

  /** One row. */
  @Transaction
  public int write(int number) throws SQLException {
    try (var connection = database.getConnection();
        var statement = connection.prepareStatement("insert into effect values (?)")) {
      statement.setInt(1, number);
      return statement.executeUpdate();
    }
  }
}
