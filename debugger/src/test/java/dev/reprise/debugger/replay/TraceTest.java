package dev.reprise.debugger.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.ExecutionStatus;
import dev.reprise.runtime.execution.CurrentTransaction;
import dev.reprise.runtime.execution.DurableInterceptor;
import dev.reprise.runtime.function.Application;
import dev.reprise.runtime.postgres.BoundDataSource;
import dev.reprise.runtime.store.FunctionKind;
import dev.reprise.runtime.store.NewExecution;
import dev.reprise.runtime.store.OperationKind;
import dev.reprise.runtime.store.OperationRow;
import dev.reprise.runtime.store.Placement;
import dev.reprise.runtime.store.Position;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class TraceTest {
  private static OperationRow operation(int position, int begun, int ended) {
    return new OperationRow(
        Position.of(position),
        OperationKind.TRANSACTION,
        "Scripted.run",
        0,
        "[]",
        null,
        1,
        null,
        null,
        "REPEATABLE_READ",
        Instant.ofEpochMilli(begun),
        Instant.ofEpochMilli(ended));
  }

  private static Script script(Application application, String id, OperationRow... log) {
    var execution = new NewExecution(
        UUID.randomUUID(),
        id,
        "",
        "Scripted.buy",
        FunctionKind.WORKFLOW,
        null,
        "[\"lamp\"]",
        Instant.EPOCH,
        null,
        null,
        null,
        Map.of(),
        null,
        Placement.NONE);
    return new Script(application, execution.asRow(ExecutionStatus.SUCCEEDED, null), List.of(log));
  }

  /** The record of a call that failed has the time of a node, whose clock may be behind. */
  @Test
  void callsFollowTheirPositionsWhateverClocksSay() {
    try (var application = Application.builder()
        .functions(List.of(Scripted.class))
        .database(new BoundDataSource(CurrentTransaction::get))
        .durable(new DurableInterceptor())
        .client((function, arguments, body) -> {
          throw new IllegalStateException();
        })
        .build()) {
      var trace = Trace.of(List.of(
          script(application, "a", operation(1, 50, 60), operation(2, 20, 30)),
          script(application, "b", operation(1, 40, 45), operation(2, 55, 70))));

      assertThat(trace.calls())
          .extracting(TracedCall::label)
          .containsExactly("b@1", "a@1", "a@2", "b@2");
      assertThat(trace.previousOf(2)).isEqualTo(1);
    }
  }
}
