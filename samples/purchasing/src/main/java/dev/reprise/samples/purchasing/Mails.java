package dev.reprise.samples.purchasing;

import dev.reprise.Durable;
import dev.reprise.Step;
import dev.reprise.WorkQueue;
import java.time.Duration;

/** Mail goes out through a queue, so that a flood of reminders does not get the company blocked. */
public class Mails {
  /** At most four at once and twenty in a minute; what is for one person goes out in order. */
  public static final WorkQueue QUEUE =
      WorkQueue.named("mails").concurrency(4).rate(20, Duration.ofMinutes(1));

  private final MailServer server;

  public Mails(MailServer server) {
    this.server = server;
  }

  /** Sends one mail. */
  @Step
  public void send(String to, String text) {
    server.send(Durable.idempotencyKey(), to, text);
  }
}
