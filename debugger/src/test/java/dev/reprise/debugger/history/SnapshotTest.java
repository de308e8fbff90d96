package dev.reprise.debugger.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class SnapshotTest {
  @Provide
  Arbitrary<Snapshot> snapshots() {
    return Combinators.combine(
            Arbitraries.longs().between(1, 12),
            Arbitraries.longs().between(0, 8),
            Arbitraries.longs().between(0, 7).set().ofMaxSize(6))
        .as((xmin, length, offsets) -> {
          Set<Long> inProgress = new HashSet<>();
          offsets.stream().filter(it -> it < length).forEach(it -> inProgress.add(xmin + it));
          return new Snapshot(xmin, xmin + length, inProgress);
        });
  }

  /** As a primary takes them: every commit is seen by all snapshots that are taken later. */
  @Provide
  Arbitrary<List<Snapshot>> ofOnePrimary() {
    return Arbitraries.integers()
        .between(0, 3)
        .list()
        .ofMinSize(5)
        .ofMaxSize(40)
        .map(steps -> {
          var taken = new ArrayList<Snapshot>();
          var running = new TreeSet<Long>();
          long next = 100;
          long latestEnded = 99;
          for (int step : steps) {
            if (step == 0 || running.isEmpty()) {
              running.add(next++);
            } else if (step < 3) {
              Long ended = step == 1 ? running.first() : running.last();
              running.remove(ended);
              latestEnded = Math.max(latestEnded, ended);
            } else {
              long xmax = latestEnded + 1;
              taken.add(new Snapshot(
                  running.isEmpty() ? xmax : Math.min(running.first(), xmax),
                  xmax,
                  running.headSet(xmax)));
            }
          }
          return taken;
        });
  }

  @Property
  void aTextIsReadBackAsItWasWritten(@ForAll("snapshots") Snapshot snapshot) {
    assertThat(Snapshot.parse(snapshot.toString())).isEqualTo(snapshot);
  }

  @Property
  void includesIsTheInclusionOfWhatIsSeen(
      @ForAll("snapshots") Snapshot one, @ForAll("snapshots") Snapshot other) {
    boolean all = LongStream.range(1, 40).filter(other::sees).allMatch(one::sees);
    assertThat(one.includes(other)).isEqualTo(all);
  }

  @Property
  void rankCountsWhatIsSeen(
      @ForAll("snapshots") Snapshot one, @ForAll("snapshots") Snapshot other) {
    long seenByOne = LongStream.range(1, 40).filter(one::sees).count();
    long seenByOther = LongStream.range(1, 40).filter(other::sees).count();
    assertThat(one.rank() - other.rank()).isEqualTo(seenByOne - seenByOther);
  }

  @Property
  void snapshotsOfOnePrimaryAreInTheOrderOfTheirRanks(
      @ForAll("ofOnePrimary") List<Snapshot> taken) {
    for (int i = 1; i < taken.size(); i++) {
      assertThat(taken.get(i).includes(taken.get(i - 1))).isTrue();
      assertThat(taken.get(i).rank()).isGreaterThanOrEqualTo(taken.get(i - 1).rank());
    }
  }

  @Property
  void anyOtherTextIsRefused(@ForAll String text) {
    assertThatThrownBy(() -> Snapshot.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Example
  void readsWhatTheServerWrites() {
    var snapshot = Snapshot.parse("10:20:10,14,15");
    assertThat(snapshot).isEqualTo(new Snapshot(10, 20, Set.of(10L, 14L, 15L)));
    assertThat(snapshot.sees(9)).isTrue();
    assertThat(snapshot.sees(10)).isFalse();
    assertThat(snapshot.sees(11)).isTrue();
    assertThat(snapshot.sees(20)).isFalse();
    assertThat(Snapshot.parse("7:7:").rank()).isEqualTo(7);
    for (String wrong :
        List.of("", "1:2", "0:2:", "3:2:", "1:5:5", "5:9:4", "1:2:3:4", "1:9:2,", "-1:2:")) {
      assertThatThrownBy(() -> Snapshot.parse(wrong))
          .as(wrong)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Example
  void positionsAreUnsigned() {
    assertThat(Lsn.parse("16/B374D848").toString()).isEqualTo("16/B374D848");
    assertThat(Lsn.parse("FFFFFFFF/FFFFFFFF"))
        .isEqualTo(Lsn.MAX)
        .isGreaterThan(Lsn.parse("7FFFFFFF/0"));
    assertThatThrownBy(() -> Lsn.parse("16B374D848")).isInstanceOf(IllegalArgumentException.class);
  }
}
