package dev.reprise.samples.purchasing;

/** Where mail goes. */
@FunctionalInterface
public interface MailServer {
  /**
   * Sends a mail.
   *
   * @param key the same for every attempt at one mail: the server drops the second
   */
  void send(String key, String to, String text);
}
