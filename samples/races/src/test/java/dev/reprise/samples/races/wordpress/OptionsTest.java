package dev.reprise.samples.races.wordpress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.reprise.ExecutionStatus;
import dev.reprise.Function;
import dev.reprise.Transaction;
import dev.reprise.Workflow;
import dev.reprise.debugger.explore.Finding;
import dev.reprise.debugger.replay.Verdict;
import dev.reprise.samples.races.HeldTable;
import dev.reprise.samples.races.Recording;
import dev.reprise.testing.RepriseExtension;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Of two requests that set a new option at once one fails, and the same one again when they are replayed. */
class OptionsTest {
  @RegisterExtension
  static final RepriseExtension REPRISE = RepriseExtension.functions(Options.class);

  private static Recording recording;

  @BeforeAll
  static void record() {
    recording = new Recording(REPRISE, List.of(Options.class), Map.of());
  }

  @AfterAll
  static void close() {
    recording.close();
  }

  @Test
  void oneOfTwoRequestsFailsWithADuplicateKey() throws Exception {
    try (var held = new HeldTable(REPRISE.dataSource(), "wordpress.option")) {
      set("request-1", "theme", "dark");
      set("request-2", "theme", "light");
      held.awaitWriters(2); // both have found no such option, and want to insert it
    }
    var failures = Stream.of("request-1", "request-2")
        .map(id -> catchThrowable(() -> REPRISE.execution(id, Void.class).result()))
        .filter(Objects::nonNull)
        .toList();

    assertThat(failures)
        .singleElement()
        .satisfies(failure -> assertThat(failure)
            .isInstanceOf(SQLException.class)
            .hasMessageContaining(
                "duplicate key value violates unique constraint \"option_pkey\""));
    var report = recording.assertReplayed(List.of("wordpress.option"), "request-1", "request-2");
    assertThat(report.calls().stream().filter(OptionsTest::failed)).hasSize(1);
  }

  private static boolean failed(Verdict verdict) {
    return verdict.call().operation().error() != null;
  }

  private static void set(String request, String option, String value) {
    REPRISE.startVoid(
        Options.class, o -> o.set(option, value), dev.reprise.Options.DEFAULT.id(request));
  }

  /** The remedy: one statement that inserts or updates. */
  @Function("Options")
  public static class Upserting {
    private final DataSource database;

    public Upserting(DataSource database) {
      this.database = database;
    }

    @Workflow
    public void set(String name, String value) throws SQLException {
      put(name, value);
    }

    @Transaction
    public void put(String name, String value) throws SQLException {
      try (var connection = database.getConnection();
          var put = connection.prepareStatement(
              "insert into wordpress.option (name, value) values (?, ?) on conflict (name) do update set value = excluded.value")) {
        put.setString(1, name);
        put.setString(2, value);
        put.executeUpdate();
      }
    }
  }

  @Test
  void theUpsertRemovesTheErrors() throws Exception {
    try (var held = new HeldTable(REPRISE.dataSource(), "wordpress.option")) {
      set("upsert-1", "font", "serif");
      set("upsert-2", "font", "sans");
      held.awaitWriters(2);
    }
    var failed = Stream.of("upsert-1", "upsert-2")
        .map(id -> catchThrowable(() -> REPRISE.execution(id, Void.class).result()))
        .filter(Objects::nonNull)
        .count();
    assertThat(failed).isEqualTo(1);

    try (var upserting = recording.withOtherCode(
        List.of(Upserting.class), Map.of(), "select", "upsert-1", "upsert-2")) {
      assertThat(upserting.executions())
          .allMatch(it -> it.now() != null && it.now().status() == ExecutionStatus.SUCCEEDED);
    }
  }

  @Test
  void theSearchFindsTheErrorInARunWithoutIt() throws Exception {
    for (var id : List.of("calm-1", "calm-2")) {
      set(id, "size", id);
      REPRISE.execution(id, Void.class).result();
    }

    try (var same =
        recording.withOtherCode(List.of(Options.class), Map.of(), "select", "calm-1", "calm-2")) {
      assertThat(same.search().findings())
          .anyMatch(finding ->
              finding.kind() == Finding.Kind.FAILURE && finding.what().contains("duplicate key"));
    }
    try (var upserting =
        recording.withOtherCode(List.of(Upserting.class), Map.of(), "select", "calm-1", "calm-2")) {
      assertThat(upserting.search().findings()).isEmpty();
    }
  }
}
