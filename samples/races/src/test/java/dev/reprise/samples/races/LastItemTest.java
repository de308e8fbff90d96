package dev.reprise.samples.races;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.Execution;
import dev.reprise.Function;
import dev.reprise.Options;
import dev.reprise.Transaction;
import dev.reprise.Workflow;
import dev.reprise.debugger.explore.Finding;
import dev.reprise.runtime.postgres.Binder;
import dev.reprise.runtime.postgres.Jdbc;
import dev.reprise.testing.RepriseExtension;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The last item is sold twice, and whoever replays the two checkouts sees it sold twice again. */
class LastItemTest {
  private static final int REPLAYS = Integer.getInteger("race.replays", 10);

  @RegisterExtension
  static final RepriseExtension REPRISE = RepriseExtension.functions(LastItem.class);

  private static Recording recording;

  @BeforeAll
  static void record() {
    recording = new Recording(REPRISE, List.of(LastItem.class), Map.of());
  }

  @AfterAll
  static void close() {
    recording.close();
  }

  /** {@code -Drace.replays=100} replays it so often; the default is ten times. */
  @Test
  void twoCustomersGetTheLastItemEveryTimeItIsReplayed() throws Exception {
    run("insert into last_item.item values ('lamp', 1)");
    try (var held = new HeldTable(REPRISE.dataSource(), "last_item.item")) {
      checkOut("lamp", "ada");
      checkOut("lamp", "bob");
      held.awaitWriters(2); // both have looked, and want to take
    }
    assertThat(REPRISE.execution("lamp-for-ada", Boolean.class).result()).isTrue();
    assertThat(REPRISE.execution("lamp-for-bob", Boolean.class).result()).isTrue();

    assertThat(stock("lamp")).isEqualTo(-1);
    try (var replay = recording.replayOf("lamp-for-ada", "lamp-for-bob")) {
      for (int i = 0; i < REPLAYS; i++) {
        var report = recording.assertReplayed(replay, List.of("last_item.item", "last_item.sale"));
        assertThat(report.calls())
            .extracting(call -> call.call().operation().function())
            .containsExactlyInAnyOrder(
                "LastItem.isAvailable", "LastItem.isAvailable", "LastItem.sell", "LastItem.sell");
      }
    }
  }

  /** The remedy: figure 5 of the article. */
  @Function("LastItem")
  public static class Mended {
    private final DataSource database;

    public Mended(DataSource database) {
      this.database = database;
    }

    @Workflow
    public boolean checkout(String item, String customer) throws SQLException {
      return sellIfAvailable(item, customer);
    }

    @Transaction
    public boolean sellIfAvailable(String item, String customer) throws SQLException {
      try (var connection = database.getConnection();
          var take = connection.prepareStatement(
              "update last_item.item set stock = stock - 1 where name = ? and stock > 0");
          var note = connection.prepareStatement(
              "insert into last_item.sale (item, customer) values (?, ?)")) {
        take.setString(1, item);
        if (take.executeUpdate() == 0) {
          return false;
        }
        note.setString(1, item);
        note.setString(2, customer);
        return note.executeUpdate() == 1;
      }
    }
  }

  @Test
  void theMendedCodeWouldHaveSoldItOnce() throws Exception {
    run("insert into last_item.item values ('chair', 1)");
    try (var held = new HeldTable(REPRISE.dataSource(), "last_item.item")) {
      checkOut("chair", "ada");
      checkOut("chair", "bob");
      held.awaitWriters(2);
    }
    assertThat(REPRISE.execution("chair-for-ada", Boolean.class).result()).isTrue();
    assertThat(REPRISE.execution("chair-for-bob", Boolean.class).result()).isTrue();
    assertThat(stock("chair")).isEqualTo(-1);

    try (var mended = recording.withOtherCode(
        List.of(Mended.class), Map.of(), "select", "chair-for-ada", "chair-for-bob")) {
      assertThat(mended.leaves("select stock from last_item.item where name = 'chair'"))
          .containsExactly("0");
      assertThat(mended.leaves("select count(*) from last_item.sale where item = 'chair'"))
          .containsExactly("1");
      assertThat(mended.executions())
          .extracting(execution -> String.valueOf(execution.now()))
          .anyMatch(now -> now.contains("true"))
          .anyMatch(now -> now.contains("false"));
    }
  }

  @Test
  void theSearchFindsTheOversellInARunWithoutIt() throws Exception {
    run("insert into last_item.item values ('sofa', 1)");
    assertThat(checkOut("sofa", "ada").result()).isTrue();
    assertThat(checkOut("sofa", "bob").result()).isFalse();
    var oversold = "select from last_item.item where stock < 0 and name = 'sofa'";

    try (var same = recording.withOtherCode(
        List.of(LastItem.class), Map.of(), "select", "sofa-for-ada", "sofa-for-bob")) {
      assertThat(same.search(oversold).findings())
          .anyMatch(finding -> finding.kind() == Finding.Kind.CHECK);
    }
    try (var mended = recording.withOtherCode(
        List.of(Mended.class), Map.of(), "select", "sofa-for-ada", "sofa-for-bob")) {
      assertThat(mended.search(oversold).findings()).isEmpty();
    }
  }

  @Test
  void whoComesLaterGetsNothing() throws Exception {
    run("insert into last_item.item values ('vase', 1)");

    assertThat(checkOut("vase", "ada").result()).isTrue();
    assertThat(checkOut("vase", "bob").result()).isFalse();

    assertThat(stock("vase")).isZero();
    recording.assertReplayed(List.of("last_item.item"), "vase-for-ada", "vase-for-bob");
  }

  private static Execution<Boolean> checkOut(String item, String customer) {
    return REPRISE.start(
        LastItem.class,
        shop -> shop.checkout(item, customer),
        Options.DEFAULT.id(item + "-for-" + customer));
  }

  private static int stock(String item) throws SQLException {
    try (var connection = REPRISE.connection()) {
      return Jdbc.queryOne(
              connection,
              "select stock from last_item.item where name = ?",
              statement -> statement.setString(1, item),
              row -> row.getInt(1))
          .orElseThrow();
    }
  }

  private static void run(String statement) throws SQLException {
    try (var connection = REPRISE.connection()) {
      Jdbc.update(connection, statement, Binder.NOTHING);
    }
  }
}
