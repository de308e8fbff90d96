package dev.reprise.samples.purchasing;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A mail server that keeps what it is sent, each key once. */
final class Mailbox implements MailServer {
  private final Map<String, String> mails = new LinkedHashMap<>();

  @Override
  public synchronized void send(String key, String to, String text) {
    mails.putIfAbsent(key, to + ": " + text);
  }

  /** What was sent to somebody, in order. */
  synchronized List<String> to(String person) {
    var prefix = person + ": ";
    return mails.values().stream()
        .filter(mail -> mail.startsWith(prefix))
        .map(mail -> mail.substring(prefix.length()))
        .toList();
  }
}
