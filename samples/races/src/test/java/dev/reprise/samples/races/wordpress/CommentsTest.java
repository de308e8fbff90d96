package dev.reprise.samples.races.wordpress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.Function;
import dev.reprise.Isolation;
import dev.reprise.Options;
import dev.reprise.Transaction;
import dev.reprise.debugger.explore.Finding;
import dev.reprise.runtime.postgres.Binder;
import dev.reprise.runtime.postgres.Jdbc;
import dev.reprise.samples.races.Recording;
import dev.reprise.testing.RepriseExtension;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A comment that was made while its post went to the trash stays there, and again when it is replayed. */
class CommentsTest {
  private static final long POST = 1;
  private static final SlowCache CACHE = new SlowCache();

  @RegisterExtension
  static final RepriseExtension REPRISE =
      RepriseExtension.functions(Comments.class, Pages.class).bind(PageCache.class, CACHE);

  private static Recording recording;

  @BeforeAll
  static void record() {
    recording = new Recording(
        REPRISE, List.of(Comments.class, Pages.class), Map.of(PageCache.class, CACHE));
  }

  @AfterAll
  static void close() {
    recording.close();
  }

  /** Takes its time, between the two transactions that trash a post. */
  private static final class SlowCache extends PageCache {
    final CountDownLatch asked = new CountDownLatch(1);
    final CountDownLatch allowed = new CountDownLatch(1);

    @Override
    public void remove(long post) {
      try {
        if (post == POST) {
          asked.countDown();
          allowed.await();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
      super.remove(post);
    }
  }

  @Test
  void aCommentThatCameInBetweenIsLost() throws Exception {
    try (var connection = REPRISE.connection()) {
      Jdbc.update(connection, "insert into wordpress.post values (" + POST + ")", Binder.NOTHING);
    }
    REPRISE.startVoid(Comments.class, c -> c.add(POST, "first!"), id("first")).result();
    var trash = REPRISE.startVoid(Comments.class, c -> c.trashPost(POST), id("trash"));
    CACHE.asked.await();
    REPRISE
        .startVoid(Comments.class, c -> c.add(POST, "well said"), id("in-between"))
        .result();
    CACHE.allowed.countDown();
    trash.result();
    REPRISE.startVoid(Comments.class, c -> c.untrashPost(POST), id("untrash")).result();

    assertThat(comments()).containsExactly("first! approved", "well said trashed");
    var report = recording.assertReplayed(
        List.of("wordpress.post", "wordpress.comment", "wordpress.post_meta"),
        "first",
        "trash",
        "in-between",
        "untrash");
    assertThat(report.calls()).hasSize(5);
  }

  private static Options id(String id) {
    return Options.DEFAULT.id(id);
  }

  private static List<String> comments() throws SQLException {
    try (var connection = REPRISE.connection()) {
      return Jdbc.query(
          connection,
          "select body || ' ' || status from wordpress.comment where post = 1 order by id",
          Binder.NOTHING,
          row -> row.getString(1));
    }
  }

  /** Refuses comments to posts in the trash; notes and trashes in one transaction; at repeatable read. */
  @Function("Comments")
  public static class Checking {
    private final DataSource database;

    public Checking(DataSource database) {
      this.database = database;
    }

    @Transaction(isolation = Isolation.REPEATABLE_READ)
    public void add(long post, String body) throws SQLException {
      Posts.add(database, post, body);
    }

    @Transaction(isolation = Isolation.REPEATABLE_READ)
    public void trashPost(long post) throws SQLException {
      Posts.trash(database, post);
    }
  }

  /** The same in serializable transactions. */
  @Function("Comments")
  public static class Serializable {
    private final DataSource database;

    public Serializable(DataSource database) {
      this.database = database;
    }

    @Transaction
    public void add(long post, String body) throws SQLException {
      Posts.add(database, post, body);
    }

    @Transaction
    public void trashPost(long post) throws SQLException {
      Posts.trash(database, post);
    }
  }

  private static final class Posts {
    static void add(DataSource database, long post, String body) throws SQLException {
      try (var connection = database.getConnection();
          var insert = connection.prepareStatement("""
              insert into wordpress.comment (post, body)
              select id, ? from wordpress.post where id = ? and status = 'published'
              """)) {
        insert.setString(1, body);
        insert.setLong(2, post);
        insert.executeUpdate();
      }
    }

    static void trash(DataSource database, long post) throws SQLException {
      for (var sql : List.of(
          "insert into wordpress.post_meta (comment, status) select id, status from wordpress.comment where post = ?",
          "update wordpress.post set status = 'trashed' where id = ?",
          "update wordpress.comment set status = 'trashed' where post = ?")) {
        try (var connection = database.getConnection();
            var statement = connection.prepareStatement(sql)) {
          statement.setLong(1, post);
          statement.executeUpdate();
        }
      }
    }
  }

  @Test
  void theAddedCheckHoldsOnlyUnderSerializable() throws Exception {
    try (var connection = REPRISE.connection()) {
      Jdbc.update(connection, "insert into wordpress.post values (2)", Binder.NOTHING);
    }
    REPRISE
        .startVoid(Comments.class, c -> c.add(2, "in time"), id("calm-comment"))
        .result();
    REPRISE.startVoid(Comments.class, c -> c.trashPost(2), id("calm-trash")).result();
    var lost = """
        select c.id from wordpress.comment c join wordpress.post p on p.id = c.post
         where p.id = 2 and (c.status = 'trashed' and c.id not in (select comment from wordpress.post_meta)
               or p.status = 'trashed' and c.status <> 'trashed')
        """;
    var ids = new String[] {"calm-comment", "calm-trash"};

    try (var same = recording.withOtherCode(
        List.of(Comments.class, Pages.class), Map.of(PageCache.class, CACHE), "select", ids)) {
      assertThat(same.search(lost).findings())
          .anyMatch(finding -> finding.kind() == Finding.Kind.CHECK);
    }
    try (var checking = recording.withOtherCode(List.of(Checking.class), Map.of(), "select", ids)) {
      assertThat(checking.search(lost).findings())
          .anyMatch(finding -> finding.kind() == Finding.Kind.CHECK);
    }
    try (var serializable =
        recording.withOtherCode(List.of(Serializable.class), Map.of(), "select", ids)) {
      assertThat(serializable.search(lost).findings()).isEmpty();
    }
  }
}
