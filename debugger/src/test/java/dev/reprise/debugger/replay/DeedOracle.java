package dev.reprise.debugger.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.Isolation;
import dev.reprise.debugger.rebuild.ChangeApplier;
import dev.reprise.debugger.rebuild.Scratch;
import dev.reprise.debugger.replay.Schedule.Action;
import dev.reprise.runtime.json.ExceptionCodec;
import dev.reprise.runtime.json.Json;
import dev.reprise.runtime.postgres.Binder;
import dev.reprise.runtime.postgres.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What deeds come to that are done on plain connections, one transaction after the other, in the order of a schedule: a
 * snapshot is taken where the schedule takes it, the deeds are done and committed where the original committed, at the
 * isolation level of the original. Beside it the recorded changes are applied to another database, so that it is known
 * which transactions leave other rows than they left.
 *
 * <p>Conflicts are those of the database: what it refuses is done again at once on a new snapshot. But a serializable
 * transaction is allowed what production allowed it: where it does what it did, and all that ended since its snapshot did, too.
 */
final class DeedOracle {
  private static final String ROWS = "select a::text from account a order by 1";

  private final Plan plan;
  private final Isolation isolation;
  private final Scratch database;
  private final Scratch recorded;
  private final Function<String, List<Deed>> deeds;
  private final Map<Integer, Taken> held = new HashMap<>();
  private final Map<String, Object> outcomes = new TreeMap<>();
  private int place;
  private int unlikeAt = -1;
  private int again;
  private int asProduction;

  /**
   * On two copies of the state that a schedule begins on.
   *
   * @param recorded gets the recorded changes
   * @param deeds of an execution by its id
   */
  DeedOracle(
      Plan plan,
      Isolation isolation,
      Scratch database,
      Scratch recorded,
      Function<String, List<Deed>> deeds) {
    this.plan = plan;
    this.isolation = isolation;
    this.database = database;
    this.recorded = recorded;
    this.deeds = deeds;
  }

  /** A snapshot in a session at the level of the original, and in one that is not judged. */
  private record Taken(int place, Connection session, Connection beside) {}

  /** What deeds came to: what they saw, or the message of their failure; nothing where they conflict with others. */
  private record Came(@Nullable Object outcome, List<String> before, List<String> after) {}

  /** Goes through the schedule; gives the outcomes by the ids of executions. */
  Map<String, Object> go() throws SQLException {
    for (var action : plan.schedule().actions()) {
      if (action instanceof Action.Take take) {
        held.put(take.call(), new Taken(place, begin(isolation), begin(Isolation.REPEATABLE_READ)));
      } else if (action instanceof Action.End end) {
        end(end.call());
      } else {
        assertThat(action).isNotInstanceOf(Action.Apply.class);
      }
    }
    return outcomes;
  }

  /** How often a transaction was done again after a conflict. */
  int again() {
    return again;
  }

  /** How often a conflict did not count because production had let it pass. */
  int asProduction() {
    return asProduction;
  }

  private void end(int number) throws SQLException {
    var call = plan.calls().get(number);
    var id = call.execution().id();
    var was = recordedRows(number);
    var taken = Objects.requireNonNull(held.remove(number));
    var came = perform(taken, was, deeds.apply(id));
    outcomes.put(id, Objects.requireNonNull(came.outcome()));
    if (!isLike(came, was)) {
      unlikeAt = place;
    }
    if (plan.schedule().placed().get(number).commit() >= 0) {
      place++;
    }
  }

  private Came perform(Taken taken, Came was, List<Deed> deeds) throws SQLException {
    var came = once(taken.session(), deeds, null);
    if (came == null && isolation == Isolation.SERIALIZABLE && unlikeAt < taken.place()) {
      came = once(taken.beside(), deeds, was);
      asProduction += came == null ? 0 : 1;
    }
    taken.beside().close();
    while (came == null) {
      again++;
      came = once(begin(isolation), deeds, null);
    }
    return came;
  }

  /** Null after a serialization failure, and where it is not like what is asked for. */
  private @Nullable Came once(Connection session, List<Deed> deeds, @Nullable Came required)
      throws SQLException {
    var before = rows(database);
    try (session) {
      var seen = new DeedScript(session).perform(deeds);
      if (required != null && !isLike(new Came(seen, before, rows(session)), required)) {
        session.rollback();
        return null;
      }
      session.commit();
      return new Came(seen, before, rows(database));
    } catch (SQLException e) {
      if ("40001".equals(e.getSQLState())) {
        return null;
      }
      throw e;
    } catch (IllegalStateException e) {
      return new Came("failed: " + e.getMessage(), before, before);
    }
  }

  /** Whether it changed the same rows, and saw the same. */
  private static boolean isLike(Came came, Came was) {
    return Objects.equals(came.outcome(), was.outcome())
        && without(came.after(), came.before()).equals(without(was.after(), was.before()))
        && without(came.before(), came.after()).equals(without(was.before(), was.after()));
  }

  private static List<String> without(List<String> rows, List<String> others) {
    var left = new ArrayList<>(rows);
    left.removeAll(others);
    return left;
  }

  /** What the original came to; applies its changes. */
  private Came recordedRows(int number) throws SQLException {
    var operation = plan.calls().get(number).operation();
    Object outcome = operation.error() == null
        ? Objects.requireNonNull(Json.parse(String.valueOf(operation.output())))
        : "failed: " + ExceptionCodec.describe(operation.error()).message();
    var before = rows(recorded);
    var transaction = operation.transactionId();
    var changes =
        transaction == null ? null : plan.recorded().get(transaction); // none of who only locked
    if (changes != null) {
      try (var connection = recorded.open()) {
        connection.setAutoCommit(false);
        new ChangeApplier(connection).apply(changes);
        connection.commit();
      }
    }
    return new Came(outcome, before, rows(recorded));
  }

  private Connection begin(Isolation level) throws SQLException {
    var connection = database.open();
    connection.setTransactionIsolation(
        switch (level) {
          case SERIALIZABLE -> Connection.TRANSACTION_SERIALIZABLE;
          case REPEATABLE_READ -> Connection.TRANSACTION_REPEATABLE_READ;
          case READ_COMMITTED -> Connection.TRANSACTION_READ_COMMITTED;
        });
    connection.setAutoCommit(false);
    Jdbc.query(connection, "select 1", Binder.NOTHING, row -> row.getInt(1));
    return connection;
  }

  static List<String> rows(Scratch scratch) throws SQLException {
    try (var connection = scratch.open()) {
      return rows(connection);
    }
  }

  private static List<String> rows(Connection connection) throws SQLException {
    return Jdbc.query(connection, ROWS, Binder.NOTHING, row -> row.getString(1));
  }
}
