package dev.reprise.samples.payments;

import java.io.IOException;
import java.time.Instant;
import java.util.stream.IntStream;

/**
 * Takes and gives back money. The same idempotency key has one effect, whatever runs at the same time or was before a
 * restart: all work on one key happens under one lock. Charges and refunds have keys of their own, so that a refund may
 * be sent under the key of the charge that it undoes.
 *
 * <p>Thread-safe. A refund holds the lock of its key and then that of the charge's key, a charge the latter only: no two
 * requests wait for each other.
 */
final class Cashier {
  private final Ledger ledger;
  private final Object[] chargeLocks = locks();
  private final Object[] refundLocks = locks();

  Cashier(Ledger ledger) {
    this.ledger = ledger;
  }

  /**
   * Takes the money, or says what was done under the key before.
   *
   * @param amount in cents
   * @param declined whether the customer's bank says no; asked only where the charge is new
   */
  Entry charge(String key, String order, long amount, String currency, boolean declined)
      throws Refusal, IOException {
    synchronized (lock(chargeLocks, key)) {
      var earlier = ledger.charge(key);
      if (earlier.isPresent()) {
        return same(earlier.get(), order, amount, currency);
      }
      if (ledger.isRefunded(key)) {
        throw new Refusal(
            409,
            "charge_refunded",
            "a refund was made for a charge with this key before the charge came;"
                + " it is not made any more");
      }
      if (declined) {
        throw new Refusal(402, "card_declined", "the card was declined");
      }
      return ledger.append(number -> new Entry(
          Entry.Kind.CHARGE, "ch_" + number, key, order, amount, currency, key, Instant.now()));
    }
  }

  private static Entry same(Entry charge, String order, long amount, String currency)
      throws Refusal {
    if (charge.order().equals(order)
        && charge.amount() == amount
        && charge.currency().equals(currency)) {
      return charge;
    }
    throw keyReused();
  }

  /**
   * Gives back the money of a charge. Of a charge that never happened it gives back nothing, and keeps it from happening
   * later.
   */
  Entry refund(String key, String chargeKey) throws Refusal, IOException {
    synchronized (lock(refundLocks, key)) {
      var earlier = ledger.refund(key);
      if (earlier.isPresent()) {
        if (!earlier.get().chargeKey().equals(chargeKey)) {
          throw keyReused();
        }
        return earlier.get();
      }
      synchronized (lock(chargeLocks, chargeKey)) {
        var charge = ledger.charge(chargeKey);
        return ledger.append(number -> new Entry(
            Entry.Kind.REFUND,
            "re_" + number,
            key,
            charge.map(Entry::order).orElse(""),
            charge.map(Entry::amount).orElse(0L),
            charge.map(Entry::currency).orElse("eur"),
            chargeKey,
            Instant.now()));
      }
    }
  }

  private static Refusal keyReused() {
    return new Refusal(
        422,
        "idempotency_key_reused",
        "this Idempotency-Key was used with other parameters; use a new key for a new request");
  }

  private static Object[] locks() {
    return IntStream.range(0, 256).mapToObj(i -> new Object()).toArray();
  }

  private static Object lock(Object[] locks, String key) {
    return locks[Math.floorMod(key.hashCode(), locks.length)];
  }
}
