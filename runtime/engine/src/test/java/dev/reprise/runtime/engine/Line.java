package dev.reprise.runtime.engine;

import dev.reprise.Durable;
import dev.reprise.Execution;
import dev.reprise.Options;
import dev.reprise.Step;
import dev.reprise.Workflow;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;

/** What is put into queues in tests: it tells when it begins, and goes on when it is let. */
public class Line {
  /** What began, in order. */
  static final ConcurrentLinkedQueue<String> BEGUN = new ConcurrentLinkedQueue<>();

  static final Semaphore MAY_END = new Semaphore(0);

  static void reset() {
    BEGUN.clear();
    MAY_END.drainPermits();
  }

  /** Ends at once. */
  @Workflow
  public String pass(String name) {
    BEGUN.add(name);
    return name;
  }

  @Workflow
  public String held(String name) throws InterruptedException {
    return hold(name);
  }

  @Step
  public String hold(String name) throws InterruptedException {
    BEGUN.add(name);
    MAY_END.acquire();
    return name;
  }

  @Workflow
  public String sleeping(String name, long seconds) {
    BEGUN.add(name);
    Durable.sleep(Duration.ofSeconds(seconds));
    return name;
  }

  /** Parks itself at its second run. */
  @Workflow
  public String fickle(String name) {
    BEGUN.add(name);
    if (BEGUN.stream().filter(name::equals).count() % 2 == 1) {
      Durable.sleep(Duration.ofSeconds(1));
    }
    return name;
  }

  @Workflow
  public long startedAt() {
    return Durable.now().toEpochMilli();
  }

  @Workflow
  public List<String> parent(String queue, String key) throws Exception {
    var options = Options.DEFAULT.queue(queue).deduplicate(key);
    Execution<String> a = Durable.start(Line.class, line -> line.pass("child-a"), options);
    Execution<String> b = Durable.start(
        Line.class,
        line -> line.pass("child-b"),
        Options.DEFAULT.queue(queue).delay(Duration.ofHours(1)));
    return List.of(a.id(), a.result(), b.result());
  }
}
