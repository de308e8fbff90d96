package dev.reprise.debugger.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.Durable;
import dev.reprise.Options;
import dev.reprise.Transaction;
import dev.reprise.Workflow;
import org.junit.jupiter.api.Test;

/** What a branch did is in the log, whether anybody waited for it or not. */
class UnjoinedBranchTest {
  /** Two branches that fail, the second first; the first is joined, the second never. */
  public static class Failing {
    @Transaction
    public String fail(String why) {
      throw new IllegalStateException(why);
    }

    @Workflow
    public String both() {
      var one = Durable.async(() -> {
        Scripted.await("the other failed");
        return fail("one");
      });
      var other = Durable.async(() -> {
        try {
          return fail("other");
        } finally {
          Scripted.tell("the other failed");
        }
      });
      return one.get() + other.get();
    }
  }

  @Test
  void theFailureOfABranchThatNobodyJoinedIsReplayed() throws Exception {
    try (var node = new RecordedNode("create table unused (id int primary key)", Failing.class)) {
      var execution =
          node.runtime().start(Failing.class, Failing::both, Options.DEFAULT.id("both"));
      assertThatThrownBy(execution::result).hasMessage("one");

      assertThat(node.text("select count(*) from reprise.operations where error is not null"))
          .isEqualTo("2");
      var report = node.replay("both");
      assertThat(report.isFaithful()).as(report.text()).isTrue();
      assertThat(report.calls()).hasSize(2);
    }
  }
}
