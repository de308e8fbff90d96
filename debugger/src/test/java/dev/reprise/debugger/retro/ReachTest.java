package dev.reprise.debugger.retro;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ReachTest {
  private static Access row(String table, int key) {
    return new Access(table, "(" + key + ")");
  }

  private static Footprint reads(Access... parts) {
    return new Footprint(Set.of(parts), Set.of());
  }

  private static Footprint writes(Access... parts) {
    return new Footprint(Set.of(), Set.of(parts));
  }

  private final Map<String, Footprint> originals = Map.of(
      "writer", writes(row("pen", 1)),
      "reader", reads(row("pen", 1)).and(writes(row("log", 1))),
      "second", reads(row("log", 1)),
      "other", reads(row("pen", 2)),
      "far", reads(row("owner", 1)),
      "nothing", Footprint.NONE);

  @Test
  void whoIsTouchedByManyStepsIsAffected() {
    assertThat(Reach.affected(originals, Set.of("writer"), Map.of(), Map.of()))
        .containsExactly("reader", "second", "writer");
  }

  @Test
  void whereNothingChangedNobodyIs() {
    assertThat(Reach.affected(originals, Set.of(), Map.of(), Map.of())).isEmpty();
    assertThat(Reach.reasons(originals, Set.of(), Map.of()))
        .hasSize(6)
        .containsEntry("far", "Its code is the same, and no execution is run with other code.");
  }

  @Test
  void aFamilyGoesTogetherInBothDirections() {
    assertThat(Reach.affected(originals, Set.of("far"), Map.of("writer", Set.of("far")), Map.of()))
        .containsExactly("far", "reader", "second", "writer");
    assertThat(Reach.affected(originals, Set.of("far"), Map.of("far", Set.of("other")), Map.of()))
        .containsExactly("far", "other");
  }

  @Test
  void whatIsWrittenNowCountsBesideWhatWasWritten() {
    var affected = Reach.affected(
        originals, Set.of("writer"), Map.of(), Map.of("writer", writes(row("pen", 2))));
    assertThat(affected).containsExactly("other", "reader", "second", "writer");
    assertThat(Reach.affected(
            originals, Set.of("new"), Map.of(), Map.of("new", writes(Access.table("owner")))))
        .containsExactly("far", "new");
  }

  @Test
  void twoThatWriteTheSameRowAreRunTogether() {
    var both = Map.of("one", writes(row("pen", 1)), "other", writes(row("pen", 1)));
    assertThat(Reach.affected(both, Set.of("one"), Map.of(), Map.of())).hasSize(2);
  }

  @Test
  void eachThatIsLeftOutHasAReason() {
    var affected = Reach.affected(originals, Set.of("writer"), Map.of(), Map.of());
    assertThat(Reach.reasons(originals, affected, Map.of()))
        .containsOnlyKeys("far", "nothing", "other")
        .containsEntry(
            "other",
            "Its code is the same, and in pen those that are run again write other rows than it used.")
        .containsEntry(
            "far",
            "Its code is the same, and none of those that are run again writes a table that it used: owner.")
        .containsEntry("nothing", "Its code is the same, and it used no table.");
  }

  @Test
  void aLongChainIsFollowedToItsEnd() {
    var chain = Stream.iterate(0, i -> i < 500, i -> i + 1)
        .collect(Collectors.toMap(
            i -> "e" + i, i -> reads(row("t", i)).and(writes(row("t", i + 1))), (a, b) -> a));
    assertThat(Reach.affected(chain, Set.of("e100"), Map.of(), Map.of())).hasSize(400);
  }
}
