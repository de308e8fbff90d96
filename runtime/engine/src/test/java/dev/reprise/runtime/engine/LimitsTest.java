package dev.reprise.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.reprise.Durable;
import dev.reprise.ExecutionStatus;
import dev.reprise.Options;
import dev.reprise.SizeLimitException;
import dev.reprise.Step;
import dev.reprise.Transaction;
import dev.reprise.Workflow;
import dev.reprise.runtime.config.Limits;
import dev.reprise.runtime.config.NodeConfig;
import dev.reprise.runtime.postgres.ScratchDatabase;
import dev.reprise.runtime.postgres.TestDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is too large is refused with an error that says what to do, and leaves nothing. */
class LimitsTest {
  private static final int MOST = 2000;
  private static final int OPERATIONS = 12;
  private static final AtomicInteger STEPS = new AtomicInteger();

  private static ScratchDatabase database;
  private static TestNode node;

  /** Functions with results of any length. */
  public static class Large {
    private final DataSource database;

    public Large(DataSource database) {
      this.database = database;
    }

    @Transaction
    public String write(int length) throws SQLException {
      try (var connection = database.getConnection();
          var statement = connection.createStatement()) {
        statement.executeUpdate("insert into note values ('written')");
        return "x".repeat(length);
      }
    }

    @Transaction
    public int note(String text) throws SQLException {
      try (var connection = database.getConnection();
          var statement = connection.prepareStatement("insert into note values (?)")) {
        statement.setString(1, text);
        return statement.executeUpdate();
      }
    }

    @Step(maxAttempts = 3)
    public String act(int length) {
      STEPS.incrementAndGet();
      return "ä".repeat(length);
    }

    @Workflow
    public int length(String text) {
      return text.length();
    }

    @Workflow
    public String catches(int length) throws SQLException {
      var caught = "";
      try {
        act(length);
      } catch (SizeLimitException e) {
        caught += "step ";
      }
      try {
        write(length);
      } catch (SizeLimitException e) {
        caught += "transaction ";
      }
      try {
        length("x".repeat(length));
      } catch (SizeLimitException e) {
        caught += "child";
      }
      return caught;
    }

    @Workflow
    public String returns(int length) {
      return "x".repeat(length);
    }

    @Workflow
    public int loops(int times) throws Exception {
      var saga = Durable.saga();
      int sum = 0;
      for (int i = 0; i < times; i++) {
        int number = i;
        sum += saga.run(() -> note("did " + number), () -> note("undid " + number));
      }
      return sum;
    }
  }

  @BeforeAll
  static void start() {
    database = TestDatabase.create();
    node = node(OPERATIONS);
    node.sql("create table note (text text)");
  }

  private static TestNode node(int operations) {
    var config = new NodeConfig(
            Duration.ofSeconds(3), Duration.ofMillis(500), 64, Duration.ofSeconds(5))
        .withLimits(new Limits(3, MOST, operations));
    return TestNode.configured(database, config, Large.class);
  }

  @AfterAll
  static void stop() {
    node.close();
    database.close();
  }

  @BeforeEach
  void clean() {
    node.sql("truncate note");
    STEPS.set(0);
  }

  private static long notes() {
    return node.longOf("select count(*) from note");
  }

  @Test
  void aTransactionWhoseResultIsTooLargeIsRolledBackAndSaysSo() throws Exception {
    var large = node.get(Large.class);
    assertThat(large.write(MOST - 2)).hasSize(MOST - 2);
    assertThat(notes()).isEqualTo(1);
    assertThatThrownBy(() -> large.write(MOST - 1))
        .isInstanceOf(SizeLimitException.class)
        .hasMessage(
            "the result of Large.write has more than 2000 bytes of JSON (max-value). Keep what is"
                + " large in a table or a store of its own, and pass its key");
    assertThat(notes()).isEqualTo(1);
  }

  @Test
  void whatAWorkflowCallsFailsThereAndAStepIsNotRepeatedForIt() throws Exception {
    var large = node.get(Large.class);
    assertThat(large.catches(MOST - 2)).isEqualTo("step child");
    assertThat(notes()).isEqualTo(1);
    assertThat(large.catches(MOST)).isEqualTo("step transaction child");
    assertThat(notes()).isEqualTo(1);
    assertThat(STEPS).hasValue(2);
    assertThat(node.longOf("select max(length(output)) from reprise.operations"))
        .isLessThanOrEqualTo(MOST);
  }

  @Test
  void aWorkflowWhoseResultOrInputIsTooLargeFails() {
    var large = node.get(Large.class);
    assertThatThrownBy(() -> large.returns(MOST)).isInstanceOf(SizeLimitException.class);
    assertThatThrownBy(() -> large.length("x".repeat(MOST)))
        .isInstanceOf(SizeLimitException.class)
        .hasMessageContaining("the arguments of Large.length");
  }

  @Test
  void aLogThatIsTooLongParksAndIsUndoneOrGoesOnWhereTheLimitIsHigher() {
    node.runtime().start(Large.class, large -> large.loops(30), Options.DEFAULT.id("undone"));
    var parked =
        node.runtime().start(Large.class, large -> large.loops(30), Options.DEFAULT.id("goes-on"));
    await().until(() -> status("undone") == ExecutionStatus.PARKED);
    await().until(() -> parked.status() == ExecutionStatus.PARKED);
    assertThat(notes()).isEqualTo(2L * OPERATIONS);
    assertThat(node.node().engine().find("undone").orElseThrow().error())
        .contains("12 operations, as many as it may (max-operations)", "Durable.continueAsNew");

    node.node().engine().cancel("undone");
    await().until(() -> status("undone") == ExecutionStatus.CANCELLED);
    assertThat(notes()).isEqualTo(3L * OPERATIONS);

    node.close();
    node = node(50);
    node.node().engine().resume("goes-on");
    await().until(() -> status("goes-on") == ExecutionStatus.SUCCEEDED);
    assertThat(notes()).isEqualTo(2L * OPERATIONS + 30);
    node.close();
    node = node(OPERATIONS);
  }

  private static ExecutionStatus status(String id) {
    return node.node().engine().find(id).orElseThrow().status();
  }
}
