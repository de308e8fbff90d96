package dev.reprise.runtime.crash;

import dev.reprise.Durable;
import dev.reprise.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Workflows that send and receive numbers. An operation of a topic passes the gates {@code log topic} and {@code commit topic}. */
public class Chat {
  @Workflow
  public int say(String to, String topic, int count) {
    for (int i = 0; i < count; i++) {
      Durable.send(to, topic, i);
    }
    return count;
  }

  @Workflow
  public List<Integer> hear(String topic, int count) {
    var heard = new ArrayList<Integer>();
    for (int i = 0; i < count; i++) {
      heard.add(Durable.receive(topic, Integer.class, Duration.ofDays(1)).orElse(-1));
    }
    return heard;
  }

  /** Hears one and goes on as a new one. */
  @Workflow
  public List<Integer> hearAnew(String topic, List<Integer> before, int count) {
    if (before.size() == count) {
      return before;
    }
    var heard = new ArrayList<>(before);
    heard.add(Durable.receive(topic, Integer.class, Duration.ofDays(1)).orElse(-1));
    Durable.continueAsNew(topic, heard, count);
    return List.of();
  }
}
