package dev.reprise.runtime.function;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.reprise.Function;
import dev.reprise.Isolation;
import dev.reprise.Param;
import dev.reprise.Step;
import dev.reprise.Transaction;
import dev.reprise.Workflow;
import dev.reprise.runtime.json.JsonCodec;
import dev.reprise.runtime.store.FunctionKind;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

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
}
