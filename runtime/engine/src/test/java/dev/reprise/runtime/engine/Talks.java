package dev.reprise.runtime.engine;

import dev.reprise.Durable;
import dev.reprise.ExecutionEndedException;
import dev.reprise.ExecutionNotFoundException;
import dev.reprise.Options;
import dev.reprise.Step;
import dev.reprise.Transaction;
import dev.reprise.TypeRef;
import dev.reprise.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** Workflows that send, receive, publish, answer and go on as new ones. */
public class Talks {
  static volatile CountDownLatch gate = new CountDownLatch(0);
  /** Of {@link #ponder}: that it has begun, and that it may go on. */
  static volatile CountDownLatch pondering = new CountDownLatch(0);

  static volatile CountDownLatch pondered = new CountDownLatch(0);

  /** A message with a shape. */
  public record Word(String text, int number) {}

  @Workflow
  public List<String> collect(int count, String timeout) {
    var words = new ArrayList<String>();
    for (int i = 0; i < count; i++) {
      words.add(Durable.receive("word", String.class, Duration.parse(timeout)).orElse("nothing"));
    }
    return words;
  }

  /** Leaves no trace until it is let go on. */
  @Workflow
  public String ponder() throws InterruptedException {
    pondering.countDown();
    pondered.await();
    return Durable.receive("word", String.class, Duration.ofDays(1)).orElseThrow();
  }

  @Workflow
  public List<String> collectAfterSleep(int count) {
    Durable.sleep(Duration.ofHours(1));
    return collected(count);
  }

  private List<String> collected(int count) {
    var words = new ArrayList<String>();
    for (int i = 0; i < count; i++) {
      words.add(Durable.receive("word", String.class, Duration.ofDays(1)).orElse("nothing"));
    }
    return words;
  }

  @Workflow
  public String typed(String timeout) {
    var list = Durable.receive("list", new TypeRef<List<Word>>() {}, Duration.parse(timeout));
    return list.map(words -> words.get(0).text() + words.size()).orElse("nothing");
  }

  @Workflow
  public String timeAndAgain() {
    var first = Durable.receive("word", String.class, Duration.ofHours(1)).orElse("late");
    var when = Durable.now();
    var second = Durable.receive("word", String.class, Duration.ofDays(1)).orElse("late");
    return first + " " + second + " " + Duration.between(when, Durable.now()).toMinutes();
  }

  @Workflow
  public List<String> inBranches(int branches, int each) throws Exception {
    var started = new ArrayList<dev.reprise.Branch<List<String>, RuntimeException>>();
    for (int i = 0; i < branches; i++) {
      started.add(Durable.async(() -> collected(each)));
    }
    var all = new ArrayList<String>();
    Durable.all(started).forEach(all::addAll);
    return all;
  }

  @Workflow
  public void relay(String to, int count) {
    for (int i = 0; i < count; i++) {
      Durable.send(to, "word", "w" + i);
    }
  }

  @Workflow
  public String sendToNobody(String to) {
    try {
      Durable.send(to, "word", "lost");
      return "sent";
    } catch (ExecutionNotFoundException | ExecutionEndedException e) {
      return e.getClass().getSimpleName();
    }
  }

  @Workflow
  public String toItself() {
    Durable.send(Durable.executionId(), "word", "me");
    return Durable.receive("word", String.class, Duration.ZERO).orElse("nothing");
  }

  @Workflow
  public String pingPong(int rounds) throws Exception {
    var me = Durable.executionId();
    var other = Durable.startVoid(
        Talks.class, talks -> talks.echo(me, rounds), Options.DEFAULT.id(me + "-echo"));
    var last = "";
    for (int i = 0; i < rounds; i++) {
      Durable.send(other.id(), "ping", i);
      last = Durable.receive("pong", String.class, Duration.ofDays(1)).orElseThrow();
    }
    other.result();
    return last;
  }

  @Workflow
  public void echo(String to, int rounds) {
    for (int i = 0; i < rounds; i++) {
      int number = Durable.receive("ping", Integer.class, Duration.ofDays(1)).orElseThrow();
      Durable.send(to, "pong", "pong " + number);
    }
  }

  /** A counter that is asked to change, until it is told to stop. */
  @Workflow
  public int counter() {
    int sum = 0;
    while (true) {
      var request =
          Durable.receiveRequest("add", Integer.class, Duration.ofDays(30)).orElseThrow();
      if (request.message() == 0) {
        return sum; // this one gets no answer
      }
      if (request.message() < 0) {
        request.refuse("only upwards");
      } else {
        sum += request.message();
        request.reply(new Word("sum", sum));
      }
    }
  }

  @Workflow
  public String answersTwice() {
    var request =
        Durable.receiveRequest("ask", String.class, Duration.ofDays(30)).orElseThrow();
    request.reply("first");
    try {
      request.refuse("second");
      return "never";
    } catch (IllegalStateException e) {
      return e.getMessage();
    }
  }

  @Workflow
  public String progress(int count) throws InterruptedException {
    for (int i = 1; i <= count; i++) {
      Durable.publish("percent", i * 100 / count);
      if (i == count / 2) {
        Durable.publish("half", new Word("half", i));
        var unused = Durable.receive("go", String.class, Duration.ofDays(1)).orElseThrow();
      }
    }
    return "done";
  }

  @Transaction
  public String inTransaction() {
    Durable.send("x", "y", "z");
    return "never";
  }

  @Step
  public String inStep() {
    return Durable.receive("y", String.class, Duration.ZERO).orElse("never");
  }

  @Workflow
  public long chunks(long from, long to, int each) {
    for (long i = from; i < to; i++) {
      if (i == from + each) {
        Durable.continueAsNew(i, to, each);
      }
      var nothing = Durable.receive("nothing", String.class, Duration.ZERO);
      if (nothing.isPresent()) {
        throw new IllegalStateException("a message");
      }
    }
    return to;
  }

  @Workflow
  public String wronglyContinued(String how) throws Exception {
    switch (how) {
      case "count" -> Durable.continueAsNew();
      case "type" -> Durable.continueAsNew(17);
      case "branch" ->
        Durable.async(() -> {
              Durable.continueAsNew("no");
              return "";
            })
            .get();
      default -> Durable.continueAsNew((Object) null);
    }
    return "never";
  }

  /** Remembers words across incarnations; swallows whatever is thrown. */
  @Workflow
  public List<String> memory(List<String> words, int until) {
    Durable.publish("known", words);
    if (words.size() == until) {
      return words;
    }
    var word = Durable.receive("word", String.class, Duration.ofDays(1)).orElseThrow();
    var more = new ArrayList<>(words);
    more.add(word);
    try {
      Durable.continueAsNew(more, until);
    } finally {
      Durable.publish("never", "never");
    }
    throw new IllegalStateException("never");
  }

  @Workflow
  public String parentOfMemory(int until) throws Exception {
    return String.join(" ", this.memory(List.of(), until));
  }
}
