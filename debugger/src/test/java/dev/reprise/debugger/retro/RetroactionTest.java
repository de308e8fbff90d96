package dev.reprise.debugger.retro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.reprise.Execution;
import dev.reprise.ExecutionStatus;
import dev.reprise.Options;
import dev.reprise.debugger.replay.RecordedNode;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RetroactionTest {
  private static RecordedNode node;
  private static RecordedPast past;
  private String item = "";

  @BeforeAll
  static void start() {
    node = new RecordedNode("""
        create table item (name text primary key, stock integer not null);
        create table sale (id bigint generated always as identity primary key, customer text, item text);
        """, ShopBefore.class);
    past = new RecordedPast(node);
  }

  @AfterAll
  static void stop() {
    past.close();
    node.close();
  }

  @BeforeEach
  void stock() {
    item = "pen-" + System.nanoTime();
    node.run("insert into item values ('" + item + "', 1)");
  }

  private Execution<String> checkout(String customer) {
    return node.runtime()
        .start(
            ShopBefore.class, shop -> shop.checkout(customer, item), Options.DEFAULT.id(customer));
  }

  /** Two who check before either takes. */
  private List<String> oversell(String first, String second) throws Exception {
    var gate = new CountDownLatch(1);
    ShopBefore.GATES.put(first, gate);
    ShopBefore.GATES.put(second, gate);
    var one = checkout(first);
    var other = checkout(second);
    for (var id : List.of(first, second)) {
      await("the check of " + id)
          .until(() -> node.text("select count(*) from reprise.executions where id = '" + id + "'")
              .equals("1"));
    }
    gate.countDown();
    assertThat(List.of(one.result(), other.result())).containsOnly("bought");
    assertThat(node.text("select stock from item where name = '" + item + "'")).isEqualTo("-1");
    return List.of(first, second);
  }

  @Test
  void unchangedCodeComesOutAsRecorded() throws Exception {
    var ids = oversell("a1", "a2");

    past.with(ShopBefore.class, ShopBefore.class, ids, result -> {
      assertThat(result.executions()).hasSize(2).noneMatch(Redone::isChanged);
      assertThat(result.transactions()).hasSize(4).allMatch(Performed::same);
      assertThat(RecordedPast.text(result, "select stock from item where name = '" + item + "'"))
          .isEqualTo("-1");
      assertThat(result.notes()).isEmpty();
      return true;
    });
  }

  /** Figure 5 of the founding article. */
  @Test
  void mergedTransactionsDoNotOversell() throws Exception {
    var ids = oversell("b1", "b2");

    past.with(ShopBefore.class, ShopAfter.class, ids, result -> {
      assertThat(result.executions().stream().map(Redone::now))
          .containsExactlyInAnyOrder(
              new Redone.Ending(ExecutionStatus.SUCCEEDED, "\"bought\"", null),
              new Redone.Ending(ExecutionStatus.SUCCEEDED, "\"sold out\"", null));
      assertThat(result.executions()).filteredOn(Redone::isChanged).hasSize(1);
      assertThat(RecordedPast.text(result, "select stock from item where name = '" + item + "'"))
          .isEqualTo("0");
      assertThat(RecordedPast.text(result, "select count(*) from sale where item = '" + item + "'"))
          .isEqualTo("1");
      // each stands for both originals; the second lost the row, and was run again
      assertThat(result.transactions())
          .extracting(Performed::inPlaceOf)
          .allMatch(of -> of.size() == 2);
      assertThat(result.transactions()).extracting(Performed::attempts).containsExactly(1, 2);
      return true;
    });
  }
}
