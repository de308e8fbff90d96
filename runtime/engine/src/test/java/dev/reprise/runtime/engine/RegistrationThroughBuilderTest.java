package dev.reprise.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.reprise.Function;
import dev.reprise.RegistrationException;
import dev.reprise.Reprise;
import dev.reprise.Step;
import dev.reprise.Transaction;
import dev.reprise.Workflow;
import dev.reprise.runtime.postgres.ScratchDatabase;
import dev.reprise.runtime.postgres.TestDatabase;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A runtime whose functions cannot work does not start, says which and what to do, and leaves nothing behind. */
class RegistrationThroughBuilderTest {
  private static ScratchDatabase database;

  /** Nothing is wrong with it. */
  public static class Fine {
    @Transaction
    public String run() {
      return "fine";
    }
  }

  /** Not to be registered with {@link Fine}. */
  public static class Rival {
    @Step
    @Function("Fine.run")
    public void call() {}
  }

  /** Nothing to call. */
  public static class Nothing {
    public void run() {}
  }

  public static class PrivateMethod {
    @Transaction
    @SuppressWarnings("unused") // it is what is refused
    private void run() {}
  }

  public static class FinalMethod {
    @Workflow
    public final void run() {}
  }

  public static class StaticMethod {
    @Step
    public static void run() {}
  }

  public static final class FinalClass {
    @Transaction
    public void run() {}
  }

  public record RecordClass(DataSource database) {
    @Transaction
    public void run() {}
  }

  public static class Overloads {
    @Transaction
    public void run() {}

    @Transaction
    public void run(String text) {}
  }

  public static class TakesAStream {
    @Transaction
    public void run(String name, InputStream content) {}
  }

  public static class GivesAnObject {
    @Transaction
    public Object run() {
      return "anything";
    }
  }

  /** Something that a class may need. */
  public interface MailServer {}

  public static class NeedsMail {
    private final MailServer mail;

    public NeedsMail(MailServer mail) {
      this.mail = mail;
    }

    @Step
    public String run() {
      return mail.toString();
    }
  }

  public static class Throws {
    public Throws() {
      throw new IllegalStateException("no licence");
    }

    @Step
    public void run() {}
  }

  public static class CallsEarly {
    private final String before;

    public CallsEarly(Fine fine) {
      before = fine.run();
    }

    @Step
    public String run() {
      return before;
    }
  }

  @BeforeAll
  static void create() {
    database = TestDatabase.create();
  }

  @AfterAll
  static void drop() {
    database.close();
  }

  private static Reprise.Builder builder() {
    var user = database.user();
    return user == null
        ? Reprise.builder().database(database.jdbcUrl())
        : Reprise.builder()
            .database(
                database.jdbcUrl(), user, Objects.requireNonNullElse(database.password(), ""));
  }

  static List<Arguments> refused() {
    return List.of(
        refused("there are no functions: give at least one class with annotated methods"),
        refused(
            "Nothing has no function: annotate a public method with @Transaction, @Step or @Workflow",
            Nothing.class),
        refused("PrivateMethod.run is private: make it public", PrivateMethod.class),
        refused(
            "FinalMethod.run is final: leave that out, Reprise overrides it", FinalMethod.class),
        refused("StaticMethod.run is static: make it a method of the instance", StaticMethod.class),
        refused(
            "FinalClass is final: leave that out, Reprise makes a subclass of it",
            FinalClass.class),
        refused(
            "RecordClass is a record, which has no subclasses: make it a public class",
            RecordClass.class),
        refused(
            "Overloads.run are both called Overloads.run: functions have no overloads, rename one of them"
                + " or its function with @Function(\"name\")",
            Overloads.class),
        refused(
            "TakesAStream.run cannot be recorded: its parameter 2 (java.io.InputStream)",
            TakesAStream.class),
        refused(
            "GivesAnObject.run cannot be recorded: its result (java.lang.Object) is Object, which JSON"
                + " cannot be turned back into: name a class or a record",
            GivesAnObject.class),
        refused(
            "MailServer (NeedsMail -> MailServer), which is neither bound nor a registered class of functions:"
                + " bind it with builder.bind(MailServer.class, ..)",
            NeedsMail.class),
        refused("no licence", Throws.class),
        refused("Fine.run", Fine.class, CallsEarly.class));
  }

  private static Arguments refused(String message, Class<?>... functions) {
    return Arguments.of(message, functions);
  }

  @ParameterizedTest
  @MethodSource("refused")
  void whatCannotWorkDoesNotStart(String message, Class<?>[] functions) {
    assertThatThrownBy(() -> builder().functions(functions).start())
        .isInstanceOf(RegistrationException.class)
        .hasMessageContaining(message);
    assertNothingIsLeft();
  }

  @Test
  void twoClassesMayNotHaveFunctionsOfOneName() {
    assertThatThrownBy(() -> builder().functions(Fine.class, Rival.class).start())
        .isInstanceOf(RegistrationException.class)
        .hasMessageContaining("RegistrationThroughBuilderTest.Rival")
        .hasMessageContaining("both have a function called Fine.run: rename one");
    assertNothingIsLeft();
  }

  @Test
  void theSameClassTwiceIsRegisteredOnce() {
    try (var runtime = builder().functions(Fine.class).functions(Fine.class).start()) {
      assertThat(runtime.get(Fine.class).run()).isEqualTo("fine");
    }
  }

  @Test
  void aBindingIsGivenOnce() {
    var mail = new MailServer() {};
    assertThatThrownBy(() -> builder().bind(MailServer.class, mail).bind(MailServer.class, mail))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("MailServer is bound already");
  }

  @Test
  void aClassThatIsNotRegisteredIsNamed() {
    try (var runtime = builder().functions(Fine.class).start()) {
      assertThatThrownBy(() -> runtime.get(Rival.class))
          .isInstanceOf(RegistrationException.class)
          .hasMessageContaining(
              "Rival is not registered: give it to the builder with functions(Rival.class)");
      assertThat(runtime.get(Fine.class).run()).isEqualTo("fine");
    }
  }

  @Test
  void whatIsNeededCanBeBound() {
    var mail = new MailServer() {
      @Override
      public String toString() {
        return "post office";
      }
    };
    try (var runtime =
        builder().functions(NeedsMail.class).bind(MailServer.class, mail).start()) {
      assertThat(runtime.get(NeedsMail.class).run()).isEqualTo("post office");
    }
  }

  /** No node that others would wait for, and no session. */
  private static void assertNothingIsLeft() {
    assertThat(TestNode.longOf(
            database.config(), "select count(*) from reprise.nodes where state <> 'DEAD'"))
        .isZero();
    await()
        .untilAsserted(() -> assertThat(TestNode.longOf(
                database.config(),
                "select count(*) from pg_stat_activity where datname = current_database()"
                    + " and pid <> pg_backend_pid() and backend_type = 'client backend'"))
            .isZero());
  }
}
