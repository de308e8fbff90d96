package dev.reprise.samples.shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.Options;
import dev.reprise.samples.payments.PaymentProvider;
import dev.reprise.testing.RepriseExtension;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A checkout sells an order wholly or not at all, whatever the payment provider, a process of its own, does. */
class CheckoutTest {
  private static final PaymentProvider PROVIDER = provider();

  @RegisterExtension
  static final RepriseExtension REPRISE = RepriseExtension.functions(
          Checkout.class, Orders.class, Inventory.class, Payments.class)
      .bind(PaymentClient.class, new PaymentClient(PROVIDER.url()));

  private final Checkout checkout = REPRISE.get(Checkout.class);
  private final Orders orders = REPRISE.get(Orders.class);
  private final Inventory inventory = REPRISE.get(Inventory.class);

  private int pens;

  @BeforeEach
  void countPens() throws Exception {
    pens = inventory.stock("pen");
  }

  @Test
  void anOrderIsPaidAndReadyToFulfil() throws Exception {
    var receipt = checkout.checkout(order(null, new Line("pen", 2), new Line("book", 1)));

    assertThat(receipt.total()).isEqualTo(2 * 250 + 1999);
    assertThat(charges()).contains("\"order\":\"" + receipt.order() + "\"");
    assertThat(orders.status(receipt.order())).isEqualTo("ready");
    assertThat(inventory.stock("pen")).isEqualTo(pens - 2);
  }

  @Test
  void anOrderIsSoldOnceHoweverOftenItIsSent() throws Exception {
    var order = order(null, new Line("pen", 1));

    var first =
        REPRISE.start(Checkout.class, c -> c.checkout(order), Options.DEFAULT.id("order-17"));
    var second =
        REPRISE.start(Checkout.class, c -> c.checkout(order), Options.DEFAULT.id("order-17"));

    assertThat(second.result()).isEqualTo(first.result());
    assertThat(inventory.stock("pen")).isEqualTo(pens - 1);
    assertThat(charges()).containsOnlyOnce("\"order\":\"order-17\"");
  }

  @Test
  void aDeclinedPaymentReturnsTheItemsAndCancelsTheOrder() throws Exception {
    var execution =
        REPRISE.start(Checkout.class, c -> c.checkout(order("declined", new Line("pen", 2))));

    assertThatThrownBy(execution::result)
        .isInstanceOf(PaymentDeclined.class)
        .hasMessage("the payment of order " + execution.id() + " was declined");
    assertNothingSold(execution.id());
  }

  @Test
  void whatIsOutOfStockReturnsTheRest() throws Exception {
    var execution = REPRISE.start(
        Checkout.class, c -> c.checkout(order(null, new Line("pen", 1), new Line("desk", 2))));

    assertThatThrownBy(execution::result)
        .isInstanceOf(OutOfStock.class)
        .hasMessage("2 x desk asked for, 1 left");
    assertNothingSold(execution.id());
  }

  @Test
  void aProviderThatIsDownForAWhileIsAskedAgain() throws Exception {
    control("mode=fail&times=2");

    var receipt = checkout.checkout(order(null, new Line("pen", 1)));

    assertThat(orders.status(receipt.order())).isEqualTo("ready");
    assertThat(charges()).containsOnlyOnce("\"order\":\"" + receipt.order() + "\"");
  }

  @Test
  void aPaymentWhoseAnswerIsLostIsTakenOnce() throws Exception {
    control("mode=lost&times=1");

    var receipt = checkout.checkout(order(null, new Line("pen", 1)));

    assertThat(charges()).containsOnlyOnce("\"order\":\"" + receipt.order() + "\"");
  }

  private void assertNothingSold(String order) throws Exception {
    assertThat(orders.status(order)).isEqualTo("cancelled");
    assertThat(inventory.stock("pen")).isEqualTo(pens);
    assertThat(charges()).doesNotContain("\"order\":\"" + order + "\"");
  }

  private static Order order(@Nullable String card, Line... lines) {
    return new Order("ada", List.of(lines), card);
  }

  private static PaymentProvider provider() {
    try {
      return PaymentProvider.start(0, Files.createTempDirectory("payments").resolve("ledger"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What the provider took, as JSON. */
  private static String charges() throws Exception {
    return send(HttpRequest.newBuilder(PROVIDER.url().resolve("/charges")));
  }

  /** Tells the provider what the coming requests meet. */
  private static void control(String faults) throws Exception {
    send(HttpRequest.newBuilder(PROVIDER.url().resolve("/control"))
        .header("Content-Type", "application/x-www-form-urlencoded")
        .POST(BodyPublishers.ofString(faults)));
  }

  private static String send(HttpRequest.Builder request) throws Exception {
    var answer = HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return answer.body();
  }

  @AfterAll
  static void stop() throws IOException {
    PROVIDER.close();
  }
}
