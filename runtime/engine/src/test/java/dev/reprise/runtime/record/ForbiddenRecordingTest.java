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
import java.util.ArrayList;
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
      }
      var on = new RecordConfig(RecordConfig.Mode.ON, RecordConfig.DEFAULT_MAX_RETAINED_BYTES);
      assertThatThrownBy(() -> Node.start(NodeConfig.DEFAULT, plain, code, Metrics.OFF, on))
          .isInstanceOf(RecordingImpossibleException.class)
          .hasMessageContaining("ALTER ROLE")
          .hasMessageContaining("REPLICATION");
      assertThat(database.text("select count(*) from reprise.nodes where state <> 'DEAD'"))
          .isEqualTo("0");
      database.run("drop owned by " + user + "; drop role " + user);
    }
  }

  @Test
  void allSlotsTakenIsToldAndEndsByItself() {
    try (var database = new RecordedDatabase()) {
      database.run("create table t (n int primary key)");
      var taken = new ArrayList<String>();
      try {
        while (database.is("""
            select count(*) < current_setting('max_replication_slots')::int from pg_replication_slots
            """)) {
          var name = "others_" + taken.size();
          database.run("select pg_create_physical_replication_slot('" + name + "')");
          taken.add(name);
        }
        var code = Code.ofClasses(List.of(Functions.class), Map.of(), Map.of(), null);
        var config = database.config();
        try (var node =
            Node.start(NodeConfig.DEFAULT, config, code, Metrics.OFF, RecordConfig.AUTO)) {
          await().until(() -> node.recording().state() == RecordStatus.State.IMPOSSIBLE);
          assertThat(node.recording().detail()).contains("raise max_replication_slots");
          assertThat(node.isHealthy()).isTrue();
        }
        var on = new RecordConfig(RecordConfig.Mode.ON, RecordConfig.DEFAULT_MAX_RETAINED_BYTES);
        assertThatThrownBy(() -> Node.start(NodeConfig.DEFAULT, config, code, Metrics.OFF, on))
            .isInstanceOf(RecordingImpossibleException.class)
            .hasMessageContaining("raise max_replication_slots");
        var recorder = database.start();
        RecordedDatabase.awaitState(recorder, RecordStatus.State.IMPOSSIBLE);
        database.run("select pg_drop_replication_slot('" + taken.remove(0) + "')");
        recorder.poke();
        RecordedDatabase.awaitState(recorder, RecordStatus.State.RECORDING);
        // its own slot is place enough
        Recorder.requirePossible(config);
      } finally {
        taken.forEach(name -> database.run("select pg_drop_replication_slot('" + name + "')"));
      }
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
        assertThat(
                database.text("select table_name || ' ' || remedy from reprise_history.unrecorded"))
            .startsWith("theirs ALTER TABLE public.theirs OWNER TO")
            .contains("GRANT the owner's role");
        database.run(
            "do $$ begin execute format('grant %I to " + user + "', current_user); end $$");
        database.awaitCopied("public.theirs");
      }
      database.run("alter publication reprise_history owner to current_user");
      database.run(
          "drop publication reprise_history; drop owned by " + user + "; drop role " + user);
    }
  }
}
