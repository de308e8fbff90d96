package dev.reprise.runtime.cli;

import java.util.Set;
import picocli.CommandLine.Command;

/** {@code reprise executions cancel}. */
@Command(
    name = "cancel",
    description =
        "Cancels executions: what they have done is undone by their sagas. Several need --yes.")
final class CancelExecutions extends ChangeExecutions {
  private static final Set<String> ENDED = Set.of("SUCCEEDED", "FAILED", "CANCELLED", "TIMED_OUT");

  @Override
  String word() {
    return "cancel";
  }

  @Override
  boolean concerns(String status) {
    return !ENDED.contains(status);
  }
}
