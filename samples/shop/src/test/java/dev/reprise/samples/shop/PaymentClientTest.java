package dev.reprise.samples.shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.Bindings;
import dev.reprise.WorkQueue;
import dev.reprise.samples.payments.PaymentProvider;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PaymentClientTest {
  @TempDir
  Path directory;

  @Test
  void aChargeAndItsRefundShareAKey() throws Exception {
    try (var provider = PaymentProvider.start(0, directory.resolve("ledger"))) {
      var client = new PaymentClient(provider.url());

      assertThat(client.charge("k/1", "o 1", 100, null)).isEqualTo("ch_1");
      assertThat(client.charge("k/1", "o 1", 100, null)).isEqualTo("ch_1");
      client.refund("k/1");
      client.refund("never-charged");

      assertThatThrownBy(() -> client.charge("never-charged", "o", 100, null))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("status 409");
      assertThatThrownBy(() -> client.charge("k2", "o", 100, "declined"))
          .isInstanceOf(PaymentDeclined.class)
          .hasMessage("the payment of order o was declined");
    }
  }

  @Test
  void aProviderThatIsAwayMayBeAskedAgain() throws Exception {
    URI gone;
    try (var provider = PaymentProvider.start(0, directory.resolve("ledger"))) {
      gone = provider.url();
    }

    assertThatThrownBy(() -> new PaymentClient(gone).charge("k", "o", 100, null))
        .isInstanceOf(IOException.class);
  }

  @Test
  void theModuleBindsAClientOrNamesTheSettingThatIsWrong() {
    var bound = new HashMap<Class<?>, Object>();
    new ShopModule().configure(into(bound), name -> Optional.empty());

    assertThat(bound).containsOnlyKeys(PaymentClient.class);
    for (var url : new String[] {"", "localhost:8081", "ftp://a", "http://a b"}) {
      assertThatThrownBy(
              () -> new ShopModule().configure(into(new HashMap<>()), name -> Optional.of(url)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("REPRISE_APP_PAYMENT_URL")
          .hasMessageContaining("\"" + url + "\"");
    }
  }

  private static Bindings into(Map<Class<?>, Object> bound) {
    return new Bindings() {
      @Override
      public <X> Bindings bind(Class<X> type, X instance) {
        bound.put(type, instance);
        return this;
      }

      @Override
      public Bindings queue(WorkQueue queue) {
        throw new AssertionError("the shop has no queue");
      }
    };
  }
}
