package dev.reprise.debugger.explore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.reprise.debugger.explore.Model.View;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SearchTest { // tidy: one example after the other
  private static Result all(Subject subject) throws Exception {
    return new Search(subject, new Search.Options(10_000, Duration.ofMinutes(1), false)).run();
  }

  private static BiConsumer<View, Map<String, Integer>> increment(String key) {
    return (view, locals) -> view.put(key, view.get(key) + 1);
  }

  private static BiConsumer<View, Map<String, Integer>> leave(String doctor, String other) {
    return (view, locals) -> {
      if (view.get(doctor) + view.get(other) == 2) {
        view.put(doctor, 0);
      }
    };
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void updatesAreLostBetweenTwoTransactions(boolean serializable) throws Exception {
    var model = new Model(serializable)
        .actor("one", Model::read, Model::writeNext)
        .actor("two", Model::read, Model::writeNext);

    var result = all(model);

    assertThat(result.exhaustive()).isTrue();
    assertThat(result.serialDigests()).containsExactly("{x=2}");
    assertThat(result.findings()).hasSize(1);
    var finding = result.findings().get(0);
    assertThat(finding.kind()).isEqualTo(Finding.Kind.STATE);
    assertThat(finding.text()).contains("{x=1}");
    // one between two of the other: fewer changes of actor cannot do it
    assertThat(Simplifier.changes(finding.schedule())).isEqualTo(2);
    assertThat(Search.replay(model, Schedules.parse(Schedules.format(finding.schedule()))))
        .isEqualTo(finding.trial());
  }

  @Test
  void noUpdateIsLostWithinOneTransaction() throws Exception {
    var result = all(new Model(false).actor("one", increment("x")).actor("two", increment("x")));

    assertThat(result.findings()).isEmpty();
    assertThat(result.serialDigests()).containsExactly("{x=2}");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void writesAreSkewedBetweenSnapshotsOnly(boolean serializable) throws Exception {
    var result = all(new Model(serializable)
        .with("ann", 1)
        .with("bob", 1)
        .actor("one", leave("ann", "bob"))
        .actor("two", leave("bob", "ann"))
        .check(
            "somebody is there",
            rows -> rows.getOrDefault("ann", 0) + rows.getOrDefault("bob", 0) > 0));

    assertThat(result.exhaustive()).isTrue();
    assertThat(result.inequivalent()).isEqualTo(serializable ? 2 : 3);
    if (serializable) {
      assertThat(result.findings()).isEmpty();
    } else {
      assertThat(result.findings())
          .extracting(Finding::kind)
          .containsExactly(Finding.Kind.CHECK, Finding.Kind.STATE);
      assertThat(result.findings().get(0).what())
          .startsWith("somebody is there does not hold")
          .doesNotContain("also");
      assertThat(Simplifier.changes(result.findings().get(0).schedule())).isEqualTo(2);
    }
  }

  @Test
  void theLastItemIsSoldTwiceWhereCheckAndUpdateAreApart() throws Exception {
    var model =
        new Model(true).with("stock", 1).check("stock", rows -> rows.getOrDefault("stock", 0) >= 0);
    for (var name : List.of("order-1", "order-2", "order-3")) {
      model.actor(
          name,
          (view, locals) -> {
            locals.put("left", view.get("stock"));
            view.refuseIf(view.get("stock") == 0);
          },
          (view, locals) -> view.put("stock", view.get("stock") - 1));
    }

    var result = new Search(model, new Search.Options(1_000, Duration.ofMinutes(1), true)).run();

    assertThat(result.exhaustive()).isFalse();
    assertThat(result.findings()).hasSize(1);
    var finding = result.findings().get(0);
    assertThat(finding.kind()).isEqualTo(Finding.Kind.CHECK);
    assertThat(Schedules.format(finding.schedule()))
        .matches("(order-.):whole (order-.:whole ){1,2}.*");
    assertThat(Simplifier.changes(finding.schedule())).isLessThanOrEqualTo(3);
    assertThat(result.text()).contains("CHECK: stock does not hold at the end\n  schedule: order-");
    // refusals are no news: in serial orders orders are refused, too
    assertThat(all(model).findings()).noneMatch(it -> it.kind() == Finding.Kind.FAILURE);
  }

  @Test
  void failuresThatNoSerialOrderHasAreFound() throws Exception {
    // meets the other half done
    var model = new Model(true)
        .actor("mover", increment("a"), increment("b"))
        .actor("auditor", (view, locals) -> {
          view.refuseIf(view.get("a") != view.get("b"));
        });

    assertThat(all(model).findings())
        .extracting(Finding::kind, Finding::what)
        .containsExactly(tuple(Finding.Kind.FAILURE, "auditor fails with Refused"));
    assertThat(all(new Forwarding(model) {
              @Override
              public List<Failure> originalFailures() {
                return List.of(new Failure("auditor", "Refused", "other words"));
              }
            })
            .findings())
        .isEmpty();
  }

  @Test
  void aCheckThatNeverHoldsIsSaidToBe() throws Exception {
    var result = all(new Model(true)
        .actor("one", increment("x"))
        .check("zero", rows -> rows.getOrDefault("x", 0) == 0));

    assertThat(result.findings())
        .extracting(Finding::what)
        .containsExactly(
            "zero does not hold at the end, also where requests run one after another");
  }

  @Test
  void readersDoNotMatterToOneAnother() throws Exception {
    var model = new Model(false);
    for (var name : List.of("one", "two", "three", "four")) {
      model.actor(name, Model::read, Model::read);
    }

    var result = all(model);

    assertThat(result.inequivalent()).isEqualTo(1);
    assertThat(result.trials()).isEqualTo(1);
    assertThat(result.exhaustive()).isTrue();
    assertThat(result.text())
        .startsWith("All 1 inequivalent interleavings checked (1 runs, 0 redundant");
  }

  @Test
  void actorsOnTheirOwnRowsAreRunOnce() throws Exception {
    var model = new Model(false);
    for (var key : List.of("a", "b", "c")) {
      model.actor(key, increment(key), increment(key), increment(key));
    }

    var result = all(model);

    assertThat(List.of(result.trials(), result.inequivalent(), result.redundant()))
        .containsExactly(1, 1, 0);
    assertThat(result.findings()).isEmpty();
  }

  @Test
  void independentPairsMultiply() throws Exception {
    var model = new Model(true);
    for (int pair = 0; pair < 5; pair++) {
      for (int i = 0; i < 2; i++) {
        model.actor("p" + pair + i, increment("k" + pair));
      }
    }

    var result = all(model);

    // ten requests have 3628800 orders, of which so many can come out differently
    assertThat(result.inequivalent()).isEqualTo(32);
    assertThat(result.trials()).isEqualTo(32);
    assertThat(result.serialComplete()).isTrue();
    assertThat(result.exhaustive()).isTrue();
  }

  @Test
  void whoJoinsComesAfterThoseItWaitsFor() throws Exception {
    var parts = List.<BiConsumer<View, Map<String, Integer>>>of(increment("x"));
    var model = new Model(false)
        .actor("a1", "a", Set.of(), parts)
        .actor("a2", "a", Set.of(), parts)
        .actor("a3", "a", Set.of("a1", "a2"), List.of((view, locals) -> {
          view.refuseIf(view.get("x") != 2);
        }));

    var result = all(model);
    var untold = all(model.withoutTellingAwaited());

    assertThat(result.findings()).isEmpty();
    assertThat(result.inequivalent()).isEqualTo(Naive.of(model).forms.size());
    assertThat(untold.inequivalent()).isEqualTo(result.inequivalent());
    assertThat(untold.exhaustive()).isTrue();
  }

  @Test
  void whatComesOfOrdersWithinARequestIsNoFinding() throws Exception {
    BiConsumer<View, Map<String, Integer>> one = (view, locals) -> view.put("x", 1);
    BiConsumer<View, Map<String, Integer>> two = (view, locals) -> view.put("x", 2);
    var model = new Model(true)
        .actor("a1", "a", Set.of(), List.of(one))
        .actor("a2", "a", Set.of(), List.of(two))
        .actor("b", increment("y"));

    for (boolean stopAtFirst : List.of(true, false)) {
      var result =
          new Search(model, new Search.Options(100, Duration.ofMinutes(1), stopAtFirst)).run();
      assertThat(result.findings()).isEmpty();
      assertThat(result.exhaustive()).isTrue();
      assertThat(result.serialDigests()).containsExactlyInAnyOrder("{x=1, y=1}", "{x=2, y=1}");
    }
  }

  @Test
  void whoWaitsForOneAnotherIsFound() throws Exception {
    var parts = List.<BiConsumer<View, Map<String, Integer>>>of(increment("x"));
    var result = all(new Model(false)
        .actor("a", "a", Set.of("b"), parts)
        .actor("b", "b", Set.of("a"), parts)
        .actor("c", increment("x")));

    assertThat(result.findings()).extracting(Finding::kind).containsExactly(Finding.Kind.DEADLOCK);
    assertThat(Schedules.format(result.findings().get(0).schedule())).isEqualTo("c:take c:end");
  }

  @Test
  void snapshotsAreNotMistakenForCommits() throws Exception {
    // without the dependence of snapshots on commits both reads would count as one
    var model = new Model(false)
        .actor("writer", increment("x"))
        .actor(
            "reader", Model::read, (view, locals) -> view.put("seen", locals.getOrDefault("n", 0)));

    var result = all(model);

    assertThat(result.inequivalent()).isEqualTo(2);
    assertThat(result.serialDigests()).containsExactlyInAnyOrder("{seen=0, x=1}", "{seen=1, x=1}");
  }
}
