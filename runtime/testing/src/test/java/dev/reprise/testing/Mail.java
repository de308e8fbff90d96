package dev.reprise.testing;

import dev.reprise.Step;

/** What tests do not want to do for real. */
public class Mail {
  public Mail(Mailbox mailbox) {
    throw new IllegalStateException("no mail in tests: " + mailbox);
  }

  @Step(initialInterval = "10ms")
  public String send(String to) throws Exception {
    throw new IllegalStateException("no mail in tests: " + to);
  }

  /** Is not there in tests. */
  public interface Mailbox {}
}
