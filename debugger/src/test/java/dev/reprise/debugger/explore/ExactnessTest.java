package dev.reprise.debugger.explore;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.debugger.explore.Model.View;
import dev.reprise.debugger.retro.Footprint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** The search against all interleavings of small random programs. */
class ExactnessTest {
  private static final List<String> KEYS = List.of("a", "b", "c");

  /**
   * A statement.
   *
   * @param what 0 reads, 1 writes what was read and more, 2 writes blindly, 3 reads another row if what was read is odd,
   *     4 writes if what was read is even, 5 refuses if what was read is a multiple of 3
   */
  record Op(int what, String key) {}

  /**
   * An actor.
   *
   * @param joins for which of the actors before it it waits; one bit each
   * @param request which of two it works for, if several may work for one
   */
  record Program(List<List<Op>> transactions, int joins, int request) {}

  private static BiConsumer<View, Map<String, Integer>> transaction(int salt, List<Op> ops) {
    return (view, locals) -> {
      int last = locals.getOrDefault("last", 1);
      for (int i = 0; i < ops.size(); i++) {
        var key = ops.get(i).key();
        switch (ops.get(i).what()) {
          case 0 -> last = 2 * last + view.get(key);
          case 1 -> view.put(key, view.get(key) + last + salt);
          case 2 -> view.put(key, salt + i);
          case 3 -> last += last % 2 == 0 ? 0 : view.get(key);
          case 4 -> {
            if (last % 2 == 0) {
              view.put(key, last + salt);
            }
          }
          default -> {
            view.refuseIf(last % 3 == 0);
          }
        }
      }
      locals.put("last", last);
    };
  }

  private static Model model(List<Program> programs, boolean serializable, boolean joined) {
    var model = new Model(serializable);
    for (int i = 0; i < programs.size(); i++) {
      var program = programs.get(i);
      var joins = new HashSet<String>();
      for (int j = 0; joined && j < i; j++) {
        if ((program.joins() >> j & 1) == 1) {
          joins.add("p" + j);
        }
      }
      var transactions = new ArrayList<BiConsumer<View, Map<String, Integer>>>();
      for (int j = 0; j < program.transactions().size(); j++) {
        transactions.add(transaction(10 * i + j + 1, program.transactions().get(j)));
      }
      model.actor("p" + i, joined ? "r" + program.request() : "p" + i, joins, transactions);
    }
    return model;
  }

  @Provide
  Arbitrary<List<Program>> programs() {
    var op = Combinators.combine(Arbitraries.integers().between(0, 5), Arbitraries.of(KEYS))
        .as(Op::new);
    var transaction = op.list().ofMinSize(1).ofMaxSize(3);
    var two = Combinators.combine(
            transaction.list().ofMinSize(1).ofMaxSize(3),
            Arbitraries.integers().between(0, 3),
            Arbitraries.integers().between(0, 1))
        .as(Program::new);
    var three = Combinators.combine(
            transaction.list().ofMinSize(1).ofMaxSize(2),
            Arbitraries.integers().between(0, 3),
            Arbitraries.integers().between(0, 1))
        .as(Program::new);
    return Arbitraries.oneOf(
        two.list().ofSize(2),
        three
            .list()
            .ofSize(3)
            .filter(all -> all.stream().mapToInt(it -> it.transactions().size()).sum() <= 4));
  }

  @Property(tries = 500)
  void noneIsMissedAndNoneCountedTwice(
      @ForAll("programs") List<Program> programs,
      @ForAll boolean serializable,
      @ForAll boolean joined,
      @ForAll boolean tellsAwaited)
      throws Exception {
    var model = model(programs, serializable, joined);
    if (!tellsAwaited) {
      model.withoutTellingAwaited();
    }
    var naive = Naive.of(model);
    var states = new TreeSet<String>();

    var result = search(model, states, new Dependence());

    assertThat(naive.consistent).as("equal orders end equally").isTrue();
    assertThat(result.exhaustive()).isTrue();
    assertThat(states).isEqualTo(naive.states);
    assertThat(result.inequivalent()).isEqualTo(naive.forms.size());
    if (serializable && !joined) {
      assertThat(result.redundant()).isZero();
    }
  }

