package dev.reprise.runtime.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/** {@code reprise schedules list}. */
@Command(name = "list", description = "Lists the schedules, with what comes next.")
final class ListSchedules extends SchedulesCommand.OfServer {
  private static final List<String> HEADING =
      List.of("NAME", "STATE", "CRON", "ZONE", "MISSED", "NEXT", "LAST EXECUTION");

  @Override
  public Integer call() {
    var found = Problems.requireNone(client().get("/v1/schedules")).object();
    output().data(() -> found, () -> table(found.get("items")));
    return RepriseCommand.OK;
  }

  private static String table(@Nullable Object items) {
    var rows = new ArrayList<List<String>>();
    rows.add(HEADING);
    if (items instanceof List<?> list) {
      for (var item : list) {
        if (item instanceof Map<?, ?> schedule) {
          rows.add(List.of(
              ListExecutions.text(schedule, "name"),
              ListExecutions.text(schedule, "state"),
              ListExecutions.text(schedule, "cron"),
              ListExecutions.text(schedule, "zone"),
              ListExecutions.text(schedule, "missed"),
              ListExecutions.text(schedule, "nextAt"),
              ListExecutions.text(schedule, "lastExecution")));
        }
      }
    }
    return rows.size() == 1 ? "no schedules" : Output.table(rows);
  }
}
