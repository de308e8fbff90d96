package dev.reprise.samples.purchasing;

import dev.reprise.Bindings;
import dev.reprise.FunctionModule;
import dev.reprise.Settings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Declares the queue of mails, and a mail server that writes to the log. */
public class PurchasingModule implements FunctionModule {
  private static final Logger LOG = LoggerFactory.getLogger(PurchasingModule.class);

  @Override
  public void configure(Bindings bindings, Settings settings) {
    bindings.queue(Mails.QUEUE);
    bindings.bind(
        MailServer.class, (key, to, text) -> LOG.info("mail {} to {}: {}", key, to, text));
  }
}
