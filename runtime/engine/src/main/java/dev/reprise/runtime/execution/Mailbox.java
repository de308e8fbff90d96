package dev.reprise.runtime.execution;

import dev.reprise.runtime.store.MessageStore.Pending;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The messages that a run may receive. It asks the database when a topic is received from for the first time, and again
 * when more was delivered since; a run that receives nothing asks nothing. Thread-safe: each message is given to one branch.
 */
final class Mailbox {
  private static final int AT_ONCE = 100;

  private final Run run;
  private final Map<String, Topic> topics = new HashMap<>();
  private final Set<Integer> taken = new HashSet<>();

  Mailbox(Run run) {
    this.run = run;
  }

  private static final class Topic {
    private final Deque<Pending> waiting = new ArrayDeque<>();
    private int signals = -1;
    private boolean more;
    private @Nullable Instant next;
  }

  /** The next message of the topic that can be received now; it is the caller's. */
  synchronized Optional<Pending> take(String name) {
    var topic = topics.computeIfAbsent(name, key -> new Topic());
    boolean due = topic.next != null && !run.services().clock().now().isBefore(topic.next);
    if (due || topic.waiting.isEmpty() && (topic.more || topic.signals < run.signals())) {
      load(name, topic);
    }
    var message = Optional.ofNullable(topic.waiting.poll());
    message.ifPresent(found -> taken.add(found.sequence()));
    return message;
  }

  /** When a delayed message of the topic can be received; null for none. */
  synchronized @Nullable Instant next(String name) {
    var topic = topics.get(name);
    return topic == null ? null : topic.next;
  }

  private void load(String name, Topic topic) {
    topic.signals = run.signals(); // before the question: what comes in between is asked for again
    int limit = AT_ONCE + run.forks().size(); // what other branches took may still be there
    var batch = run.ask(
        () -> run.services().post().messages().pending(run.identity().execution(), name, limit));
    topic.waiting.clear();
    batch.visible().stream()
        .filter(message -> !taken.contains(message.sequence()))
        .forEach(topic.waiting::add);
    topic.more = batch.visible().size() == limit;
    topic.next = batch.next();
  }
}
