package dev.reprise.samples.races.moodle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.Options;
import dev.reprise.runtime.postgres.Binder;
import dev.reprise.runtime.postgres.Jdbc;
import dev.reprise.samples.races.HeldTable;
import dev.reprise.samples.races.Recording;
import dev.reprise.testing.RepriseExtension;
import java.util.List;
import java.util.Map;
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
}
