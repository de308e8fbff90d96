package dev.reprise.runtime.cli;

import java.util.List;
import picocli.CommandLine.Command;

/** {@code reprise executions cancel}. */
@Command(
    name = "cancel",
    description =
        "Cancels executions: what they have done is undone by their sagas. Several need --yes.")
final class CancelExecutions extends ChangeExecutions {
  private static final List<String> LIVING =
      List.of("PENDING", "RUNNING", "WAITING", "PARKED", "STRANDED");

  @Override
  String word() {
    return "cancel";
  }

  @Override
  List<String> concerned() {
    return LIVING;
  }
}
