package dev.reprise.debugger.explore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.reprise.debugger.explore.Event.Kind;
import dev.reprise.debugger.explore.Model.View;
import dev.reprise.debugger.retro.Access;
import dev.reprise.debugger.retro.Footprint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/** Limits of a search, and subjects that are not as they should be. */
class SearchLimitsTest {
  private static Result all(Subject subject) throws Exception {
    return new Search(subject, new Search.Options(10_000, Duration.ofMinutes(1), false)).run();
  }

  @Test
  void whoWaitsByLookingGivesWayAndWhoNeverEndsIsFound() throws Exception {
    var some = new Search.Options(20, Duration.ofMinutes(1), false);
    assertThat(new Search(new Poller(true), some).run().findings()).isEmpty();
    var endless = new Search(new Poller(false), some).run();

    assertThat(endless.findings()).extracting(Finding::kind).containsExactly(Finding.Kind.ENDLESS);
    assertThat(endless.exhaustive()).isFalse();
  }

  @Test
  void limitsAreKeptAndSaid() throws Exception {
    var model = new Model(false);
    for (int i = 0; i < 4; i++) {
      model.actor("p" + i, Model::read, Model::writeNext);
    }

    var result = new Search(model, new Search.Options(60, Duration.ofMinutes(1), false)).run();
    var noTime = new Search(model, new Search.Options(60, Duration.ZERO, false)).run();

    assertThat(result.trials()).isEqualTo(60);
    assertThat(result.exhaustive()).isFalse();
    assertThat(result.text())
        .startsWith("60 inequivalent interleavings checked; there may be more");
    assertThat(result.serialComplete()).isTrue();
    assertThat(noTime.trials()).isZero();
    assertThat(noTime.exhaustive()).isFalse();
    assertThat(new Search(model, new Search.Options(60, Duration.ofMinutes(1), false, 3)).run())
        .satisfies(few -> {
          assertThat(few.serialComplete()).isFalse();
          assertThat(few.notes()).anyMatch(note -> note.contains("states are not compared"));
          assertThat(few.findings()).isEmpty();
        });
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Search.Options(0, Duration.ZERO, false))
        .withMessageContaining("0");
  }

  @Test
  void footprintsThatDoNotTellEverythingAreNoticed() throws Exception {
    BiConsumer<View, Map<String, Integer>> one = (view, locals) -> view.put("x", 1);
    BiConsumer<View, Map<String, Integer>> two = (view, locals) -> view.put("x", 2);
    var model = new Model(true).actor("one", one).actor("two", two);
    var result = all(silent(model));

    assertThat(all(model).notes()).isEmpty();
    assertThat(result.exhaustive()).isFalse();
    assertThat(result.notes())
        .singleElement()
        .asString()
        .contains("two:whole one:whole", "footprints do not tell everything");
  }

  @Test
  void codeThatGoesOnInAnotherWayIsNoticed() throws Exception {
    var model = new Model(true)
        .actor(
            "a",
            (view, locals) -> view.refuseIf(view.get("x") == 1),
            (view, locals) -> view.put("y", 1))
        .actor("b", (view, locals) -> view.put("x", 1));

    assertThat(all(model).exhaustive()).isTrue();
    assertThat(all(silent(model))).satisfies(result -> {
      assertThat(result.exhaustive()).isFalse();
      assertThat(result.notes())
          .singleElement()
          .asString()
          .contains("goes on in another way", "a:whole");
    });
  }

  /** The same without footprints. */
  private static Subject silent(Model model) {
    return new Forwarding(model) {
      @Override
      public Trial run(Chooser chooser) {
        var trial = super.run(chooser);
        var silent = trial.steps().stream()
            .map(step -> new Step(step.event(), step.enabled(), Footprint.NONE))
            .toList();
        return new Trial(silent, trial.digest(), List.of(), List.of(), trial.complete());
      }
    };
  }

  @Test
  void schedulesThatDoNotFitAreRefused() {
    var model = new Model(false).actor("one", Model::read);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> Search.replay(model, Schedules.parse("one:take two:take")))
        .withMessageContaining("event 2")
        .withMessageContaining("one:end");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Search.replay(model, Schedules.parse("one:take one:end one:take")))
        .withMessageContaining("ended before event 3");
  }

  @Test
  void subjectsThatDoNotKeepTheirWordAreRefused() {
    var event = new Event("a", 1, Kind.WHOLE);
    var other = new Event("b", 1, Kind.WHOLE);

    refuses(List.of(step(event, event), step(event, event)), "twice");
    refuses(
        List.of(
            step(event, event, other),
            step(new Event("a", 2, Kind.WHOLE), event),
            step(other, other)),
        "impossible");
    refuses(List.of(new Step(event, Set.of(event), Set.of(other), Footprint.NONE)), "waited");
  }

  private static Step step(Event event, Event... enabled) {
    return new Step(event, Set.of(enabled), Footprint.NONE);
  }

  private static void refuses(List<Step> steps, String says) {
    assertThatIllegalStateException()
        .isThrownBy(
            () -> new Orders(new Dependence()).of(new Trial(steps, "", List.of(), List.of(), true)))
        .withMessageContaining(says);
  }

  @Test
  void resultsAreJson() throws Exception {
    var result = all(new Model(false)
        .actor("one", Model::read, Model::writeNext)
        .actor("two", Model::read, Model::writeNext));
    var json = result.json().toString();

    assertThat(json)
        .contains(
            "\"exhaustive\":true",
            "\"kind\":\"STATE\"",
            "\"schedule\":\"",
            "\"serialStates\":[\"{x=2}\"]");
  }

  /** One looks until the other has written; which it does at once or not at all. */
  private record Poller(boolean writes) implements Subject {
    private static final Access FLAG = new Access("t", "flag");

    @Override
    public Trial run(Chooser chooser) {
      var steps = new ArrayList<Step>();
      boolean written = !writes;
      boolean seen = false;
      int looks = 0;
      while (!seen || !written) {
        var enabled = new ArrayList<Event>();
        if (!seen) {
          enabled.add(new Event("looks", looks + 1, Kind.WHOLE));
        }
        if (!written) {
          enabled.add(new Event("writes", 1, Kind.WHOLE));
        }
        var event = chooser.choose(enabled);
        if (event == null) {
          return new Trial(steps, "", List.of(), List.of(), false);
        }
        var looked = event.actor().equals("looks");
        steps.add(new Step(
            event,
            Set.copyOf(enabled),
            looked
                ? new Footprint(Set.of(FLAG), Set.of())
                : new Footprint(Set.of(), Set.of(FLAG))));
        if (looked) {
          seen = writes && written;
          looks++;
        } else {
          written = true;
        }
      }
      return new Trial(steps, "", List.of(), List.of(), true);
    }

    @Override
    public String requestOf(String actor) {
      return actor;
    }
  }
}
