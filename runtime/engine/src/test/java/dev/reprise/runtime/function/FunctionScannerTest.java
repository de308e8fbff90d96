package dev.reprise.runtime.function;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonValue;
import dev.reprise.Execution;
import dev.reprise.Function;
import dev.reprise.Isolation;
import dev.reprise.Param;
import dev.reprise.RegistrationException;
import dev.reprise.Step;
import dev.reprise.Transaction;
import dev.reprise.Workflow;
import dev.reprise.runtime.json.JsonCodec;
import dev.reprise.runtime.store.FunctionKind;
import java.io.IOException;
import java.io.InputStream;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@SuppressWarnings({"unused", "ClassCanBeStatic", "EffectivelyPrivate"
}) // classes are what the tests are about
class FunctionScannerTest {
  private final FunctionScanner scanner = new FunctionScanner(new JsonCodec(), "v1");

  record Order(String id) {}

  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
  @JsonSubTypes(@JsonSubTypes.Type(Card.class))
  interface Payment {}

  record Card(String number) implements Payment {}

  public static class Fine {
    @Transaction(isolation = Isolation.READ_COMMITTED, readOnly = true, role = "o'brien")
    public Map<String, Object> read(@Param("the-id") String id, Optional<Order> order) {
      return Map.of();
    }

    @Step(
        maxAttempts = 3,
        initialInterval = "500ms",
        backoff = 1.5,
        maxInterval = "PT2M",
        timeout = "1h",
        noRetryFor = IOException.class)
    public void call(Payment payment) {}

    @Workflow(timeout = "1d")
    public List<List<Order>> run(int... numbers) {
      return List.of();
    }

    @Workflow
    @Function("other.name")
    public void renamed() {}

    public InputStream plain() {
      return InputStream.nullInputStream();
    }
  }

  @Function("shop")
  public static class Renamed {
    @Transaction
    public void pay() {}
  }

  static class Hidden {
    @Transaction
    public void bridged(String text) {}
  }

  public static class Visible extends Hidden {}

  public abstract static class Repository<T> {
    @Transaction
    public abstract T save(T item);

    @Transaction
    public void clear() {}
  }

  public static class Orders extends Repository<Order> {
    @Override
    @Transaction
    public Order save(Order item) {
      return item;
    }
  }

  @Test
  void functionsAreFoundWithTheirPolicies() {
    var functions = scanner.scan(Fine.class);
    assertThat(functions)
        .extracting(FunctionDefinition::name)
        .containsExactly("Fine.call", "Fine.read", "Fine.run", "other.name");
    assertThat(functions)
        .extracting(FunctionDefinition::kind)
        .containsExactly(
            FunctionKind.STEP,
            FunctionKind.TRANSACTION,
            FunctionKind.WORKFLOW,
            FunctionKind.WORKFLOW);
    assertThat(functions)
        .extracting(FunctionDefinition::policy)
        .containsExactly(
            new Policy.OfStep(
                3,
                Duration.ofMillis(500),
                1.5,
                Duration.ofMinutes(2),
                Duration.ofHours(1),
                List.of(IOException.class)),
            new Policy.OfTransaction(Isolation.READ_COMMITTED, true, "o'brien"),
            new Policy.OfWorkflow(Duration.ofDays(1)),
            new Policy.OfWorkflow(null));
    assertThat(functions).allSatisfy(function -> assertThat(function.version()).isEqualTo("v1"));
    assertThat(functions.get(1).parameters())
        .extracting(Parameter::name)
        .containsExactly("the-id", "order");
  }

  @Test
  void theDefaultsAreThoseOfTheAnnotations() {
    class Defaults {
      @Step
      public void step() {}

      @Transaction
      public void transaction() {}
    }
    var methods = AnnotatedMethods.of(Defaults.class);
    assertThat(methods)
        .extracting(Policies::of)
        .containsExactly(
            Policy.OfStep.DEFAULT, new Policy.OfTransaction(Isolation.SERIALIZABLE, false, null));
  }

  @Test
  void aClassCanBeRenamed() {
    assertThat(scanner.scan(Renamed.class))
        .extracting(FunctionDefinition::name)
        .containsExactly("shop.pay");
  }

  @Test
  void methodsOfSuperclassesCountAndBridgesDoNot() {
    assertThat(scanner.scan(Orders.class))
        .extracting(FunctionDefinition::name)
        .containsExactly("Orders.clear", "Orders.save");
    assertThat(scanner.scan(Orders.class).get(1).method().getReturnType()).isEqualTo(Order.class);
    assertThat(scanner.scan(Visible.class))
        .extracting(FunctionDefinition::name)
        .containsExactly("Visible.bridged");
  }

