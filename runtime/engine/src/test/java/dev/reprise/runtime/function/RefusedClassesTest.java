package dev.reprise.runtime.function;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.Function;
import dev.reprise.Param;
import dev.reprise.RegistrationException;
import dev.reprise.Step;
import dev.reprise.Transaction;
import dev.reprise.Workflow;
import dev.reprise.runtime.json.JsonCodec;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every way in which a class or a method cannot be durable, with the beginning of its error. */
@SuppressWarnings({"unused", "ClassCanBeStatic", "EffectivelyPrivate"
}) // classes are what the tests are about
class RefusedClassesTest {
  private final FunctionScanner scanner = new FunctionScanner(new JsonCodec(), "v1");

  public static class Fine {
    @Step
    public void call(String text) {}
  }

  static class NotPublic {
    @Transaction
    public void run() {}
  }

  public static final class Final {
    @Transaction
    public void run() {}
  }

  public abstract static class Abstract {
    @Transaction
    public void run() {}
  }

  public interface Interface {
    @Transaction
    void run();
  }

  public enum Enumeration {
    ONE;

    @Transaction
    public void run() {}
  }

  public record Recorded(String a) {
    @Transaction
    public void run() {}
  }

  public class Inner {
    @Transaction
    public void run() {}
  }

  public static sealed class Sealed permits SubOfSealed {
    @Transaction
    public void run() {}
  }

  static final class SubOfSealed extends Sealed {}

  public static class NoConstructor {
    private NoConstructor() {}

    @Transaction
    public void run() {}
  }

  public static class TwoConstructors {
    public TwoConstructors() {}

    public TwoConstructors(String text) {}

    @Transaction
    public void run() {}
  }

  public static class PrimitiveConstructor {
    public PrimitiveConstructor(int number) {}

    @Transaction
    public void run() {}
  }

  public static class Empty {
    public void run() {}
  }

  static Object local() {
    class Local {
      @Transaction
      public void run() {}
    }
    return new Local();
  }

  // Methods.

  public static class Private {
    @Transaction
    private void run() {}
  }

  public static class Protected {
    @Transaction
    protected void run() {}
  }

  public static class PackagePrivate {
    @Transaction
    void run() {}
  }

  public static class Static {
    @Transaction
    public static void run() {}
  }

  public static class FinalMethod {
    @Transaction
    public final void run() {}
  }

  public static class TwoAnnotations {
    @Transaction
    @Step
    public void run() {}
  }

  public static class Overloads {
    @Transaction
    public void run(String text) {}

    @Transaction
    public void run(int number) {}
  }

  public static class BadName {
    @Transaction
    @Function("a/b")
    public void run() {}
  }

  public static class SameNames {
    @Transaction
    public void run(@Param("x") String one, @Param("x") String two) {}
  }

  public static class ForgotAnnotation extends Fine {
    @Override
    public void call(String text) {}
  }

  public static class Implements implements Interface {
    @Override
    public void run() {}
  }

  // Annotations.

  public static class BadDuration {
    @Step(timeout = "soon")
    public void run() {}
  }

  public static class ZeroTimeout {
    @Step(timeout = "0s")
    public void run() {}
  }

  public static class NoAttempts {
    @Step(maxAttempts = 0)
    public void run() {}
  }

  public static class Shrinking {
    @Step(backoff = 0.5)
    public void run() {}
  }

  public static class ZeroWorkflow {
    @Workflow(timeout = "0s")
    public void run() {}
  }

  static List<Arguments> refused() {
    return List.of(
        Arguments.of(NotPublic.class, "NotPublic is not public: make it public"),
        Arguments.of(Final.class, "Final is final: leave that out"),
        Arguments.of(Abstract.class, "Abstract is abstract: register a class that extends it"),
        Arguments.of(Interface.class, "Interface is an interface: register the class"),
        Arguments.of(Enumeration.class, "Enumeration is an enum, which has no subclasses"),
        Arguments.of(
            Recorded.class,
            "Recorded is a record, which has no subclasses: make it a public class"),
        Arguments.of(Inner.class, "Inner is an inner class: make it static"),
        Arguments.of(Sealed.class, "Sealed is sealed: leave that out"),
        Arguments.of(local().getClass(), "Local is a local class: make it a top-level"),
        Arguments.of(int.class, "int is no class"),
        Arguments.of(
            NoConstructor.class, "NoConstructor has no public constructor: give it exactly one"),
        Arguments.of(
            TwoConstructors.class,
            "TwoConstructors has 2 public constructors: give it exactly one"),
        Arguments.of(
            PrimitiveConstructor.class,
            "PrimitiveConstructor asks for a primitive int in its constructor: bind an object"),
        Arguments.of(Empty.class, "Empty has no function: annotate a public method"),
        Arguments.of(Private.class, "Private.run is private: make it public"),
        Arguments.of(Protected.class, "Protected.run is protected: make it public"),
        Arguments.of(PackagePrivate.class, "PackagePrivate.run is package-private: make it public"),
        Arguments.of(Static.class, "Static.run is static: make it a method of the instance"),
        Arguments.of(FinalMethod.class, "FinalMethod.run is final: leave that out"),
        Arguments.of(
            TwoAnnotations.class,
            "TwoAnnotations.run cannot be a function: it has more than one of"),
        Arguments.of(
            Overloads.class,
            "are both called Overloads.run: functions have no overloads, rename one of them"),
        Arguments.of(
            BadName.class, "its name is \"a/b\": a name has 1-200 characters of [A-Za-z0-9._-]"),
        Arguments.of(
            SameNames.class,
            "SameNames.run cannot be a function: two of its parameters are called x"),
        Arguments.of(
            ForgotAnnotation.class,
            "ForgotAnnotation.call overrides the annotated dev.reprise.runtime.function.RefusedClassesTest.Fine.call"
                + " without an annotation: annotate it too"),
        Arguments.of(
            Implements.class,
            "Interface.run is annotated, but annotations of interfaces do not count: annotate the method of"),
        Arguments.of(
            BadDuration.class,
            "BadDuration.run cannot be a function: \"soon\" is no duration: write"),
        Arguments.of(
            ZeroTimeout.class, "ZeroTimeout.run cannot be a function: intervals are not negative"),
        Arguments.of(
            NoAttempts.class,
            "NoAttempts.run cannot be a function: maxAttempts is at least 1, not 0"),
        Arguments.of(Shrinking.class, "backoff is a number of at least 1, not 0.5"),
        Arguments.of(ZeroWorkflow.class, "its timeout is zero: leave it out for no limit"));
  }

  @ParameterizedTest
  @MethodSource("refused")
  void whatCannotBeDurableIsRefusedWithTheRemedy(Class<?> type, String message) {
    assertThatThrownBy(() -> scanner.scan(type))
        .isInstanceOf(RegistrationException.class)
        .hasMessageContaining(message);
  }
}
