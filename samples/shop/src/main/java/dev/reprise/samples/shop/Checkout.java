package dev.reprise.samples.shop;

import dev.reprise.Durable;
import dev.reprise.Workflow;

/** Sells an order, wholly or not at all. */
public class Checkout {
  private final Orders orders;
  private final Inventory inventory;
  private final Payments payments;

  public Checkout(Orders orders, Inventory inventory, Payments payments) {
    this.orders = orders;
    this.inventory = inventory;
    this.payments = payments;
  }

  /**
   * Reserves what is ordered, takes the payment, and marks the order ready to fulfil. Where anything fails, the money is
   * given back, the items are returned, and the order is cancelled.
   */
  @Workflow
  public Receipt checkout(Order order) throws Exception {
    var id = Durable.executionId();
    var saga = Durable.saga();
    long total = saga.run(() -> orders.create(id, order), () -> orders.cancel(id));
    for (var line : order.lines()) {
      saga.run(
          () -> inventory.reserve(line.item(), line.quantity()),
          () -> inventory.release(line.item(), line.quantity()));
    }
    var payment = saga.run(() -> payments.charge(id, total, order.card()), payments::refund);
    orders.markReady(id, payment);
    return new Receipt(id, total, payment);
  }
}
