package dev.reprise.runtime.function;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.RegistrationException;
import dev.reprise.Step;
import dev.reprise.Transaction;
import dev.reprise.Workflow;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

class ApplicationTest {
  private final List<String> calls = new ArrayList<>();

  record Item(String name) {}

  public static class Inventory {
    private final DataSource database;

    public Inventory(DataSource database) {
      this.database = database;
    }

    @Transaction
    public void reserve(String item, int quantity) throws SQLException {
      if (quantity < 0) {
        throw new SQLException("negative " + item, "23514");
      }
    }

    @Transaction(readOnly = true)
    public long total(List<Item> items, String... names) {
      return (long) items.size() + names.length;
    }

    @Transaction
    Item packagePrivateIsNoFunction() {
      return new Item("never");
    }

    public DataSource database() {
      return database;
    }
  }

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

  @Test
  void theDatabaseIsInjected() {
    var database = new PGSimpleDataSource();
    assertThatThrownBy(() -> builder(Inventory.class).build())
        .isInstanceOf(RegistrationException.class)
        .hasMessageContaining("packagePrivateIsNoFunction is package-private: make it public");
    var application = builder(Vault.class).database(database).build();
    assertThat(application.durable(Vault.class).database()).isSameAs(database);
  }

  public static class Vault {
    private final DataSource database;

    public Vault(DataSource database) {
      this.database = database;
    }

    @Transaction
    public void open() {}

    public DataSource database() {
      return database;
    }
  }
}
