package dev.reprise.samples.shop;

import dev.reprise.Durable;
import dev.reprise.Step;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Money, which is in the hands of the payment provider: steps, not transactions. */
public class Payments {
  private final PaymentClient provider;

  public Payments(PaymentClient provider) {
    this.provider = provider;
  }

  /**
   * Takes the money for an order. However often it is tried, the provider takes it once: every attempt has the same key.
   *
   * @param amount in cents
   * @return the provider's id of the charge
   */
  @Step(noRetryFor = {PaymentDeclined.class, IllegalStateException.class})
  public String charge(String order, long amount, @Nullable String card)
      throws IOException, InterruptedException, PaymentDeclined {
    return provider.charge(Durable.idempotencyKey(), order, amount, card);
  }

  /**
   * Gives back what {@link #charge} took; to be called as its undoing only, where the key is that of the charge. Where
   * nothing was taken, the provider makes sure that nothing will be.
   */
  @Step(noRetryFor = IllegalStateException.class)
  public void refund() throws IOException, InterruptedException {
    provider.refund(Durable.idempotencyKey());
  }
}
