package dev.reprise.runtime.crash;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** SIGKILL at each place of a message's way: it arrives once, in order. */
class KilledTalkTest {
  @RegisterExtension
  static final CrashSite SITE = new CrashSite();

  /** The backend of the dead node may still commit the message it had sent, or be ended before. */
  @Test
  void aSenderThatDiesAroundItsCommitHasSentEachMessageOnce() {
    var victim = SITE.victim();
    victim.http().start("Chat.hear", "[\"a\", 3]", "hearer-a");
    victim.http().start("Chat.hear", "[\"b\", 3]", "hearer-b");
    Await.until(
        "both wait",
        () ->
            SITE.status("hearer-a").equals("WAITING") && SITE.status("hearer-b").equals("WAITING"));
    var commit = SITE.closedGate("commit a");
    var log = SITE.closedGate("log b");
    victim.http().start("Chat.say", "[\"hearer-a\", \"a\", 3]", "sayer-a");
    victim.http().start("Chat.say", "[\"hearer-b\", \"b\", 3]", "sayer-b");
    commit.awaitBlocked(1);
    log.awaitBlocked(1);

    victim.kill();
    var other = SITE.node();
    commit.open();
    log.open();

    assertThat(other.http().result("sayer-a").body()).isEqualTo("3");
    assertThat(other.http().result("sayer-b").body()).isEqualTo("3");
    assertThat(other.http().result("hearer-a").body()).isEqualTo("[0,1,2]");
    assertThat(other.http().result("hearer-b").body()).isEqualTo("[0,1,2]");
    assertThat(SITE.sql().count("select count(*) from reprise.messages where topic <> ?", ""))
        .isEqualTo(6);
  }

  @Test
  void aReceiverThatDiesBeforeItsRecordReceivesAgainOnAnotherNode() {
    var victim = SITE.victim();
    victim.http().start("Chat.hear", "[\"word\", 3]", "hearer");
    Await.until("the hearer waits", () -> SITE.status("hearer").equals("WAITING"));
    var gate = SITE.closedGate("log word");
    assertThat(victim.http().send("hearer", "word", "0", "k0").statusCode()).isEqualTo(202);
    var backends = gate.awaitBlocked(1);
    assertThat(victim.http().send("hearer", "word", "1", "k1").statusCode()).isEqualTo(202);

    victim.kill();
    var other = SITE.node();
    // while it is being recovered
    assertThat(other.http().send("hearer", "word", "2", "k2").statusCode()).isEqualTo(202);
    assertThat(other.http().send("hearer", "word", "1", "k1").statusCode()).isEqualTo(202);
    gate.awaitOthersThan(backends);
    gate.open();

    assertThat(other.http().result("hearer").body()).isEqualTo("[0,1,2]");
  }

  @Test
  void anExecutionWhoseNodeDiesWhileItGoesOnAsANewOneGoesOnOnce() {
    var victim = SITE.victim();
    var gate = SITE.closedGate("end Chat.hearAnew");
    victim.http().start("Chat.hearAnew", "[\"word\", [], 2]", "anew");
    assertThat(victim.http().send("anew", "word", "0", "k0").statusCode()).isEqualTo(202);
    var backends = gate.awaitBlocked(1);

    victim.kill();
    var other = SITE.node();
    gate.awaitOthersThan(backends);
    assertThat(SITE.status("anew")).isEqualTo("RUNNING");
    gate.open();
    assertThat(other.http().send("anew", "word", "1", "k1").statusCode()).isEqualTo(202);

    assertThat(other.http().result("anew").body()).isEqualTo("[0,1]");
    assertThat(SITE.sql().texts("select id from reprise.executions order by execution"))
        .containsExactly("anew~1", "anew~2", "anew");
  }
}
