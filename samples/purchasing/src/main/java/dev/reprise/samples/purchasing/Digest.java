package dev.reprise.samples.purchasing;

import dev.reprise.Durable;
import dev.reprise.Options;
import dev.reprise.Scheduled;
import dev.reprise.Workflow;
import java.time.Instant;

/** What waits for whom, once a week. */
public class Digest {
  private final PurchaseOrders orders;

  public Digest(PurchaseOrders orders) {
    this.orders = orders;
  }

  /**
   * Mails every approver how many orders wait; on Mondays at eight in the morning.
   *
   * @param at for which Monday
   */
  @Scheduled(cron = "0 8 * * MON", zone = "Europe/Berlin")
  @Workflow
  public void weekly(Instant at) throws Exception {
    for (var waiting : orders.waiting().entrySet()) {
      var text = "%d orders wait for you (%s)".formatted(waiting.getValue(), at);
      var unused = Durable.startVoid(
          Mails.class,
          mails -> mails.send(waiting.getKey(), text),
          Options.DEFAULT.queue(Mails.QUEUE.name()).partition(waiting.getKey()));
    }
  }
}
