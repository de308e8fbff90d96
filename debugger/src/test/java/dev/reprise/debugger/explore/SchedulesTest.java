package dev.reprise.debugger.explore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.reprise.debugger.explore.Event.Kind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.NullUnmarked;

@NullUnmarked // maps without nulls
class SchedulesTest {
  private record Move(int actor, boolean whole) {}

  @Provide
  Arbitrary<List<Event>> schedules() {
    var names =
        Arbitraries.strings().ofMinLength(1).ofMaxLength(8).list().ofSize(3).uniqueElements();
    var moves = Combinators.combine(
            Arbitraries.integers().between(0, 2), Arbitraries.of(true, false))
        .as(Move::new)
        .list()
        .ofMaxSize(12);
    return Combinators.combine(names, moves).as(SchedulesTest::schedule);
  }

  private static List<Event> schedule(List<String> names, List<Move> moves) {
    var events = new ArrayList<Event>();
    var begun = new HashMap<String, Integer>();
    var open = new HashSet<String>();
    for (var move : moves) {
      var actor = names.get(move.actor());
      if (open.remove(actor)) {
        events.add(new Event(actor, begun.getOrDefault(actor, 0), Kind.END));
      } else {
        var kind = move.whole() ? Kind.WHOLE : Kind.TAKE;
        if (kind == Kind.TAKE) {
          open.add(actor);
        }
        events.add(new Event(actor, begun.merge(actor, 1, Integer::sum), kind));
      }
    }
    return events;
  }

  @Property
  void whatIsWrittenIsRead(@ForAll("schedules") List<Event> schedule) {
    // a half of a pair of UTF-16 is no character and cannot be written
    if (schedule.stream()
        .allMatch(it -> it.actor().codePoints().noneMatch(c -> c >= 0xD800 && c <= 0xDFFF))) {
      assertThat(Schedules.parse(Schedules.format(schedule))).isEqualTo(schedule);
    }
  }

  @Property
  void anyTextIsReadOrRefusedByName(@ForAll String text) {
    try {
      assertThat(Schedules.parse(Schedules.format(Schedules.parse(text))))
          .isEqualTo(Schedules.parse(text));
    } catch (IllegalArgumentException refused) {
      assertThat(refused).hasMessageContaining("Word ");
    }
  }

  @Example
  void isShort() {
    var text = "order-1:take a/b:2:whole order-1:end order-1:take my%20order:whole";

    assertThat(Schedules.parse("  " + text.replace(" ", "\n ") + " "))
        .containsExactly(
            new Event("order-1", 1, Kind.TAKE),
            new Event("a/b:2", 1, Kind.WHOLE),
            new Event("order-1", 1, Kind.END),
            new Event("order-1", 2, Kind.TAKE),
            new Event("my order", 1, Kind.WHOLE));
    assertThat(Schedules.format(Schedules.parse(text))).isEqualTo(text);
    assertThat(Schedules.parse("")).isEmpty();
  }

  @Example
  void badWordsAreNamed() {
    refuses("a:take b", "Word 2 of the schedule, b,", "order-1:take");
    refuses("a:take a:ende", "a:ende", ":take, :end or :whole");
    refuses("a:take b:end", "b:end", "take");
    refuses("a:take a:whole", "a:whole", "before");
    refuses("a%2:take", "a%2:take", "hex");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Schedules.format(List.of(new Event("a", 2, Kind.WHOLE))))
        .withMessageContaining("transaction 1");
  }

  private static void refuses(String text, String... says) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Schedules.parse(text))
        .satisfies(refused -> assertThat(refused).hasMessageContainingAll(says));
  }
}
