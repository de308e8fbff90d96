package dev.reprise.runtime.cli;

import java.util.List;
import picocli.CommandLine.Command;

/** {@code reprise executions resume}. */
@Command(
    name = "resume",
    description = "Lets parked or stranded executions go on. Several need --yes.")
final class ResumeExecutions extends ChangeExecutions {
  private static final List<String> STUCK = List.of("PARKED", "STRANDED");

  @Override
  String word() {
    return "resume";
  }

  @Override
  List<String> concerned() {
    return STUCK;
  }
}
