package dev.reprise.runtime.engine;

import dev.reprise.Durable;
import dev.reprise.Function;
import dev.reprise.Step;
import dev.reprise.Workflow;
import java.time.Duration;
import java.util.List;

/** A workflow before and after changes; all versions go by the same name. */
final class Changing {
  private Changing() {}

  /** Before the change. */
  @Function("Order")
  public static class Before {
    @Workflow
    public String handle() {
      var first = Durable.receive("go", String.class, Duration.ofDays(9)).orElse("");
      return first + charge("old") + wait("go");
    }

    @Workflow
    public String branches() throws Exception {
      var branch =
          Durable.<String, RuntimeException>async(() -> wait("a") + charge("a old") + wait("a"));
      return wait("b") + charge("b old") + branch.get();
    }

    @Step
    public String charge(String how) {
      return "(" + how + ")";
    }

    static String wait(String topic) {
      return Durable.receive(topic, String.class, Duration.ofDays(9)).orElse("");
    }
  }

  /** After it. */
  @Function("Order")
  public static class After {
    @Workflow
    public String handle() {
      var first = Durable.receive("go", String.class, Duration.ofDays(9)).orElse("");
      return first + charge() + Before.wait("go") + Durable.patched("charge-anew");
    }

    private String charge() {
      return Durable.patched("charge-anew") ? charge("new") + charge("twice") : charge("old");
    }

    @Workflow
    public String branches() throws Exception {
      var branch = Durable.<String, RuntimeException>async(
          () -> Before.wait("a") + charged("a") + Before.wait("a"));
      return Before.wait("b") + charged("b") + branch.get();
    }

    private String charged(String which) {
      return Durable.patched("charge-anew") ? charge(which + " new") : charge(which + " old");
    }

    @Step
    public String charge(String how) {
      return "(" + how + ")";
    }
  }

  /** When no execution from before lives any more. */
  @Function("Order")
  public static class Later {
    @Workflow
    public String handle() {
      var first = Durable.receive("go", String.class, Duration.ofDays(9)).orElse("");
      return first + charge("new") + charge("twice") + Before.wait("go") + "later";
    }

    @Workflow
    public String branches() {
      return String.join("", List.of());
    }

    @Step
    public String charge(String how) {
      return "(" + how + ")";
    }
  }
}
