package dev.reprise.samples.races.moodle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.Function;
import dev.reprise.Isolation;
import dev.reprise.Options;
import dev.reprise.Transaction;
import dev.reprise.Workflow;
import dev.reprise.debugger.explore.Finding;
import dev.reprise.runtime.postgres.Binder;
import dev.reprise.runtime.postgres.Jdbc;
import dev.reprise.samples.races.HeldTable;
import dev.reprise.samples.races.Recording;
import dev.reprise.testing.RepriseExtension;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who clicks twice is subscribed twice, and again when it is replayed. */
class SubscriptionsTest {
  private static final long USER = 7;
  private static final long FORUM = 3;

  @RegisterExtension
  static final RepriseExtension REPRISE = RepriseExtension.functions(Subscriptions.class);

  private static Recording recording;

  @BeforeAll
  static void record() {
    recording = new Recording(REPRISE, List.of(Subscriptions.class), Map.of());
  }

  @AfterAll
  static void close() {
    recording.close();
  }

  @Test
  void aDoubleClickSubscribesTwice() throws Exception {
    try (var connection = REPRISE.connection()) {
      Jdbc.update(connection, "insert into moodle.forum values (" + FORUM + ")", Binder.NOTHING);
    }
    var ids = List.of("first-click", "second-click");
    try (var held = new HeldTable(REPRISE.dataSource(), "moodle.forum_subscription")) {
      for (var id : ids) {
        REPRISE.startVoid(
            Subscriptions.class, s -> s.subscribe(USER, FORUM), Options.DEFAULT.id(id));
      }
      held.awaitWriters(2); // both have found nothing, and want to insert
    }
    for (var id : ids) {
      REPRISE.execution(id, Void.class).result();
    }

    assertThat(REPRISE.get(Subscriptions.class).subscribers(FORUM)).containsExactly(USER, USER);
    var report = recording.assertReplayed(
        List.of("moodle.forum_subscription"), "first-click", "second-click");
    assertThat(report.calls()).hasSize(4);
  }

  /** Looks and inserts in one transaction, as Moodle did first. */
  @Function("Subscriptions")
  public static class Merged {
    private final DataSource database;

    public Merged(DataSource database) {
      this.database = database;
    }

    @Workflow
    public void subscribe(long user, long forum) throws SQLException {
      subscribeOnce(user, forum);
    }

    @Transaction(isolation = Isolation.REPEATABLE_READ)
    public void subscribeOnce(long user, long forum) throws SQLException {
      Once.subscribe(database, user, forum);
    }
  }

  /** The same in a serializable transaction. */
  @Function("Subscriptions")
  public static class Serializable {
    private final DataSource database;

    public Serializable(DataSource database) {
      this.database = database;
    }

    @Workflow
    public void subscribe(long user, long forum) throws SQLException {
      subscribeOnce(user, forum);
    }

    @Transaction
    public void subscribeOnce(long user, long forum) throws SQLException {
      Once.subscribe(database, user, forum);
    }
  }

  /** Leaves it to a unique key, as Moodle does now. */
  @Function("Subscriptions")
  public static class Unique {
    private final DataSource database;

    public Unique(DataSource database) {
      this.database = database;
    }

    @Workflow
    public void subscribe(long user, long forum) throws SQLException {
      insert(user, forum);
    }

    @Transaction(isolation = Isolation.REPEATABLE_READ)
    public void insert(long user, long forum) throws SQLException {
      Once.run(
          database,
          "insert into moodle.forum_subscription (user_id, forum) values (?, ?) on conflict do nothing",
          user,
          forum);
    }
  }

  private static final class Once {
    static void subscribe(DataSource database, long user, long forum) throws SQLException {
      run(database, """
          insert into moodle.forum_subscription (user_id, forum) select u, f from (values (?, ?)) s(u, f)
           where not exists (select from moodle.forum_subscription where user_id = u and forum = f)
          """, user, forum);
    }

    static void run(DataSource database, String sql, long user, long forum) throws SQLException {
      try (var connection = database.getConnection();
          var statement = connection.prepareStatement(sql)) {
        statement.setLong(1, user);
        statement.setLong(2, forum);
        statement.executeUpdate();
      }
    }
  }

  private static final String UNIQUE =
      "alter table moodle.forum_subscription add unique (user_id, forum)";

  @Test
  void mergingIsNotEnoughUnderRepeatableRead() throws Exception {
    run("insert into moodle.forum values (4)");
    var ids = new String[] {"a-first", "a-second"};
    try (var held = new HeldTable(REPRISE.dataSource(), "moodle.forum_subscription")) {
      for (var id : ids) {
        REPRISE.startVoid(Subscriptions.class, s -> s.subscribe(USER, 4), Options.DEFAULT.id(id));
      }
      held.awaitWriters(2);
    }
    for (var id : ids) {
      REPRISE.execution(id, Void.class).result();
    }
    var all = "select user_id from moodle.forum_subscription where forum = 4";

    // both see what the originals saw: the write skew stays
    try (var merged = recording.withOtherCode(List.of(Merged.class), Map.of(), "select", ids)) {
      assertThat(merged.leaves(all)).containsExactly("7", "7");
    }
    try (var serializable =
        recording.withOtherCode(List.of(Serializable.class), Map.of(), "select", ids)) {
      assertThat(serializable.leaves(all)).containsExactly("7");
    }
    try (var unique = recording.withOtherCode(List.of(Unique.class), Map.of(), UNIQUE, ids)) {
      assertThat(unique.leaves(all)).containsExactly("7");
    }
  }

  @Test
  void theSearchFindsItInARunWithoutIt() throws Exception {
    run("insert into moodle.forum values (5)");
    var ids = new String[] {"b-first", "b-second"};
    for (var id : ids) {
      REPRISE
          .startVoid(Subscriptions.class, s -> s.subscribe(USER, 5), Options.DEFAULT.id(id))
          .result();
    }
    var twice =
        "select user_id from moodle.forum_subscription where forum = 5 group by user_id having count(*) > 1";

    for (Class<?> wrong : List.of(Subscriptions.class, Merged.class)) {
      try (var code = recording.withOtherCode(List.of(wrong), Map.of(), "select", ids)) {
        assertThat(code.search(twice).findings())
            .as(wrong.getSimpleName())
            .anyMatch(finding -> finding.kind() == Finding.Kind.CHECK);
      }
    }
    try (var code = recording.withOtherCode(List.of(Serializable.class), Map.of(), "select", ids)) {
      assertThat(code.search(twice).findings()).isEmpty();
    }
    try (var code = recording.withOtherCode(List.of(Unique.class), Map.of(), UNIQUE, ids)) {
      assertThat(code.search(twice).findings()).isEmpty();
    }
  }

  private static void run(String sql) throws SQLException {
    try (var connection = REPRISE.connection()) {
      Jdbc.update(connection, sql, Binder.NOTHING);
    }
  }
}
