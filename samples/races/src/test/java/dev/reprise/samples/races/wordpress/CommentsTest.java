package dev.reprise.samples.races.wordpress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.Options;
import dev.reprise.runtime.postgres.Binder;
import dev.reprise.runtime.postgres.Jdbc;
import dev.reprise.samples.races.Recording;
import dev.reprise.testing.RepriseExtension;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
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
      asked.countDown();
      try {
        allowed.await();
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
          "select body || ' ' || status from wordpress.comment order by id",
          Binder.NOTHING,
          row -> row.getString(1));
    }
  }
}
