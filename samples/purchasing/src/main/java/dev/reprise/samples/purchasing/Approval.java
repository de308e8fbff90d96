package dev.reprise.samples.purchasing;

import dev.reprise.Durable;
import dev.reprise.Options;
import dev.reprise.Workflow;
import java.time.Duration;

/**
 * A long conversation: an order waits for its approver, who is reminded every week. While it waits it is a row, and needs
 * neither thread nor connection.
 */
public class Approval {
  /** The topic of messages that decide. */
  public static final String DECISION = "decision";

  /** The event that tells where the order stands. */
  public static final String STATE = "state";

  private static final int WEEKS = 4;

  private final PurchaseOrders orders;

  public Approval(PurchaseOrders orders) {
    this.orders = orders;
  }

  /**
   * Gets an order approved, or not.
   *
   * @return {@code approved}, {@code refused}, or {@code expired} after four weeks of silence
   */
  @Workflow
  public String approve(PurchaseOrder order) throws Exception {
    var id = Durable.executionId();
    orders.place(id, order);
    Durable.publish(STATE, "open");
    for (int week = 1; week <= WEEKS; week++) {
      var decision = Durable.receive(DECISION, Decision.class, Duration.ofDays(7));
      if (decision.isPresent()) {
        return close(
            id,
            decision.get().approved() ? "approved" : "refused",
            decision.get().by());
      }
      if (week < WEEKS) {
        remind(id, order, week);
      }
    }
    return close(id, "expired", "nobody");
  }

  private static void remind(String id, PurchaseOrder order, int week) {
    var text = "%s wants %s and has waited for %d weeks; order %s"
        .formatted(order.requester(), order.item(), week, id);
    var unused = Durable.startVoid(
        Mails.class,
        mails -> mails.send(order.approver(), text),
        Options.DEFAULT.queue(Mails.QUEUE.name()).partition(order.approver()));
    Durable.publish(STATE, "reminded " + week);
  }

  private String close(String id, String status, String by) throws Exception {
    orders.close(id, status, by);
    Durable.publish(STATE, status);
    return status;
  }
}
