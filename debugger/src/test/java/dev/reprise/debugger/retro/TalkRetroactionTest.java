package dev.reprise.debugger.retro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.reprise.ExecutionStatus;
import dev.reprise.Options;
import dev.reprise.debugger.replay.RecordedNode;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Changed code hears what the original heard, tells nobody, and goes on as new executions. */
class TalkRetroactionTest {
  @Test
  void messagesOfTheOriginalAreGivenToOtherCode() throws Exception {
    try (var node = new RecordedNode("create table note (word text)", TalkBefore.class);
        var past = new RecordedPast(node)) {
      var asked =
          node.runtime().start(TalkBefore.class, talk -> talk.ask(2), Options.DEFAULT.id("ask"));
      var child = "select c.id from reprise.executions c join reprise.executions p"
          + " on c.parent = p.execution and p.id = 'ask' where c.completed_at is null";
      await().atMost(Duration.ofSeconds(30)).until(() -> !node.text(child).isEmpty());
      var listener = node.text(child);
      node.runtime().send(listener, "word", "a");
      node.runtime().send(listener, "word", "b");
      assertThat(asked.result()).isEqualTo("it heard ab");

      past.with(TalkBefore.class, TalkBefore.class, List.of("ask"), result -> {
        assertThat(result.executions()).hasSize(4).noneMatch(Redone::isChanged);
        assertThat(result.transactions()).hasSize(2).allMatch(Performed::same);
        return true;
      });
      var steps = new Steps(false, Set.of());
      past.with(TalkBefore.class, TalkAfter.class, List.of("ask"), steps, result -> {
        assertThat(result.executions())
            .filteredOn(redone -> redone.id().equals("ask"))
            .extracting(Redone::now)
            .containsExactly(new Redone.Ending(ExecutionStatus.SUCCEEDED, "\"it heard AB\"", null));
        assertThat(RecordedPast.text(result, "select string_agg(word, '' order by word) from note"))
            .isEqualTo("AB");
        assertThat(steps.told()).contains("heard: 2 not sent");
        return true;
      });
    }
  }
}
