package dev.reprise.debugger.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.debugger.history.Change.Kind;
import dev.reprise.debugger.replay.Moves.Cut;
import dev.reprise.debugger.replay.Moves.Split;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** A body is tried in those parts that may have changed what is recorded, the likeliest first. */
class SplitsTest {
  private static Captured row(String key) {
    return new Captured("public.token", Kind.INSERT, null, Map.of("k", key));
  }

  private static List<Captured> rows(String... keys) {
    return Arrays.stream(keys).map(SplitsTest::row).toList();
  }

  /** Of statements that insert one row each, or, where it is empty, none. */
  private static BodyCourse course(boolean whole, String... keys) {
    return new BodyCourse(
        Arrays.stream(keys)
            .map(key -> key.isEmpty() ? List.<Captured>of() : rows(key))
            .toList(),
        Set.of(),
        whole);
  }

  private static SortedMap<Integer, BodyCourse> at(Object... placesAndCourses) {
    var known = new TreeMap<Integer, BodyCourse>();
    for (int i = 0; i < placesAndCourses.length; i += 2) {
      known.put((Integer) placesAndCourses[i], (BodyCourse) placesAndCourses[i + 1]);
    }
    return known;
  }

  private static List<Split> all(Splits splits) {
    var all = new ArrayList<Split>();
    for (var split = splits.next(); split != null; split = splits.next()) {
      all.add(split);
    }
    return all;
  }

  @Test
  void whatRunsOfTheWholeBodyMadePutTogetherIsTriedFirst() {
    var splits = new Splits(rows("b"), at(3, course(true, "", ""), 7, course(true, "a", "b")));

    assertThat(splits.next()).isEqualTo(new Split(3, List.of(new Cut(1, 7))));
  }

  @Test
  void severalCutsAreFound() {
    var splits = new Splits(
        rows("b", "f"),
        at(
            1, course(true, "", "", "c", "d"),
            2, course(true, "a", "b", "", "d"),
            3, course(true, "a", "b", "e", "f")));

    assertThat(splits.next()).isEqualTo(new Split(1, List.of(new Cut(1, 2), new Cut(3, 3))));
  }

  @Test
  void ofPlacesThatMakeNoDifferenceTheLatestStandsForAll() {
    var none = course(true, "", "");
    var splits = new Splits(rows("b"), at(1, none, 2, none, 3, none, 9, course(true, "a", "b")));

    assertThat(splits.next()).isEqualTo(new Split(3, List.of(new Cut(1, 9))));
  }

  /** The second statement inserts the key only because the first did not, which no run as a whole shows. */
  @Test
  void whatNoRunOfTheWholeShowsIsTriedWhereTheBeginningFits() {
    var splits =
        new Splits(rows("second"), at(0, course(true, "", ""), 4, course(true, "first", "")));

    assertThat(splits.next()).isEqualTo(new Split(0, List.of(new Cut(1, 4))));
  }

  @Test
  void aRunThatBeganRightIsCutFurther() {
    var splits = new Splits(
        rows("z"),
        at(
            0,
            course(true, "", "", ""),
            4,
            course(true, "x", "", ""),
            5,
            course(true, "y", "", "")));
    splits.learned(new Split(0, List.of(new Cut(1, 4))), course(true, "", "", "q"));

    assertThat(all(splits)).contains(new Split(0, List.of(new Cut(1, 4), new Cut(2, 5))));
  }

  @Test
  void readsAreNoPlacesToStopAt() {
    var reading = new BodyCourse(List.of(rows(), rows(), rows()), Set.of(1), true);
    var other = new BodyCourse(List.of(rows("x"), rows(), rows()), Set.of(1), true);

    assertThat(all(new Splits(rows("z"), at(0, reading, 4, other))))
        .isNotEmpty()
        .noneMatch(split -> split.lastCut().statement() == 1);
  }

  @Test
  void whatFailedIsCutAnywhereButBehindItsFailure() {
    var splits = new Splits(null, at(0, course(false, "", ""), 4, course(false, "x", "", "")));

    assertThat(all(splits)).containsExactly(new Split(0, List.of(new Cut(1, 4))));
  }

  @Test
  void nothingIsTriedWhereThereIsOnePlace() {
    assertThat(all(new Splits(rows("b"), at(3, course(true, "", ""))))).isEmpty();
  }
}
