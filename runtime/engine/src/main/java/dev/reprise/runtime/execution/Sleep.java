package dev.reprise.runtime.execution;

import dev.reprise.runtime.json.Json;
import dev.reprise.runtime.store.OperationKind;
import dev.reprise.runtime.store.OperationRow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** {@code Durable.sleep}: recorded with the time of its end before it begins. */
final class Sleep {
  private final WorkflowScope scope;
  private final BranchLog log;
  private final Run run;

  Sleep(WorkflowScope scope) {
    this.scope = scope;
    this.log = scope.log();
    this.run = scope.run();
  }

  void last(Duration duration) {
    if (duration.isZero() || duration.isNegative()) {
      return;
    }
    var row = log.enter(OperationKind.SLEEP, "sleep", duration.toNanos());
    if (row == null) {
      row = run.stage() == null
          ? asleep(scope.timeNow(), duration)
          : run.beyond(scope.newCall(
              OperationKind.SLEEP,
              "sleep",
              duration.toNanos(),
              null,
              null,
              null,
              null,
              () -> asleep(scope.lastTime(), duration)));
      var rows = new ArrayList<>(log.takeBuffer());
      rows.add(row);
      run.record(rows, List.of());
    }
    var wake = Instant.parse(String.valueOf(Json.parse(String.valueOf(row.output()))));
    scope.waitFor(new WaitRoom.Wait(() -> false, wake, false));
    scope.passedTo(row.completedAt());
    scope.passedTo(wake);
  }

  private OperationRow asleep(Instant now, Duration duration) {
    return new OperationRow(
        log.position(),
        OperationKind.SLEEP,
        "sleep",
        duration.toNanos(),
        Json.quote(now.plus(duration).toString()),
        null,
        1,
        null,
        null,
        null,
        now,
        now);
  }
}
