package dev.reprise.runtime.bench;

import dev.reprise.Durable;
import dev.reprise.Workflow;
import java.time.Duration;

/** What waits for messages and turns. */
public class Talkers {
  /** Nothing but its own record. */
  @Workflow
  public int nothing(int number) {
    return number;
  }

  /** Receives so many messages. */
  @Workflow
  public int listen(int messages) {
    int received = 0;
    while (received < messages) {
      received += Durable.receive("word", Integer.class, Duration.ofDays(1)).isPresent() ? 1 : 0;
    }
    return received;
  }

  /** Sends so many messages to another. */
  @Workflow
  public int speak(String to, int messages) {
    for (int i = 0; i < messages; i++) {
      Durable.send(to, "word", i);
    }
    return messages;
  }

  /** Publishes so many values. */
  @Workflow
  public int publish(int values) {
    for (int i = 0; i < values; i++) {
      Durable.publish("value", i);
    }
    return values;
  }
}
