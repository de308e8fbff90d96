package dev.reprise.runtime.function;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.Step;
import dev.reprise.Transaction;
import dev.reprise.Workflow;
import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ApplicationTest {
  private final List<String> calls = new ArrayList<>();

  record Item(String name) {}

  public static class Stock {
    @Transaction
    public int count(String item) {
      return item.length();
    }

    @Transaction
    public Item find(Item like) {
      return new Item(like.name() + "!");
    }

    @Transaction(readOnly = true)
    public long total(List<Item> items, String... names) {
      return (long) items.size() + names.length;
    }

    @Step
    public void fail(String kind) throws IOException {
      throw new IOException(kind);
    }

    public String plain() {
      return "plain";
    }
  }

  public static class Checkout {
    private final Stock stock;
    final Clock clock;

    public Checkout(Stock stock, Clock clock) {
      this.stock = stock;
      this.clock = clock;
    }

    @Workflow
    public int checkout(String item) {
      return stock.count(item) + own(item);
    }

    @Transaction
    public int own(String item) {
      return -item.length();
    }
  }

  private @Nullable Object record(
      FunctionDefinition function, @Nullable Object[] arguments, Interceptor.Body body)
      throws Throwable {
    calls.add(function.name() + Arrays.deepToString(arguments));
    return body.run(arguments);
  }

  private ApplicationBuilder builder(Class<?>... types) {
    return Application.builder()
        .functions(List.of(types))
        .durable(this::record)
        .client((function, arguments, body) -> {
          calls.add("client " + function.name());
          return function.method().getReturnType() == int.class ? 42 : null;
        });
  }

  @Test
  void callsOfInjectedInstancesAndOfThisReachTheInterceptor() {
    var application = builder(Checkout.class, Stock.class)
        .bind(Map.of(Clock.class, Clock.systemUTC()))
        .build();
    assertThat(application.durable(Checkout.class).checkout("pen")).isZero();
    assertThat(calls)
        .containsExactly("Checkout.checkout[pen]", "Stock.count[pen]", "Checkout.own[pen]");
  }

  @Test
  void theEngineRunsTheAuthorsMethodPastTheInterceptor() throws Throwable {
    var application = builder(Checkout.class, Stock.class)
        .bind(Map.of(Clock.class, Clock.systemUTC()))
        .build();
    var checkout = application.find("Checkout.checkout").orElseThrow();
    assertThat(application.invoke(checkout, new Object[] {"pen"})).isEqualTo(0);
    assertThat(calls).containsExactly("Stock.count[pen]", "Checkout.own[pen]");
  }

  @Test
  void callsOfAClientGoToItsOwnInterceptor() {
    var application = builder(Stock.class).build();
    var client = application.client(Stock.class);
    assertThat(client.count("pen")).isEqualTo(42);
    assertThat(calls).containsExactly("client Stock.count");
    assertThat(application.client(Stock.class)).isSameAs(client);
    assertThat(client).isNotSameAs(application.durable(Stock.class));
  }

  @Test
  void checkedExceptionsArePassedOnAsTheyAre() throws Throwable {
    var application = builder(Stock.class).build();
    assertThatThrownBy(() -> application.durable(Stock.class).fail("why"))
        .isExactlyInstanceOf(IOException.class)
        .hasMessage("why");
    assertThatThrownBy(() ->
            application.invoke(application.find("Stock.fail").orElseThrow(), new Object[] {"why"}))
        .isExactlyInstanceOf(IOException.class);
  }

  @Test
  void packagePrivateTypesPrimitivesGenericsAndVarargsWork() {
    var stock = builder(Stock.class).build().durable(Stock.class);
    assertThat(stock.find(new Item("pen"))).isEqualTo(new Item("pen!"));
    assertThat(stock.total(List.of(new Item("a")), "x", "y")).isEqualTo(3);
    assertThat(stock.plain()).isEqualTo("plain");
    assertThat(calls)
        .containsExactly("Stock.find[Item[name=pen]]", "Stock.total[[Item[name=a]], [x, y]]");
  }

  @Test
  void twoApplicationsWrapTheSameClassIndependently() {
    var first = builder(Stock.class).build();
    var second = Application.builder()
        .functions(List.of(Stock.class))
        .durable((function, arguments, body) -> 7)
        .client(this::record)
        .build();
    assertThat(first.durable(Stock.class).count("pen")).isEqualTo(3);
    assertThat(second.durable(Stock.class).count("pen")).isEqualTo(7);
  }

  static class Hidden {
    @Transaction
    public String bridged(String text) {
      return text + "!";
    }
  }

  public static class Visible extends Hidden {
    public int bridged(Integer other) {
      return other;
    }
  }

  public abstract static class Repository<T> {
    @Transaction
    public abstract T save(T item);
  }

  public static class Items extends Repository<Item> {
    @Override
    @Transaction
    public Item save(Item item) {
      return item;
    }
  }

  @Test
  void callsThroughBridgesReachTheInterceptorOnce() throws Throwable {
    var application = builder(Visible.class, Items.class).build();
    Repository<Item> items = application.durable(Items.class);
    assertThat(items.save(new Item("pen"))).isEqualTo(new Item("pen"));
    assertThat(application.durable(Visible.class).bridged("pen")).isEqualTo("pen!");
    assertThat(application.durable(Visible.class).bridged(7)).isEqualTo(7);
    assertThat(calls).containsExactly("Items.save[Item[name=pen]]", "Visible.bridged[pen]");
    assertThat(application.invoke(
            application.find("Visible.bridged").orElseThrow(), new Object[] {"ink"}))
        .isEqualTo("ink!");
  }

  @Test
  void aMethodLeadsToItsFunction() throws NoSuchMethodException {
    var application = builder(Stock.class).build();
    assertThat(application
            .definitionOf(Stock.class.getMethod("count", String.class))
            .name())
        .isEqualTo("Stock.count");
    var plain = Stock.class.getMethod("plain");
    assertThatThrownBy(() -> application.definitionOf(plain))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aFunctionOfAnotherApplicationIsRefused() {
    var stock = builder(Stock.class).build();
    var items = builder(Items.class).build();
    assertThatThrownBy(() ->
            stock.invoke(items.find("Items.save").orElseThrow(), new Object[] {new Item("a")}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Items.save is no function of this application");
  }

  public static class Named {
    @Transaction
    public void run() {}

    @Override
    public String toString() {
      return "by hand";
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Named;
    }

    @Override
    public int hashCode() {
      return 42;
    }
  }

  @Test
  void equalityAndTextAreLeftAlone() {
    var named = builder(Named.class).build().durable(Named.class);
    assertThat(named).isEqualTo(new Named()).hasSameHashCodeAs(new Named()).hasToString("by hand");
    assertThat(calls).isEmpty();
  }
}
