package dev.reprise.debugger.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.ExecutionStatus;
import dev.reprise.debugger.history.Snapshot;
import dev.reprise.runtime.store.FunctionKind;
import dev.reprise.runtime.store.NewExecution;
import dev.reprise.runtime.store.OperationKind;
import dev.reprise.runtime.store.OperationRow;
import dev.reprise.runtime.store.Placement;
import dev.reprise.runtime.store.Position;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** Other orders are tried where something differs, and no others than are possible. */
class OrderSearchTest {
  /** Two writers that do not see each other, transactions 10 and 11, and one, 12, that sees both. */
  private final List<Schedule.Call> calls = List.of(
      new Schedule.Call(0, 10L, Snapshot.parse("10:10:"), false, null, 0),
      new Schedule.Call(1, 11L, Snapshot.parse("10:10:"), false, null, 0),
      new Schedule.Call(2, 12L, Snapshot.parse("12:12:"), false, null, 0));

  private final CommitOrder order = CommitOrder.of(
      List.of(10L, 11L, 12L), calls.stream().map(Schedule.Call::snapshot).toList());

  private final List<Map<Integer, Integer>> tried = new ArrayList<>();

  private static Verdict verdict(int number, boolean equal) {
    var execution = new NewExecution(
        UUID.randomUUID(),
        "call" + number,
        "",
        "F.f",
        FunctionKind.TRANSACTION,
        null,
        "[]",
        Instant.EPOCH,
        null,
        null,
        null,
        Map.of(),
        null,
        Placement.NONE);
    var operation = new OperationRow(
        Position.of(1),
        OperationKind.TRANSACTION,
        "F.f",
        0,
        null,
        null,
        1,
        null,
        null,
        "SERIALIZABLE",
        Instant.EPOCH,
        Instant.EPOCH);
    return new Verdict(
        new TracedCall(execution.asRow(ExecutionStatus.SUCCEEDED, null), operation),
        equal ? Verdict.Kind.FAITHFUL : Verdict.Kind.DIVERGED,
        equal ? List.of() : List.of(new Difference.NotRun("x")),
        List.of(),
        List.of());
  }

  /** The outcome of searching where one call comes out as recorded in some orders only. */
  private List<Verdict> search(int budget, int differing, Predicate<Map<Integer, Integer>> right)
      throws Exception {
    OrderSearch.Attempts attempts = (moves, watched, known) -> {
      tried.add(moves.bodies());
      var verdicts = new HashMap<Integer, Verdict>();
      for (int i = 0; i < calls.size(); i++) {
        verdicts.put(i, verdict(i, i != differing || right.test(moves.bodies())));
      }
      return new OrderSearch.Outcome(Schedule.of(order, calls, moves), verdicts, null, List.of());
    };
    var outcome = new OrderSearch(attempts, budget).go();
    return List.of(outcome.verdict(0), outcome.verdict(1), outcome.verdict(2));
  }

  @Test
  void nothingIsTriedWhereNothingDiffers() throws Exception {
    assertThat(search(50, -1, moved -> true)).allMatch(Verdict::isEqual);
    assertThat(tried).containsExactly(Map.of());
  }

  @Test
  void theBodyIsMovedBackToItsSnapshot() throws Exception {
    var verdicts = search(50, 1, moved -> moved.containsKey(1));

    assertThat(verdicts).allMatch(Verdict::isEqual);
    assertThat(verdicts.get(1).notes())
        .containsExactly(
            "order found by trying: the body of call1@1 ran before transaction 10 committed");
    assertThat(tried).containsExactly(Map.of(), Map.of(1, 0));
  }

  @Test
  void aConcurrentBodyThatCommittedLaterIsRunBefore() throws Exception {
    var verdicts = search(50, 0, moved -> moved.containsKey(1));

    assertThat(verdicts.get(0).isEqual()).isTrue();
    assertThat(tried).containsExactly(Map.of(), Map.of(1, 0));
  }

  @Test
  void whereNoOrderHelpsThatIsSaid() throws Exception {
    assertThat(search(50, 1, moved -> false).get(1).notes())
        .singleElement()
        .asString()
        .contains("none of 1 other orders", "not recorded");
    assertThat(search(50, 2, moved -> false).get(2).notes())
        .singleElement()
        .asString()
        .contains("nothing ran at the same time");
    assertThat(search(0, 1, moved -> false).get(1).notes())
        .singleElement()
        .asString()
        .contains("limit");
  }
}
