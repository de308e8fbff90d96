package dev.reprise.runtime.function;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.RegistrationException;
import dev.reprise.Step;
import dev.reprise.Workflow;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

@SuppressWarnings({"unused", "EffectivelyPrivate"}) // methods are called by reflection
class StubTest {
  /** Not available in the test. */
  public interface Gateway {}

  public static class Payments {
    public Payments(Gateway gateway) {
      throw new AssertionError("the constructor of a stubbed class ran");
    }

    @Step
    public String charge(String order, int cents) throws IOException {
      throw new IOException("no network");
    }
  }

  public static class Checkout {
    private final Payments payments;

    public Checkout(Payments payments) {
      this.payments = payments;
    }

    @Workflow
    public String checkout(String order) throws IOException {
      return payments.charge(order, 100);
    }
  }

  static final class Fake {
    private final List<String> charged = new ArrayList<>();

    String charge(String order, int cents) throws IOException {
      if (order.isEmpty()) {
        throw new IOException("declined");
      }
      charged.add(order);
      return order + cents;
    }
  }

  private final List<String> recorded = new ArrayList<>();

  private Application application(Object stub) {
    return Application.builder()
        .functions(List.of(Checkout.class, Payments.class))
        .stubs(Map.of(Payments.class, stub))
        .durable((function, arguments, body) -> {
          recorded.add(function.name());
          return body.run(arguments);
        })
        .client((function, arguments, body) -> body.run(arguments))
        .build();
  }

  @Test
  void callsAreRecordedAsEverAndRunTheStub() throws Throwable {
    var fake = new Fake();
    var application = application(fake);
    var charge = application.find("Payments.charge").orElseThrow();
    assertThat(application.durable(Checkout.class).checkout("order-17")).isEqualTo("order-17100");
    assertThat(recorded).containsExactly("Checkout.checkout", "Payments.charge");
    assertThat(application.invoke(charge, new Object[] {"b", 1})).isEqualTo("b1");
    assertThat(fake.charged).containsExactly("order-17", "b");
    assertThat(application.client(Payments.class).charge("c", 2)).isEqualTo("c2");
  }

  @Test
  void exceptionsOfTheStubComeThrough() {
    var application = application(new Fake());
    assertThatThrownBy(() -> application.durable(Checkout.class).checkout(""))
        .isExactlyInstanceOf(IOException.class)
        .hasMessage("declined");
  }

  @Test
  void aStubWithoutTheMethodIsRefused() {
    assertThatThrownBy(() -> application("nothing"))
        .isInstanceOf(RegistrationException.class)
        .hasMessage(
            "the stub java.lang.String for dev.reprise.runtime.function.StubTest.Payments has no method"
                + " String charge with the same parameters: add it");
    assertThatThrownBy(() -> application(new Object() {
          public int charge(String order, int cents) {
            return cents;
          }
        }))
        .isInstanceOf(RegistrationException.class)
        .hasMessageContaining("has no method String charge");
  }

  @Test
  void aStubForAnUnregisteredClassIsRefused() {
    var builder = Application.builder()
        .functions(List.of(Payments.class))
        .stubs(Map.of(Checkout.class, new Fake()));
    assertThatThrownBy(builder::build)
        .isInstanceOf(RegistrationException.class)
        .hasMessageContaining(
            "Checkout stands for no registered class of functions: register the class too");
  }
}