  // What is refused: classes.

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
    public void call(Payment payment) {}
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
            "ForgotAnnotation.call overrides the annotated dev.reprise.runtime.function.FunctionScannerTest.Fine.call"
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

  // Signatures.

  sealed interface Shape permits Circle {}

  record Circle(int radius) implements Shape {}

  record Drawing(String name, List<Shape> shapes) {}

  @JsonTypeInfo(use = JsonTypeInfo.Id.CLASS)
  record ByClass(String name) {}

  public static class Opaque {
    private final String text;

    public Opaque(String text, int number) {
      this.text = text + number;
    }

    public String getText() {
      return text;
    }
  }

  record Sku(@JsonValue String code) {}

  interface Signatures {
    void stream(InputStream body);

    void connection(Connection connection);

    void nested(Map<String, List<Thread>> threads);

    void functional(Supplier<String> supplier);

    void runnable(Runnable action);

    void array(Class<?>[] classes);

    <T> void variable(T value);

    void wildcard(List<? extends Order> orders);

    @SuppressWarnings("rawtypes")
    void raw(List list);

    void object(Object value);

    void exception(Exception exception);

    void abstractClass(Shape shape);

    void abstractInside(Drawing drawing);

    void byClass(ByClass value);

    void keys(Map<Order, String> orders);

    CompletableFuture<String> future();

    Stream<String> results();

    Execution<String> execution();

    Object anything();

    void fine(
        Map<String, Object> map,
        List<Object> list,
        Order[] orders,
        Payment payment,
        byte[] bytes,
        java.sql.Timestamp timestamp,
        Map<Isolation, Instant> times,
        Map<Sku, Map<Long, Order>> nested,
        Optional<Isolation> isolation);
  }

  static List<Arguments> signatures() {
    return List.of(
        Arguments.of(
            "stream",
            "parameter 1 (java.io.InputStream) contains java.io.InputStream, which JSON cannot hold"),
        Arguments.of("connection", "contains java.sql.Connection, which JSON cannot hold"),
        Arguments.of("nested", "contains java.lang.Thread, which JSON cannot hold: hand over data"),
        Arguments.of("functional", "contains java.util.function.Supplier, which JSON cannot hold"),
        Arguments.of("runnable", "contains java.lang.Runnable, which JSON cannot hold"),
        Arguments.of("array", "contains"),
        Arguments.of("variable", "contains T, which is not known at run time"),
        Arguments.of("wildcard", "which is not known at run time: name a class or a record"),
        Arguments.of("raw", "contains List without type arguments: write List<..>"),
        Arguments.of("object", "is Object, which JSON cannot be turned back into"),
        Arguments.of("exception", "contains java.lang.Exception, which JSON cannot hold"),
        Arguments.of("abstractClass", "Shape, which is abstract: use a class or a record"),
        Arguments.of("abstractInside", "at shapes contains"),
        Arguments.of("byClass", "whose subtypes the data would name by class"),
        Arguments.of("keys", "contains a map with keys of"),
        Arguments.of(
            "future",
            "its result (java.util.concurrent.CompletableFuture<java.lang.String>) contains"),
        Arguments.of("results", "contains java.util.stream.Stream, which JSON cannot hold"),
        Arguments.of("execution", "contains dev.reprise.Execution, which JSON cannot hold"),
        Arguments.of("anything", "its result (java.lang.Object) is Object"));
  }

  @ParameterizedTest
  @MethodSource("signatures")
  void aSignatureThatCannotBeRecordedIsRefused(String name, String message) {
    var method = Stream.of(Signatures.class.getMethods())
        .filter(candidate -> candidate.getName().equals(name))
        .findFirst()
        .orElseThrow();
    var codec = new JsonCodec();
    assertThatThrownBy(() -> MethodRules.checkSignature(Signatures.class, method, codec))
        .isInstanceOf(RegistrationException.class)
        .hasMessageContaining("Signatures." + name + " cannot be recorded: its ")
        .hasMessageContaining(message);
  }

  @Test
  void aSignatureThatJsonCanHoldIsNotRefused() {
    var codec = new JsonCodec();
    assertThat(Stream.of(Signatures.class.getMethods())
            .filter(method -> method.getName().equals("fine"))
            .flatMap(method -> Stream.of(method.getGenericParameterTypes()))
            .map(codec::problem))
        .hasSize(9)
        .containsOnly(Optional.empty());
  }
}
