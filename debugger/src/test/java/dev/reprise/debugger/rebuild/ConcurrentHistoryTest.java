package dev.reprise.debugger.rebuild;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.debugger.history.Change;
import dev.reprise.debugger.history.History;
import dev.reprise.debugger.history.Lsn;
import dev.reprise.debugger.history.RecordedTransaction;
import dev.reprise.debugger.history.Snapshot;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;

/** Sessions that change the same tables at once, and snapshots taken among them. */
class ConcurrentHistoryTest {
  private static final int SESSIONS = 4;
  private static final int STEPS = 100;
  private static final String SCHEMA = """
      create table keyed (id int primary key, other int unique deferrable initially deferred, body text, at timestamptz);
      create table full_keyed (a int, b text, c float8, primary key (a, b));
      alter table full_keyed replica identity full;
      create table keyless (a int, b jsonb);
      alter table keyless replica identity full;
      insert into keyed select i, i, 'b' || i, now() from generate_series(1, 20) i;
      insert into full_keyed select i, 'k', i / 3.0 from generate_series(1, 20) i;
      insert into keyless select i % 4, '{"x": 1.0}' from generate_series(1, 20) i;
      """;

  private record Seen(Snapshot snapshot, String contents) {}

  @Property(tries = 2, shrinking = ShrinkingMode.OFF)
  void everySnapshotIsRebuiltAsItSaw(@ForAll Random random) throws SQLException, IOException {
    try (var source = new RecordedSource()) {
      source.execute(SCHEMA);
      source.begin();
      List<Seen> seen = run(source, random);
      source.transaction("insert into keyless values (-1, null)");
      History history = source.history();
      Scratch earlier = null;
      Seen earlierSeen = null;
      for (Seen one : seen) {
        var scratch = Scratch.embedded();
        new Rebuilder(history)
            .at(
                history.epochSeeing(one.snapshot()),
                Visibility.of(one.snapshot()),
                scratch,
                Set.of());
        assertThat(contents(scratch)).as(one.snapshot().toString()).isEqualTo(one.contents());
        if (earlier != null && earlierSeen != null) {
          walk(history, earlier, earlierSeen.snapshot(), one);
          earlier.close();
        }
        earlier = scratch;
        earlierSeen = one;
      }
      if (earlier != null) {
        earlier.close();
      }
    }
  }

  /** Applies what one snapshot sees and an earlier one does not. */
  private static void walk(History history, Scratch from, Snapshot then, Seen now)
      throws SQLException {
    var epoch = history.epochSeeing(now.snapshot());
    var between = new ArrayList<RecordedTransaction>();
    history.transactions(epoch, Lsn.ZERO, Lsn.MAX, it -> {
      if (now.snapshot().sees(it.xid()) && !then.sees(it.xid())) {
        between.add(it);
      }
    });
    try (Connection session = from.open()) {
      var applier = new ChangeApplier(session);
      for (RecordedTransaction transaction : between) {
        if (!epoch.base().sees(transaction.xid())) {
          applier.apply(transaction);
        }
      }
      assertThat(applier.skippedTables()).isEmpty();
      assertThat(RecordedSource.contents(session)).isEqualTo(now.contents());
      assertThat(between)
          .allSatisfy(it -> assertThat(it.changes()).extracting(Change::kind).isNotNull());
    }
  }

  private static String contents(Scratch scratch) throws SQLException {
    try (Connection session = scratch.open()) {
      return RecordedSource.contents(session);
    }
  }

  private static List<Seen> run(RecordedSource source, Random random) throws SQLException {
    var seen = new ArrayList<Seen>();
    var sessions = new ArrayList<Connection>();
    for (int i = 0; i < SESSIONS; i++) {
      Connection session = source.session();
      session.setAutoCommit(false);
      RecordedSource.execute(session, "set lock_timeout = '10ms'");
      source.commit(session);
      sessions.add(session);
    }
    for (int step = 0; step < STEPS; step++) {
      Connection session = sessions.get(random.nextInt(SESSIONS));
      int what = random.nextInt(10);
      if (what < 7) {
        attempt(session, statement(random));
      } else if (what < 9) {
        end(source, session);
      } else if (random.nextInt(8) == 0) {
        // At once: a snapshot could not be read meanwhile.
        attempt(session, "truncate keyless");
        end(source, session);
      } else {
        seen.add(take(source));
      }
    }
    for (Connection session : sessions) {
      end(source, session);
      session.close();
    }
    seen.add(take(source));
    return seen;
  }

  private static Seen take(RecordedSource source) throws SQLException {
    try (Connection session = source.session()) {
      session.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      session.setAutoCommit(false);
      var snapshot =
          Snapshot.parse(RecordedSource.text(session, "select pg_current_snapshot()::text"));
      return new Seen(snapshot, RecordedSource.contents(session));
    }
  }

  private static void end(RecordedSource source, Connection session) throws SQLException {
    try {
      source.commit(session);
    } catch (SQLException e) {
      // A deferred constraint.
      session.rollback();
      assertThat(e.getSQLState()).as(e.getMessage()).isIn("23505", "55P03");
    }
  }

  private static void attempt(Connection session, String sql) throws SQLException {
    Savepoint before = session.setSavepoint();
    try {
      RecordedSource.execute(session, sql);
      session.releaseSavepoint(before);
    } catch (SQLException e) {
      // Locked by another session, or not unique: it has no effect.
      session.rollback(before);
    }
  }

  private static String statement(Random random) {
    int id = random.nextInt(30);
    int other = random.nextInt(30);
    return switch (random.nextInt(12)) {
      case 0 ->
        "insert into keyed values (%d, %d, repeat('z', %d), now())"
            .formatted(id, other, 480 + id * 2);
      case 1 -> "update keyed set id = %d where id = %d".formatted(other, id);
      case 2 ->
        "update keyed set other = %d, at = at + interval '1.5s' where id = %d".formatted(other, id);
      case 3 -> "delete from keyed where id between %d and %d".formatted(id, id + 2);
      case 4 -> "update keyed set other = other + 1 where id > %d".formatted(id + 5);
      case 5 -> "insert into full_keyed values (%d, 'n', %d / 7.0)".formatted(id, other);
      case 6 -> "update full_keyed set a = %d where a = %d and b = 'k'".formatted(other, id);
      case 7 -> "update full_keyed set c = null where a = %d".formatted(id);
      case 8 -> "insert into keyless values (%d, '{\"x\": %d.0}')".formatted(id % 4, other);
      case 9 ->
        "delete from keyless where ctid = (select min(ctid) from keyless where a = %d)"
            .formatted(id % 4);
      case 10 ->
        "update keyless set a = a + 1 where ctid = (select max(ctid) from keyless where a < 3)";
      default -> "delete from full_keyed where a = " + id;
    };
  }
}
