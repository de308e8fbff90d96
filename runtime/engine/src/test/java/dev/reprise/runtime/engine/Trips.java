package dev.reprise.runtime.engine;

import dev.reprise.Durable;
import dev.reprise.Isolation;
import dev.reprise.Options;
import dev.reprise.Step;
import dev.reprise.Transaction;
import dev.reprise.Workflow;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/** Functions whose executions {@link RehearsalTest} runs again. */
public class Trips {
  static final AtomicInteger STEPS = new AtomicInteger();

  private final DataSource database;

  public Trips(DataSource database) {
    this.database = database;
  }

  @Workflow
  public String travel(String name, int seats) throws Exception {
    var saga = Durable.saga();
    saga.run(() -> book(name, seats), () -> unbook(name));
    long free = free();
    var one = Durable.async(() -> pay(name + "-a"));
    var other = Durable.async(() -> book(name + "-b", 1));
    Durable.sleep(Duration.ofMillis(5));
    other.get();
    var label = label(name);
    if (free < 0) {
      throw new IllegalStateException(label + " is overbooked, paid " + one.get());
    }
    return label + " " + free + " " + one.get();
  }

  @Workflow
  public void waitAndRefuse(String name) throws Exception {
    var saga = Durable.saga();
    saga.run(() -> book(name, 1), () -> unbook(name));
    Durable.sleep(Duration.ofDays(1));
    throw new IllegalStateException("refused in the end");
  }

  @Workflow
  public String started(String name) throws Exception {
    var id = Options.DEFAULT.id(Durable.executionId() + "-label");
    return Durable.start(Trips.class, trips -> trips.label(name), id).result() + "!";
  }

  @Workflow
  public String nested(String name) throws Exception {
    return label(name) + book(name, 1);
  }

  @Workflow
  public String label(String name) {
    return "trip " + name;
  }

  @Step
  public int pay(String name) {
    return STEPS.incrementAndGet() + name.length();
  }

  @Transaction
  public int book(String name, int seats) throws SQLException {
    return update("insert into booking values (?, ?)", name, seats);
  }

  @Transaction
  public int unbook(String name) throws SQLException {
    return update("delete from booking where name = ? and seats >= ?", name, 0);
  }

  @Transaction(readOnly = true, isolation = Isolation.REPEATABLE_READ)
  public long free() throws SQLException {
    try (var connection = database.getConnection();
        var query =
            connection.prepareStatement("select 10 - coalesce(sum(seats), 0) from booking");
        var rows = query.executeQuery()) {
      rows.next();
      return rows.getLong(1);
    }
  }

  @Transaction
  public List<String> fail(String name) throws SQLException {
    book(name, 1);
    throw new IllegalArgumentException("no " + name);
  }

  private int update(String sql, String name, int seats) throws SQLException {
    try (var connection = database.getConnection();
        var statement = connection.prepareStatement(sql)) {
      statement.setString(1, name);
      statement.setInt(2, seats);
      return statement.executeUpdate();
    }
  }
}
