package dev.reprise.runtime.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.reprise.Transaction;
import dev.reprise.runtime.config.DatabaseConfig;
import dev.reprise.runtime.config.NodeConfig;
import dev.reprise.runtime.postgres.ConnectionHook;
import dev.reprise.runtime.server.Code;
import dev.reprise.runtime.server.Node;
import dev.reprise.runtime.telemetry.Metrics;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** A database that forbids logical replication. */
class ForbiddenRecordingTest {
  /** Something to serve. */
  public static class Functions {
    /** Does nothing. */
    @Transaction
    public int one() {
      return 1;
    }
  }

  @Test
  void aNodeWorksAndTellsWhatToGrant() {
    var user = "plain_" + UUID.randomUUID().toString().substring(0, 8);
    try (var database = new RecordedDatabase()) {
      database.run("create role " + user + " login password 'p'");
      database.run("do $$ begin execute format('grant all on database %I to " + user
          + "', current_database()); end $$");
      var plain = DatabaseConfig.of(database.config().url().replaceFirst("\\?.*", ""), user, "p");
      var code = Code.ofClasses(List.of(Functions.class), Map.of(), Map.of(), null);
      try (var node = Node.start(NodeConfig.DEFAULT, plain, code, Metrics.OFF, RecordConfig.AUTO)) {
        await().until(() -> node.recording().state() == RecordStatus.State.IMPOSSIBLE);
        assertThat(node.isHealthy()).isTrue();
        assertThat(node.recording().detail()).contains("REPLICATION").doesNotContain("FATAL");
        assertThatThrownBy(() -> Recorder.requirePossible(plain))
            .isInstanceOf(RecordingImpossibleException.class)
            .hasMessageContaining("ALTER ROLE");
      }
      database.run("drop owned by " + user + "; drop role " + user);
    }
  }

  @Test
  void tablesOfOthersAreNamed() {
    var user = "other_" + UUID.randomUUID().toString().substring(0, 8);
    try (var database = new RecordedDatabase()) {
      database.run("create role " + user + " login replication password 'p'");
      database.run("do $$ begin execute format('grant all on database %I to " + user
          + "', current_database()); end $$");
      database.run("create table theirs (n int primary key)");
      var config = DatabaseConfig.of(database.config().url().replaceFirst("\\?.*", ""), user, "p");
      try (var recorder = new Recorder(config, RecordConfig.AUTO, ConnectionHook.NONE)) {
        recorder.start();
        RecordedDatabase.awaitState(recorder, RecordStatus.State.RECORDING);
        await().until(() -> database.is("select exists (select from reprise_history.unrecorded)"));
      }
      assertThat(
              database.text("select table_name || ' ' || remedy from reprise_history.unrecorded"))
          .startsWith("theirs ALTER TABLE public.theirs OWNER TO");
      database.run(
          "drop publication reprise_history; drop owned by " + user + "; drop role " + user);
    }
  }
}
