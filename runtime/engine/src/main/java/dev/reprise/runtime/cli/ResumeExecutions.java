package dev.reprise.runtime.cli;

import java.util.Set;
import picocli.CommandLine.Command;

/** {@code reprise executions resume}. */
@Command(
    name = "resume",
    description = "Lets parked or stranded executions go on. Several need --yes.")
final class ResumeExecutions extends ChangeExecutions {
  private static final Set<String> STUCK = Set.of("PARKED", "STRANDED");

  @Override
  String word() {
    return "resume";
  }

  @Override
  boolean concerns(String status) {
    return STUCK.contains(status);
  }
}
