package dev.reprise.samples.purchasing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.ExecutionStatus;
import dev.reprise.Options;
import dev.reprise.testing.RepriseExtension;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A conversation of weeks, a queue and a schedule; nobody waits: the clock is moved. */
class PurchasingTest {
  private static final Mailbox MAIL = new Mailbox();

  @RegisterExtension
  static final RepriseExtension REPRISE = RepriseExtension.functions(
          Approval.class, PurchaseOrders.class, Mails.class, Digest.class)
      .bind(MailServer.class, MAIL)
      .queues(Mails.QUEUE);

  private final PurchaseOrders orders = REPRISE.get(PurchaseOrders.class);

  @Test
  void anOrderIsApprovedAfterTwoReminders() throws Exception {
    var order = new PurchaseOrder("eve", "ada", "a desk", 40_000);
    var approval =
        REPRISE.start(Approval.class, a -> a.approve(order), Options.DEFAULT.id("order-1"));

    REPRISE.advance(Duration.ofDays(16));

    assertThat(approval.status()).isEqualTo(ExecutionStatus.WAITING);
    assertThat(MAIL.to("ada"))
        .filteredOn(mail -> mail.startsWith("eve"))
        .containsExactly(
            "eve wants a desk and has waited for 1 weeks; order order-1",
            "eve wants a desk and has waited for 2 weeks; order order-1");
    assertThat(state("order-1")).hasValue("reminded 2");

    REPRISE.reprise().send("order-1", Approval.DECISION, new Decision(true, "ada"));

    assertThat(approval.result()).isEqualTo("approved");
    assertThat(orders.status("order-1")).isEqualTo("approved");
    assertThat(state("order-1")).hasValue("approved");
  }

  private static Optional<String> state(String order) throws Exception {
    return REPRISE.reprise().event(order, Approval.STATE, String.class, Duration.ZERO);
  }

  @Test
  void anOrderThatNobodyDecidesExpires() throws Exception {
    var order = new PurchaseOrder("eve", "bob", "a lamp", 3_000);
    var approval = REPRISE.start(Approval.class, a -> a.approve(order));

    REPRISE.advance(Duration.ofDays(28));

    assertThat(approval.result()).isEqualTo("expired");
    assertThat(MAIL.to("bob")).filteredOn(mail -> mail.startsWith("eve")).hasSize(3);
  }

  @Test
  void aDecisionThatComesEarlyIsNotLost() throws Exception {
    var order = new PurchaseOrder("eve", "cyd", "a chair", 9_000);
    var approval =
        REPRISE.start(Approval.class, a -> a.approve(order), Options.DEFAULT.id("order-3"));
    REPRISE.reprise().send("order-3", Approval.DECISION, new Decision(false, "cyd"));

    assertThat(approval.result()).isEqualTo("refused");
    assertThat(MAIL.to("cyd")).isEmpty();
  }

  @Test
  void everyMondayApproversAreToldWhatWaits() throws Exception {
    for (var item : List.of("a pen", "a book")) {
      var order = new PurchaseOrder("eve", "dan", item, 500);
      var unused = REPRISE.start(Approval.class, a -> a.approve(order));
    }

    REPRISE.advance(Duration.ofDays(14));

    assertThat(MAIL.to("dan"))
        .filteredOn(mail -> mail.endsWith(")"))
        .hasSize(2)
        .allMatch(mail -> mail.startsWith("2 orders wait for you (")
            && (mail.contains("T06:00:00Z") || mail.contains("T07:00:00Z")));
  }
}
