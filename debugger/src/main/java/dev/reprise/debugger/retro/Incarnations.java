package dev.reprise.debugger.retro;

import dev.reprise.ExecutionStatus;
import dev.reprise.runtime.store.ExecutionRow;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** Executions that went on as new ones: {@code id~1}, {@code id~2}, and the last, {@code id}. */
final class Incarnations {
  private Incarnations() {}

  /** The id that all of them had while they ran. */
  static String base(String id) {
    int tilde = id.indexOf('~');
    return tilde < 0 ? id : id.substring(0, tilde);
  }

  /** Whether it did not go on as a new one. */
  static boolean isLast(String id) {
    return id.indexOf('~') < 0;
  }

  /** The id of the recorded one after one that is not the last, unless that is the last. */
  static String next(String id) {
    return base(id) + "~" + (Long.parseLong(id.substring(id.indexOf('~') + 1)) + 1);
  }

  /** One that the original did not go on as. */
  static ExecutionRow unrecorded(ExecutionRow row) {
    var execution =
        UUID.nameUUIDFromBytes((row.execution() + "/continued").getBytes(StandardCharsets.UTF_8));
    return begun(row, execution, row.id() + "~+", row.input());
  }

  /** The row with other arguments, as it is while it runs. */
  static ExecutionRow withInput(ExecutionRow row, String input) {
    return begun(row, row.execution(), row.id(), input);
  }

  private static ExecutionRow begun(ExecutionRow row, UUID execution, String id, String input) {
    return new ExecutionRow(
        execution,
        id,
        row.principal(),
        row.function(),
        row.kind(),
        row.version(),
        ExecutionStatus.RUNNING,
        input,
        null,
        null,
        row.parent(),
        null,
        row.createdAt(),
        row.startedAt(),
        null,
        null,
        row.deadline(),
        null,
        row.attempts(),
        row.tags(),
        0,
        row.parentExecution(),
        row.parentPosition(),
        row.traceparent(),
        row.placement(),
        row.lifecycle());
  }
}
