package dev.reprise.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.reprise.Durable;
import dev.reprise.ExecutionStatus;
import dev.reprise.Function;
import dev.reprise.RegistrationException;
import dev.reprise.Scheduled;
import dev.reprise.Scheduled.Missed;
import dev.reprise.Scheduled.Overlap;
import dev.reprise.Transaction;
import dev.reprise.Workflow;
import dev.reprise.runtime.execution.Schedules.NotDeployedException;
import dev.reprise.runtime.execution.Schedules.UnknownScheduleException;
import dev.reprise.runtime.function.FunctionScanner;
import dev.reprise.runtime.json.JsonCodec;
import dev.reprise.runtime.store.ScheduleRow;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Workflows that the clock starts. */
class SchedulesTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Hourly, each with another policy. */
  public static class Hourly {
    @Workflow
    @Scheduled(cron = "0 * * * *", missed = Missed.ALL)
    public String all(Instant nominal) {
      return nominal.toString();
    }

    @Workflow
    @Scheduled(cron = "@hourly")
    public String once(Instant nominal) {
      return nominal.toString();
    }

    @Workflow
    @Scheduled(cron = "0 0 * * * *", zone = "Europe/Berlin", missed = Missed.SKIP)
    public void skip() {}

    @Workflow(timeout = "1d")
    @Scheduled(cron = "0 * * * *", overlap = Overlap.SKIP)
    public void slow() {
      Durable.sleep(Duration.ofMinutes(90));
    }
  }

  /** An hour that begins in one to two hours. */
  private static Instant comingHour(TestNode node) {
    return node.node().now().truncatedTo(ChronoUnit.HOURS).plus(2, ChronoUnit.HOURS);
  }

  private static void advanceTo(TestNode node, Instant time) {
    node.advance(Duration.between(node.node().now(), time));
  }

  private static List<String> ids(TestNode node, String function) {
    return node.textsOf(
        "select id from reprise.executions where function = '" + function + "' order by id");
  }

  private static String id(String function, Instant nominal) {
    return function + "@" + nominal;
  }

  private static void awaitIds(TestNode node, String function, Instant... nominal) {
    var expected = Stream.of(nominal).map(time -> id(function, time)).toList();
    await().atMost(PATIENCE).until(() -> ids(node, function).containsAll(expected));
    assertThat(ids(node, function)).containsExactlyElementsOf(expected);
  }

  private static ScheduleRow row(TestNode node, String name) {
    return node.node().schedules().list().stream()
        .filter(row -> row.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void missedTimesAreLeftOutOrRunOnceOrAllRunAndEachTimeOnlyOnceInTheCluster() throws Exception {
    try (var node = TestNode.start(Hourly.class);
        var other = node.another(Hourly.class)) {
      var hour = comingHour(node);
      var first = row(node, "Hourly.all").nextAt();
      for (var one : List.of(node, other)) {
        advanceTo(one, hour.minus(Duration.ofMinutes(15)));
      }
      var passed = first.equals(hour) ? new Instant[0] : new Instant[] {first};
      awaitIds(node, "Hourly.all", passed);
      awaitIds(node, "Hourly.once", passed);
      node.sql("delete from reprise.executions where function <> 'Hourly.slow'");

      var third = hour.plus(2, ChronoUnit.HOURS);
      for (var one : List.of(node, other)) {
        advanceTo(one, third.plus(Duration.ofMinutes(5)));
      }
      awaitIds(node, "Hourly.all", hour, hour.plus(1, ChronoUnit.HOURS), third);
      awaitIds(node, "Hourly.once", third);
      assertThat(ids(node, "Hourly.skip")).isEmpty();

      var fourth = hour.plus(3, ChronoUnit.HOURS);
      for (var one : List.of(other, node)) {
        advanceTo(one, fourth.plus(Duration.ofSeconds(1)));
      }
      awaitIds(node, "Hourly.skip", fourth);
      awaitIds(node, "Hourly.once", third, fourth);
      var execution = node.runtime().execution(id("Hourly.once", fourth), String.class);
      await().atMost(PATIENCE).until(() -> execution.status() == ExecutionStatus.SUCCEEDED);
      assertThat(execution.result()).isEqualTo(fourth.toString());
      assertThat(row(node, "Hourly.once").nextAt()).isEqualTo(fourth.plus(1, ChronoUnit.HOURS));
      assertThat(row(node, "Hourly.once").lastId()).isEqualTo(id("Hourly.once", fourth));
    }
  }

  @Test
  void aPausedScheduleRunsOnlyWhenItIsTriggeredAndThePauseCountsAsMissed() {
    try (var node = TestNode.start(Hourly.class)) {
      var schedules = node.node().schedules();
      var hour = comingHour(node);
      var names = List.of("Hourly.all", "Hourly.once", "Hourly.skip");
      names.forEach(name -> assertThat(schedules.pause(name).pausedAt()).isNotNull());
      advanceTo(node, hour.plus(Duration.ofSeconds(1)));
      await()
          .atMost(PATIENCE)
          .until(() -> ids(node, "Hourly.slow").contains(id("Hourly.slow", hour)));
      names.forEach(name -> assertThat(ids(node, name)).isEmpty());

      var triggered = schedules.trigger("Hourly.once");
      assertThat(ids(node, "Hourly.once")).containsExactly(triggered);
      await()
          .atMost(PATIENCE)
          .until(() -> node.runtime().execution(triggered, String.class).status()
              == ExecutionStatus.SUCCEEDED);
      node.sql("delete from reprise.executions where function = 'Hourly.once'");

      names.forEach(name -> assertThat(schedules.resume(name).pausedAt()).isNull());
      awaitIds(node, "Hourly.once", hour);
      await()
          .atMost(PATIENCE)
          .until(() -> ids(node, "Hourly.all").contains(id("Hourly.all", hour)));
      assertThat(ids(node, "Hourly.skip")).isEmpty();
      assertThat(row(node, "Hourly.skip").nextAt()).isEqualTo(hour.plus(1, ChronoUnit.HOURS));
      assertThatThrownBy(() -> schedules.pause("Hourly.never"))
          .isInstanceOf(UnknownScheduleException.class);
    }
  }

  @Test
  void aRunIsLeftOutWhileTheOneBeforeGoesOnWhereThatIsWanted() {
    try (var node = TestNode.start(Hourly.class)) {
      var hour = comingHour(node);
      advanceTo(node, hour.plus(Duration.ofSeconds(1)));
      await()
          .atMost(PATIENCE)
          .until(() -> ids(node, "Hourly.slow").contains(id("Hourly.slow", hour)));
      node.sql("delete from reprise.executions where function = 'Hourly.slow' and id <> '"
          + id("Hourly.slow", hour) + "'");
      await()
          .atMost(PATIENCE)
          .until(() -> node.textsOf("select status::text from reprise.executions where id = '"
                  + id("Hourly.slow", hour) + "'")
              .contains("WAITING"));
      assertThat(node.longOf("select count(*) from reprise.executions where id = '"
              + id("Hourly.slow", hour) + "' and deadline > created_at + interval '23 hours'"))
          .isEqualTo(1);

      advanceTo(node, hour.plus(Duration.ofSeconds(3601)));
      awaitNext(node, "Hourly.slow", hour.plus(2, ChronoUnit.HOURS));
      awaitIds(node, "Hourly.slow", hour);
      advanceTo(node, hour.plus(Duration.ofMinutes(100)));
      await()
          .atMost(PATIENCE)
          .until(() ->
              node.runtime().execution(id("Hourly.slow", hour), Void.class).status()
                  == ExecutionStatus.SUCCEEDED);
      advanceTo(node, hour.plus(Duration.ofSeconds(7201)));
      awaitIds(node, "Hourly.slow", hour, hour.plus(2, ChronoUnit.HOURS));
    }
  }

  @Test
  void aNodeThatDiesWhileItStartsARunLeavesTheTimeToTheNext() {
    try (var node = TestNode.start(Hourly.class)) {
      var hour = comingHour(node);
      node.sql("create sequence deaths");
      node.sql("""
          create function die() returns trigger language plpgsql as $$
          begin
            if new.id like 'Hourly.all@%' then
              perform nextval('deaths');
              perform pg_terminate_backend(pg_backend_pid());
            end if;
            return new;
          end $$
          """);
      node.sql(
          "create trigger die after insert on reprise.executions for each row execute function die()");
      advanceTo(node, hour.minus(Duration.ofMinutes(59)));
      await().atMost(PATIENCE).until(() -> node.longOf("select last_value from deaths") > 1);
      assertThat(ids(node, "Hourly.all")).isEmpty();
      assertThat(row(node, "Hourly.all").nextAt()).isEqualTo(hour.minus(Duration.ofHours(1)));

      node.sql("drop trigger die on reprise.executions");
      awaitIds(node, "Hourly.all", hour.minus(Duration.ofHours(1)));
      awaitNext(node, "Hourly.all", hour);
    }
  }

  private static void awaitNext(TestNode node, String name, Instant next) {
    await().atMost(PATIENCE).until(() -> row(node, name).nextAt().equals(next));
  }

  /** What the application is after a change. */
  public static class Other {
    @Transaction
    public int one() {
      return 1;
    }
  }

  /** The same functions, one at another time, one at none. */
  @Function("Hourly")
  public static class Changed {
    @Workflow
    @Scheduled(cron = "30 6 * * *")
    public String all(Instant nominal) {
      return nominal.toString();
    }

    @Workflow
    public String once(Instant nominal) {
      return nominal.toString();
    }
  }

  /** One of the functions, without a schedule. */
  @Function("Hourly")
  public static class Unscheduled {
    @Workflow
    public void skip() {}
  }

  @Test
  void schedulesFollowTheCodeAndOneWhoseFunctionIsGoneStandsStillVisibly() {
    try (var other = TestNode.start(Other.class)) {
      try (var first = other.another(Hourly.class)) {
        assertThat(first.node().schedules().list())
            .extracting(ScheduleRow::name)
            .containsExactly("Hourly.all", "Hourly.once", "Hourly.skip", "Hourly.slow");
        assertThat(first.node().schedules().list()).allMatch(ScheduleRow::deployed);
      }
      other.advance(Duration.ofDays(1));
      assertThat(other.node().schedules().list()).hasSize(4).noneMatch(ScheduleRow::deployed);
      assertThatThrownBy(() -> other.node().schedules().trigger("Hourly.skip"))
          .isInstanceOf(NotDeployedException.class)
          .hasMessageContaining("Hourly.skip is not deployed");
      assertThat(other.node().schedules().startDue()).isNull();
      assertThat(other.longOf("select count(*) from reprise.executions")).isZero();

      try (var changed = other.another(Changed.class)) {
        var rows = changed.node().schedules().list();
        assertThat(rows)
            .extracting(ScheduleRow::name)
            .containsExactly("Hourly.all", "Hourly.skip", "Hourly.slow");
        assertThat(rows.get(0).cron()).isEqualTo("30 6 * * *");
        assertThat(rows.get(0).nextAt().toString()).endsWith("T06:30:00Z");
        assertThat(rows.get(0).deployed()).isTrue();
        assertThat(rows.get(1).deployed()).isFalse();
      }
      try (var unscheduled = other.another(Unscheduled.class)) {
        assertThat(unscheduled.node().schedules().list())
            .extracting(ScheduleRow::name)
            .containsExactly("Hourly.all", "Hourly.slow");
      }
    }
  }

  /** Has what its name says. */
  public static class BadCron {
    @Workflow
    @Scheduled(cron = "0 25 * * *")
    public void daily() {}
  }

  /** Has what its name says. */
  public static class BadZone {
    @Workflow
    @Scheduled(cron = "@daily", zone = "Europe/Atlantis")
    public void daily() {}
  }

  /** Has what its name says. */
  public static class NoWorkflow {
    @Transaction
    @Scheduled(cron = "@daily")
    public void daily() {}
  }

  /** Has what its name says. */
  public static class NoFunction {
    @Scheduled(cron = "@daily")
    public void daily() {}
  }

  /** Has what its name says. */
  public static class WithArgument {
    @Workflow
    @Scheduled(cron = "@daily")
    public void daily(String customer) {}
  }

  static Stream<List<Object>> refused() {
    return Stream.of(
        List.of(
            BadCron.class,
            "BadCron.daily cannot be scheduled: \"25\" is no hour: it goes from 0 to 23"),
        List.of(BadZone.class, "\"Europe/Atlantis\" is no time zone: write one like Europe/Berlin"),
        List.of(NoWorkflow.class, "NoWorkflow.daily cannot be scheduled: only workflows are"),
        List.of(NoFunction.class, "it has @Scheduled, which is for workflows: add @Workflow"),
        List.of(WithArgument.class, "keep one of type Instant"));
  }

  @ParameterizedTest
  @MethodSource("refused")
  void whatCannotBeScheduledIsRefusedWithTheRemedy(List<Object> refused) {
    var scanner = new FunctionScanner(new JsonCodec(), null);
    assertThatThrownBy(() -> scanner.scan((Class<?>) refused.get(0)))
        .isInstanceOf(RegistrationException.class)
        .hasMessageContaining(String.valueOf(refused.get(1)));
  }
}