  @Property(tries = 200)
  void serialStatesAreThoseOfAllOrdersOfTheRequests(
      @ForAll("programs") List<Program> programs, @ForAll boolean serializable) throws Exception {
    var model = model(programs, serializable, false);
    var expected = new TreeSet<String>();
    for (var order : orders(programs.size())) {
      expected.add(model
          .run(enabled -> {
            for (var actor : order) {
              for (var event : enabled) {
                if (event.actor().equals(actor)) {
                  return event;
                }
              }
            }
            throw new AssertionError(enabled);
          })
          .digest());
    }

    var result = search(model, new TreeSet<>(), new Dependence());

    assertThat(result.serialComplete()).isTrue();
    assertThat(result.serialDigests()).isEqualTo(expected);
    if (serializable && programs.stream().allMatch(it -> it.transactions().size() == 1)) {
      assertThat(result.findings()).noneMatch(it -> it.kind() == Finding.Kind.STATE);
    }
  }

  private static List<List<String>> orders(int actors) {
    var orders = List.of(List.<String>of());
    for (int i = 0; i < actors; i++) {
      var longer = new ArrayList<List<String>>();
      for (var order : orders) {
        for (int at = 0; at <= order.size(); at++) {
          var with = new ArrayList<>(order);
          with.add(at, "p" + i);
          longer.add(with);
        }
      }
      orders = longer;
    }
    return orders;
  }

  @Test
  void whatCameAfterTheLaterOneIsKeptWhenTwoAreTurned() throws Exception {
    // the reader of b makes a difference only where the first is between the two of the third
    var model = model(
        List.of(
            new Program(List.of(List.of(new Op(0, "a"), new Op(4, "b"))), 0, 0),
            new Program(List.of(List.of(new Op(0, "b"))), 0, 0),
            new Program(List.of(List.of(new Op(1, "a")), List.of(new Op(1, "a"))), 0, 0)),
        true,
        true);

    assertThat(search(model, new TreeSet<>(), new Dependence()).inequivalent())
        .isEqualTo(5)
        .isEqualTo(Naive.of(model).forms.size());
  }

  @Test
  void whatAnAbortedAttemptWouldHaveReadCountsToo() throws Exception {
    // where a is in conflict, the first attempt does not get as far as b
    var model = model(
        List.of(
            new Program(List.of(List.of(new Op(1, "b")), List.of(new Op(1, "a"))), 0, 0),
            new Program(
                List.of(List.of(new Op(0, "a")), List.of(new Op(1, "a"), new Op(0, "b"))), 0, 0)),
        false,
        true);

    assertThat(search(model, new TreeSet<>(), new Dependence()).inequivalent())
        .isEqualTo(7)
        .isEqualTo(Naive.of(model).forms.size());
  }

  @Test
  void ordersAreMissedWhereReadsDoNotCountWhichIsNoticed() throws Exception {
    var model = new Model(true)
        .actor("one", (view, locals) -> view.put("x", 1))
        .actor("two", (view, locals) -> view.put("y", view.get("x")));

    var result = search(model, new TreeSet<>(), new Dependence());
    var without = search(model, new TreeSet<>(), new Dependence() {
      @Override
      boolean reaches(Event writer, Footprint ofWriter, Footprint ofOther) {
        return super.reaches(writer, ofWriter, new Footprint(Set.of(), ofOther.writes()));
      }
    });

    assertThat(result.inequivalent()).isEqualTo(2);
    assertThat(result.serialDigests()).containsExactlyInAnyOrder("{x=1, y=0}", "{x=1, y=1}");
    assertThat(without.inequivalent()).isEqualTo(1);
    assertThat(without.serialDigests()).hasSize(1);
    assertThat(without.exhaustive()).isFalse();
    assertThat(without.notes())
        .anyMatch(note -> note.contains("footprints do not tell everything"));
  }

  private static Result search(Model model, Set<String> states, Dependence dependence)
      throws Exception {
    var noting = new Subject() {
      @Override
      public Trial run(Chooser chooser) {
        var refused = new boolean[1];
        var trial = model.run(enabled -> {
          var chosen = chooser.choose(enabled);
          refused[0] |= chosen == null;
          return chosen;
        });
        if (!refused[0]) {
          states.add(trial.digest());
        }
        return trial;
      }

      @Override
      public String requestOf(String actor) {
        return model.requestOf(actor);
      }
    };
    return new Search(noting, new Search.Options(100_000, Duration.ofMinutes(1), false), dependence)
        .run();
  }
}
