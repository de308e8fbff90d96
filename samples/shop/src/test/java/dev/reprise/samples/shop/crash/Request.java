package dev.reprise.samples.shop.crash;

import java.util.List;

/**
 * A call of the shop.
 *
 * @param key the idempotency key; empty for a call without one
 * @param body the arguments as JSON
 * @param lines what is ordered or restocked
 */
record Request(String key, String function, String body, List<Line> lines, Style style) {
  static final String CHECKOUT = "Checkout.checkout";
  static final String RESTOCK = "Inventory.restock";
  static final String ITEMS = "Inventory.items";

  /** So many of one item. */
  record Line(String item, int quantity) {
    String json() {
      return "{\"item\":\"%s\",\"quantity\":%d}".formatted(item, quantity);
    }
  }

  /** How a client goes about it. */
  enum Style {
    /** Waits for the result. */
    PATIENT,
    /** Waits for a second and asks for the result then. */
    HASTY,
    /** {@code Prefer: respond-async}. */
    ASYNC,
    /** Asynchronous, and cancelled once it is accepted. */
    CANCELLED,
    /** Sent by two clients at once. */
    TWICE
  }

  @Override
  public String toString() {
    return function + " " + key + " (" + style + ", " + body + ")";
  }

  /** Whether it can be repeated without another effect. */
  boolean isKeyed() {
    return !key.isEmpty();
  }

  /** The same to wait for. */
  Request patient() {
    return new Request(key, function, body, lines, Style.PATIENT);
  }
}
