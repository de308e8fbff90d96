package dev.reprise.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.testkit.engine.EventConditions.finishedWithFailure;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.instanceOf;
import static org.junit.platform.testkit.engine.TestExecutionResultConditions.message;

import dev.reprise.RegistrationException;
import dev.reprise.RepriseException;
import java.sql.SQLException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;

/** Runs test classes that are no tests of their own. */
class LifeCycleTest {
  @Test
  void parallelClassesWithOneRegistrationShareItAndLeaveNothing() throws SQLException {
    run(First.class, Second.class).testEvents().assertStatistics(events -> events.succeeded(4));

    assertThatThrownBy(Shared.REPRISE::reprise)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("@RegisterExtension");
    assertThat(Shared.url).isNotNull();
    assertThatThrownBy(() -> java.sql.DriverManager.getConnection(Shared.url).close())
        .isInstanceOf(SQLException.class);
  }

  @Test
  void aStubForAClassThatIsNotRegisteredIsNamed() {
    fails(
        StubOfNothing.class,
        RegistrationException.class,
        "the stub for dev.reprise.testing.Mail",
        "register the class too");
  }

  @Test
  void aStubWithoutTheMethodsIsNamed() {
    fails(StubOfOther.class, RegistrationException.class, "has no method String send", "add it");
  }

  @Test
  void whatAConstructorAsksForAndNobodyBoundIsNamed() {
    fails(Unbound.class, RegistrationException.class, "Mail", "Mailbox", "bind it");
  }

  @Test
  void aMigrationThatFailsIsNamed() {
    fails(BrokenMigration.class, RepriseException.class, "V1__broken.sql", "nonsense");
  }

  @Test
  void aPlaceWithoutMigrationsIsNamed() {
    fails(NoSuchPlace.class, RepriseException.class, "classpath:no/such/place");
  }

  @Test
  void functionsAreNeeded() {
    assertThatThrownBy(RepriseExtension::functions)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no functions");
  }

  @Test
  void migrationsAreTakenFromElsewhereOrNotAtAll() {
    run(OtherMigrations.class, NoMigrations.class)
        .testEvents()
        .assertStatistics(events -> events.succeeded(2));
  }

  private static void fails(
      Class<?> test, Class<? extends Throwable> type, String... partsOfMessage) {
    run(test)
        .containerEvents()
        .assertThatEvents()
        .haveExactly(
            1,
            finishedWithFailure(
                instanceOf(type),
                message(
                    text -> java.util.stream.Stream.of(partsOfMessage).allMatch(text::contains))));
  }

  private static EngineExecutionResults run(Class<?>... tests) {
    return EngineTestKit.engine("junit-jupiter")
        .configurationParameter("junit.jupiter.execution.parallel.enabled", "true")
        .configurationParameter(
            "junit.jupiter.execution.parallel.mode.classes.default", "concurrent")
        .selectors(java.util.stream.Stream.of(tests)
            .map(test -> selectClass(test))
            .toArray(org.junit.platform.engine.discovery.ClassSelector[]::new))
        .execute();
  }

  @Tag("inner")
  @Execution(ExecutionMode.CONCURRENT)
  abstract static class Shared {
    @RegisterExtension
    static final RepriseExtension REPRISE = RepriseExtension.functions(Counters.class);

    private static volatile String url = "";

    @Test
    void adds() throws Exception {
      assertThat(REPRISE.get(Counters.class).add("shared", 1)).isPositive();
    }

    @Test
    void looks() throws Exception {
      try (var connection = REPRISE.connection()) {
        url = connection.getMetaData().getURL();
      }
    }
  }

  static class First extends Shared {}

  static class Second extends Shared {}

  static class StubOfNothing {
    @RegisterExtension
    static final RepriseExtension REPRISE =
        RepriseExtension.functions(Counters.class).stub(Mail.class, new Object());

    @Test
    void isNotReached() {}
  }

  static class StubOfOther {
    @RegisterExtension
    static final RepriseExtension REPRISE =
        RepriseExtension.functions(Mail.class).stub(Mail.class, new Object());

    @Test
    void isNotReached() {}
  }

  static class Unbound {
    @RegisterExtension
    static final RepriseExtension REPRISE = RepriseExtension.functions(Mail.class);

    @Test
    void isNotReached() {}
  }

  static class BrokenMigration {
    @RegisterExtension
    static final RepriseExtension REPRISE =
        RepriseExtension.functions(Counters.class).migrations("classpath:broken/migration");

    @Test
    void isNotReached() {}
  }

  static class NoSuchPlace {
    @RegisterExtension
    static final RepriseExtension REPRISE =
        RepriseExtension.functions(Counters.class).migrations("classpath:no/such/place");

    @Test
    void isNotReached() {}
  }

  static class OtherMigrations {
    @RegisterExtension
    static final RepriseExtension REPRISE =
        RepriseExtension.functions(Counters.class).migrations("other/migration");

    @Test
    void theTablesAreThoseOfTheOtherPlace(Counters counters) throws Exception {
      assertThat(counters.add("other", 0)).isEqualTo(7);
    }
  }

  static class NoMigrations {
    @RegisterExtension
    static final RepriseExtension REPRISE =
        RepriseExtension.functions(Counters.class).withoutMigrations();

    @Test
    void thereAreNoTables(Counters counters) {
      assertThatThrownBy(() -> counters.add("none", 0)).hasMessageContaining("counter");
    }
  }
}
