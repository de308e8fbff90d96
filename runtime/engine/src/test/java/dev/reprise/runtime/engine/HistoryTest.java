package dev.reprise.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.runtime.engine.DependencyGraph.Anomaly;
import dev.reprise.runtime.engine.DependencyGraph.Cycle;
import dev.reprise.runtime.engine.History.Did;
import dev.reprise.runtime.engine.History.ImpossibleReadException;
import dev.reprise.runtime.engine.History.Txn;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The checker of histories finds every known anomaly, and none where there is none. */
class HistoryTest {
  private static final int X = 1;
  private static final int Y = 2;
  private static final int Z = 3;

  private static Optional<Cycle> worst(Map<Integer, List<Integer>> last, Txn... txns) {
    return new History(List.of(txns), last).dependencies().worstCycle();
  }

  @Test
  void oneAfterTheOtherIsNoAnomaly() {
    assertThat(worst(
            Map.of(X, List.of(1, 2, 3), Y, List.of(4)),
            Txn.of("a", Did.append(X, 1), Did.read(X, 1), Did.read(Y)),
            Txn.of("b", Did.read(X, 1), Did.append(X, 2), Did.append(X, 3), Did.append(Y, 4)),
            Txn.of("c", Did.read(Y, 4), Did.read(X, 1, 2, 3))))
        .isEmpty();
  }

  @Test
  void writesInDifferentOrdersAreG0() {
    assertThat(worst(
            Map.of(X, List.of(1, 2), Y, List.of(4, 3)),
            Txn.of("a", Did.append(X, 1), Did.append(Y, 3)),
            Txn.of("b", Did.append(X, 2), Did.append(Y, 4))))
        .contains(new Cycle(Anomaly.G0, "a -ww-> b -ww-> a"));
  }

  @Test
  void twoThatReadEachOtherAreG1c() {
    assertThat(worst(
            Map.of(X, List.of(1), Y, List.of(2)),
            Txn.of("a", Did.append(X, 1), Did.read(Y, 2)),
            Txn.of("b", Did.append(Y, 2), Did.read(X, 1))))
        .contains(new Cycle(Anomaly.G1C, "a -wr-> b -wr-> a"));
  }

  @Test
  void aReadOfOneHalfOfATransactionIsGSingle() {
    assertThat(worst(
            Map.of(X, List.of(1), Y, List.of(2)),
            Txn.of("reader", Did.read(X), Did.read(Y, 2)),
            Txn.of("writer", Did.append(X, 1), Did.append(Y, 2))))
        .contains(new Cycle(Anomaly.G_SINGLE, "reader -rw-> writer -wr-> reader"));
  }

  @Test
  void aReadThatIsNotRepeatableIsGSingle() {
    assertThat(worst(
            Map.of(X, List.of(1)),
            Txn.of("reader", Did.read(X), Did.read(X, 1)),
            Txn.of("writer", Did.append(X, 1))))
        .map(Cycle::anomaly)
        .contains(Anomaly.G_SINGLE);
  }

  @Test
  void aLostUpdateIsGSingle() {
    assertThat(worst(
            Map.of(X, List.of(1, 2)),
            Txn.of("a", Did.read(X), Did.append(X, 1)),
            Txn.of("b", Did.read(X), Did.append(X, 2))))
        .contains(new Cycle(Anomaly.G_SINGLE, "b -rw-> a -ww-> b"));
  }

  @Test
  void twoReadersWhoSeeTwoWritersInDifferentOrdersAreNonadjacent() {
    assertThat(worst(
            Map.of(X, List.of(1), Y, List.of(2)),
            Txn.of("wx", Did.append(X, 1)),
            Txn.of("wy", Did.append(Y, 2)),
            Txn.of("rx", Did.read(X, 1), Did.read(Y)),
            Txn.of("ry", Did.read(X), Did.read(Y, 2))))
        .contains(new Cycle(Anomaly.G_NONADJACENT, "wx -wr-> rx -rw-> wy -wr-> ry -rw-> wx"));
  }

  @Test
  void writeSkewIsG2() {
    assertThat(worst(
            Map.of(X, List.of(1), Y, List.of(2)),
            Txn.of("a", Did.read(Y), Did.append(X, 1)),
            Txn.of("b", Did.read(X), Did.append(Y, 2))))
        .contains(new Cycle(Anomaly.G2, "a -rw-> b -rw-> a"));
  }

  @Test
  void theAnomalyOfAReaderIsG2() {
    assertThat(worst(
            Map.of(X, List.of(1), Y, List.of(2), Z, List.of()),
            Txn.of("deposit", Did.append(Y, 2)),
            Txn.of("withdraw", Did.read(Y), Did.append(X, 1)),
            Txn.of("report", Did.read(X), Did.read(Y, 2))))
        .map(Cycle::anomaly)
        .contains(Anomaly.G2);
  }

  @Test
  void theWorstIsTold() {
    assertThat(worst(
            Map.of(X, List.of(1), Y, List.of(2), Z, List.of(3, 4)),
            Txn.of("a", Did.read(Y), Did.append(X, 1)),
            Txn.of("b", Did.read(X), Did.append(Y, 2)),
            Txn.of("c", Did.read(Z), Did.append(Z, 3)),
            Txn.of("d", Did.read(Z), Did.append(Z, 4))))
        .map(Cycle::anomaly)
        .contains(Anomaly.G_SINGLE);
  }

  @Test
  void whatNobodyCommittedMustNotBeRead() {
    assertThatThrownBy(() -> worst(Map.of(X, List.of(9)), Txn.of("a", Did.read(X, 9))))
        .isInstanceOf(ImpossibleReadException.class)
        .hasMessage("nobody who committed has appended 9");
    assertThatThrownBy(() -> worst(
            Map.of(X, List.of(1)), Txn.of("a", Did.read(X, 9)), Txn.of("b", Did.append(X, 1))))
        .isInstanceOf(ImpossibleReadException.class)
        .hasMessage("a saw [9] under 1, which became [1]");
  }

  @Test
  void whatIsInTheMiddleOfATransactionMustNotBeRead() {
    assertThatThrownBy(() -> worst(
            Map.of(X, List.of(1, 2)),
            Txn.of("a", Did.append(X, 1), Did.append(X, 2)),
            Txn.of("b", Did.read(X, 1))))
        .isInstanceOf(ImpossibleReadException.class)
        .hasMessage("b saw [1] under 1, in the middle of a");
  }

  @Test
  void whatWasCommittedIsThereOnce() {
    assertThatThrownBy(() -> worst(Map.of(X, List.of()), Txn.of("a", Did.append(X, 1))))
        .isInstanceOf(ImpossibleReadException.class);
    assertThatThrownBy(() -> worst(Map.of(X, List.of(1, 1)), Txn.of("a", Did.append(X, 1))))
        .isInstanceOf(ImpossibleReadException.class)
        .hasMessage("under 1 there is [1, 1], committed were [1]");
  }

  @Test
  void aTransactionSeesWhatItHasAppended() {
    assertThatThrownBy(
            () -> worst(Map.of(X, List.of(1)), Txn.of("a", Did.append(X, 1), Did.read(X))))
        .isInstanceOf(ImpossibleReadException.class)
        .hasMessage("a saw [] after it had appended [1]");
  }
}
